"""Facts about internal items, as intake, review and other nodes tell them."""

from __future__ import annotations

from uuid import UUID

from services.kernel.language.events.intake import SubmissionAmended, SubmissionSubmitted
from services.kernel.language.events.parts import Content, Edition, Hop, Item, OfficerRef, SignOff
from services.kernel.language.events.review import (
    SubmissionAdopted,
    SubmissionDeclined,
    SubmissionEdited,
    SubmissionReportedUp,
    SubmissionReturned,
)
from services.kernel.language.vocabulary import AdoptionMode, InfoType, Level, PeriodicalKind, SignMode, System
from tests.support.service import NOW, unit_id

INTERNAL = "仅供领导参阅的内部评述"
AUTHOR = OfficerRef(
    officer_id=unit_id("author"), name="李四", unit_id=unit_id("township"), unit_name="龙潭乡党政办公室"
)


def item(origin_id: UUID, info_type: InfoType = InfoType.DYNAMIC, *, version: int = 1, hop: int = 1) -> Item:
    """The head of an item of the township."""
    return Item(
        origin_id=origin_id, info_type=info_type, title=f"龙潭乡第{version}版标题", origin_node="township",
        unit_id=unit_id("township"), unit_name="龙潭乡党政办公室", version=version, hop=hop,
    )  # fmt: skip


def content(version: int = 1, node: str = "township") -> Content:
    """What the item says."""
    edition = Edition(
        node=node, number=version, title=f"龙潭乡第{version}版标题", body=f"龙潭乡第{version}版正文。{INTERNAL}",
        edited_by="李四", edited_at=NOW,
    )  # fmt: skip
    return Content(edition=edition, author_name="李四", author_phone="13800000000", non_secret_declared=True)


def submitted(origin_id: UUID, info_type: InfoType = InfoType.DYNAMIC, version: int = 1) -> SubmissionSubmitted:
    """A bureau or hosted unit of this node submitted it."""
    kind = SubmissionSubmitted if version == 1 else SubmissionAmended
    return kind(
        item=item(origin_id, info_type, version=version, hop=0), at=NOW, node="district", content=content(version),
        submitted_by=AUTHOR,
    )  # fmt: skip


def reported_up(origin_id: UUID, info_type: InfoType = InfoType.DYNAMIC, version: int = 1) -> SubmissionReportedUp:
    """The township reported it here."""
    hop = Hop(
        n=1, from_node="township", from_unit_id=unit_id("township"), from_unit_name="龙潭乡党政办公室",
        to_node="district", to_level=Level.COUNTY,
    )  # fmt: skip
    head = item(origin_id, info_type, version=version).model_copy(update={"hops": (hop,)})
    sign_off = SignOff(signed_by="谭立新", sign_mode=SignMode.ONLINE, recorded_by=AUTHOR, signed_at=NOW)
    return SubmissionReportedUp(
        item=head, at=NOW, node="township", content=content(version), reviewer_name="罗文清", sign_off=sign_off
    )


def edited(
    origin_id: UUID, *, version: int = 1, number: int = 1, info_type: InfoType = InfoType.DYNAMIC
) -> SubmissionEdited:
    """This office saved its own edition."""
    edition = Edition(
        node="district", number=number, title=f"本级稿标题{number}", body=f"本级稿正文{number}。", edited_by="顾清扬",
        edited_at=NOW,
    )  # fmt: skip
    return SubmissionEdited(
        item=item(origin_id, info_type, version=version), at=NOW, node="district", edition=edition, changes=3, by=AUTHOR
    )


def signed_here(origin_id: UUID, info_type: InfoType = InfoType.DYNAMIC, version: int = 1) -> SubmissionReportedUp:
    """A bureau or hosted unit of this node signed it; it goes to this office."""
    told = reported_up(origin_id, info_type, version)
    hop = told.item.hops[0].model_copy(update={"from_node": "district"})
    return told.model_copy(update={"node": "district", "item": told.item.model_copy(update={"hops": (hop,)})})


def returned(origin_id: UUID, *, version: int = 1, hop: int = 1, node: str = "district") -> SubmissionReturned:
    """It goes back to its unit: inside it (hop 0), or from an office."""
    return SubmissionReturned(
        item=item(origin_id, version=version, hop=hop), at=NOW, node=node, reason_code="unclear", reason="请核实",
        by=AUTHOR,
    )  # fmt: skip


def declined(origin_id: UUID, *, node: str = "district") -> SubmissionDeclined:
    """An office will not use it."""
    return SubmissionDeclined(
        item=item(origin_id), at=NOW, node=node, reason_code="stale", reason="时效已过", by=AUTHOR
    )


def adopted(origin_id: UUID) -> SubmissionAdopted:
    """This office printed it."""
    return SubmissionAdopted(
        item=item(origin_id), at=NOW, node="district", adoption_id=unit_id("adoption"), level=Level.COUNTY,
        mode=next(iter(AdoptionMode)), periodical_id=unit_id("periodical"), periodical_title="政务信息",
        periodical_kind=next(iter(PeriodicalKind)), periodical_system=System.GOVERNMENT, issue_id=unit_id("issue"),
        issue_no=1, issue_year=2026, adopted_on=NOW.date(),
    )  # fmt: skip
