"""An item as the document it is printed from: the newest text that came, and who checked and signed it."""

from __future__ import annotations

from datetime import datetime

from services.kernel.language.calendar import local_date, zh_moment
from services.kernel.language.events.parts import named
from services.kernel.language.particulars import particulars
from services.kernel.language.vocabulary import SignMode
from services.kernel.language.vocabulary.item_fields import FIELD
from services.kernel.runtime.documents.manuscript import Manuscript, SignStep
from services.review.store.sheet import ItemSheet

_IN_HEAD = ("author_name", "author_phone", "co_units")


def manuscript_of(sheet: ItemSheet) -> Manuscript:
    """The item with its 审签单; what nobody has done yet stays empty, to be signed by hand."""
    item = sheet.item
    said = (sheet.latest.content.values if sheet.latest else {}) | {"co_units": item.co_units}
    filled = dict(particulars(said, item.info_type))
    head = {FIELD[name].label: filled.pop(FIELD[name].label, "") for name in _IN_HEAD}
    text = sheet.latest.content.edition if sheet.latest else None
    return Manuscript(
        office=item.unit_name,
        number=item.number,
        title=text.title if text else item.title,
        body=text.body if text else "",
        dated_on=local_date(item.arrived_at),
        facts=(("类别", item.info_type.label), *head.items(), ("版次", f"第{item.submission_version}版")),
        particulars=tuple(filled.items()),
        attachments=tuple(one.filename for one in sheet.latest.content.attachments) if sheet.latest else (),
        steps=tuple(_steps(sheet)),
    )


def _steps(sheet: ItemSheet) -> list[SignStep]:
    item, sign_off = sheet.item, sheet.item.sign_off
    how = f"{SignMode(sign_off.sign_mode).label}{'，附扫描件' if item.sign_scan_sha256 else ''}" if sign_off else ""
    checked_by = named(item.checked_by) or item.reviewer_name
    alone = "未经另一人复核" if item.checked_alone_reason else ""
    steps = [
        SignStep("撰稿", named(item.submitted_by), "提交", _on_paper(sheet.sent[0].told_at if sheet.sent else None)),
        SignStep("审核", checked_by, alone, _on_paper(item.checked_at)),
        SignStep(
            "签发", sign_off.signed_by if sign_off else "", how, _on_paper(sign_off.signed_at) if sign_off else ""
        ),
    ]
    if sign_off and sign_off.recorded_by.name != sign_off.signed_by:
        steps.append(SignStep("登记签发", named(sign_off.recorded_by), "", _on_paper(sign_off.signed_at)))
    if item.received_by:
        steps.append(SignStep("签收", named(item.received_by), "", _on_paper(item.received_at)))
    return steps


def _on_paper(at: datetime | None) -> str:
    """A time as paper has it, always with its date: 2026年11月24日 16:05."""
    return zh_moment(at) if at else ""
