"""Facts about internal items, as intake, review and other nodes tell them."""

from __future__ import annotations

from uuid import UUID

from services.kernel.language.events.intake import SubmissionAmended, SubmissionSubmitted
from services.kernel.language.events.parts import Content, Edition, Hop, Item, OfficerRef, SignOff
from services.kernel.language.events.review import SubmissionEdited, SubmissionReportedUp
from services.kernel.language.vocabulary import InfoType, Level, SignMode
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
