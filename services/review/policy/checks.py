"""来件校验 and the prerequisites of signing: what the system can verify, apart from what a person ticks."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from services.kernel.language.events.parts import Content
from services.kernel.language.particulars import fields_of, lacks
from services.kernel.language.vocabulary import InfoType


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
    ]


def sign_checks(content: Content, info_type: InfoType, *, checked_by: str, present: Collection[str]) -> list[Check]:
    """What must be in order before a unit's signer signs."""
    checked = (
        Check("已经审核", CheckState.OK, f"审核人 {checked_by}") if checked_by else Check("还没有审核", CheckState.WAIT)
    )
    return [checked, _required(content, info_type), _declaration(content), _attachments(content, present)]


def missing_fields(content: Content, info_type: InfoType) -> list[str]:
    """Chinese names of the required fields that are empty, as the author was asked for them (domain rules §2.2)."""
    values = content.values | {"info_type": info_type}
    return [field.label for field in fields_of(info_type) if lacks(field, values, info_type)]


def _carriage(via: Sequence[str], *, is_carried: bool) -> Check:
    if not is_carried:
        return Check("本级单位报送", CheckState.OK, "在本级平台提交，未经节点间传输")
    return Check(
        "传输签名与链号一致", CheckState.OK, f"经{len(via)}段链路传输，入库前已验证" if via else "入库前已验证"
    )


def _attachments(content: Content, present: Collection[str]) -> Check:
    if not content.attachments:
        return Check("没有附件", CheckState.OK)
    lacking = [a.filename for a in content.attachments if a.sha256 not in present]
    if lacking:
        return Check(f"附件未到齐，还差 {len(lacking)} 个", CheckState.WAIT, "、".join(lacking))
    return Check(f"附件齐全，共 {len(content.attachments)} 个", CheckState.OK, "内容摘要一致")


def _required(content: Content, info_type: InfoType) -> Check:
    lacking = missing_fields(content, info_type)
    if lacking:
        return Check("要素不全", CheckState.BAD, "缺：" + "、".join(lacking))
    return Check(f"要素齐全，标题 {len(content.edition.title)} 字", CheckState.OK)


def _declaration(content: Content) -> Check:
    if content.non_secret_declared:
        return Check("已作不涉密承诺", CheckState.OK)
    return Check("没有不涉密承诺", CheckState.BAD)
