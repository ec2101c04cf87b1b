"""来件校验 and the prerequisites of signing: what the system can verify, apart from what a person ticks."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from services.kernel.language.events.parts import Content
from services.kernel.language.particulars import fields_of, lacks
from services.kernel.language.sensitive import KIND_LABELS, Found, find_sensitive
from services.kernel.language.vocabulary import InfoType
from services.kernel.language.vocabulary.item_fields import CONTACTS

_MOST_NAMED = 4


class FileFindings(Protocol):
    """What was found in a file, with its place, and what nobody has looked into."""

    @property
    def found(self) -> Sequence[tuple[str, Found]]:
        """Place and finding."""

    @property
    def unread(self) -> Sequence[str]:
        """Why some of it was not read, in Chinese."""


class CheckState(StrEnum):
    """Outcome of one check."""

    OK = "ok"
    BAD = "bad"
    WAIT = "wait"


@dataclass(frozen=True)
class Check:
    """One line of a checklist: what was looked at, how it came out, a short note."""

    label: str
    state: CheckState
    note: str = ""

    @property
    def is_bad(self) -> bool:
        """Whether it stands in the way."""
        return self.state is CheckState.BAD


def arrival_checks(
    content: Content, info_type: InfoType, *, via: Sequence[str], is_carried: bool, present: Collection[str]
) -> list[Check]:
    """What 来件校验 says about an item; `present` holds the digests of the files that are here."""
    return [
        _carriage(via, is_carried=is_carried),
        _attachments(content, present),
        _required(content, info_type),
        _declaration(content),
        _sensitive(content),
    ]


def sign_checks(content: Content, info_type: InfoType, *, checked_by: str, present: Collection[str]) -> list[Check]:
    """What must be in order before a unit's signer signs."""
    checked = (
        Check("已经审核", CheckState.OK, f"审核人 {checked_by}") if checked_by else Check("还没有审核", CheckState.WAIT)
    )
    return [
        checked,
        _required(content, info_type),
        _declaration(content),
        _attachments(content, present),
        _sensitive(content),
    ]


def missing_fields(content: Content, info_type: InfoType) -> list[str]:
    """Chinese names of the required fields that are empty, as the author was asked for them (domain rules §2.2)."""
    values = content.values | {"info_type": info_type}
    return [field.label for field in fields_of(info_type) if lacks(field, values, info_type)]


def _carriage(via: Sequence[str], *, is_carried: bool) -> Check:
    if not is_carried:
        return Check("本级单位报送", CheckState.OK, "在本级平台提交，未经节点间传输")
    return Check(
        "传输签名核对无误", CheckState.OK, f"经 {len(via)} 段线路传输，入库前已验证" if via else "入库前已验证"
    )


def _attachments(content: Content, present: Collection[str]) -> Check:
    if not content.attachments:
        return Check("没有附件", CheckState.OK)
    lacking = [a.filename for a in content.attachments if a.sha256 not in present]
    if lacking:
        return Check(f"附件未到齐，还差 {len(lacking)} 个", CheckState.WAIT, "、".join(lacking))
    return Check(f"附件齐全，共 {len(content.attachments)} 个", CheckState.OK, "与发出时一致")


def _required(content: Content, info_type: InfoType) -> Check:
    lacking = missing_fields(content, info_type)
    if lacking:
        return Check("要素不全", CheckState.BAD, "缺：" + "、".join(lacking))
    return Check(f"要素齐全，标题 {len(content.edition.title)} 字", CheckState.OK)


def _declaration(content: Content) -> Check:
    if content.non_secret_declared:
        return Check("已作不涉密承诺", CheckState.OK)
    return Check("没有不涉密承诺", CheckState.BAD)


def _sensitive(content: Content) -> Check:
    """Personal data and secrecy marks in title, text and particulars; the contact's own number is known."""
    values = content.values
    phones = [str(values.get(name) or "") for name in CONTACTS]
    said = "\n".join(str(value) for name, value in values.items() if isinstance(value, str) and name not in CONTACTS)
    found = [_named(one) for one in find_sensitive(said, known_phones=phones)]
    return _findings(found) or Check("正文没有个人信息和密级标志", CheckState.OK, "查了标题、正文和各项内容")


def files_check(files: Sequence[FileFindings]) -> Check:
    """What was found in an item's files, which takes longer to look through than a page may."""
    found = [f"附件{place} {_named(one)}" for file in files for place, one in file.found]
    unread = list(dict.fromkeys(text for file in files for text in file.unread))
    if found or not unread:
        return _findings(found) or Check("附件没有个人信息和密级标志", CheckState.OK, f"查了 {len(files)} 个附件的文字")
    return Check("有附件没有检查，请打开核对", CheckState.WAIT, "".join(unread))


def _findings(found: Sequence[str]) -> Check | None:
    if not found:
        return None
    more = f"，等 {len(found)} 处" if len(found) > _MOST_NAMED else ""
    return Check("有个人信息或密级标志，请核对", CheckState.WAIT, "、".join(found[:_MOST_NAMED]) + more)


def _named(one: Found) -> str:
    return f"{KIND_LABELS[one.kind]} {one.masked}"
