"""The facts of the story as they are told: township, district and city, three items."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from services.kernel.language.events.parts import (
    Content,
    Edition,
    Hop,
    Item,
    OfficerRef,
    SignOff,
    SubmissionFact,
    UnitRef,
)
from services.kernel.language.events.review import (
    InstructionRecorded,
    SubmissionAdopted,
    SubmissionForwardedUp,
    SubmissionReportedUp,
    SubmissionReturned,
)
from services.kernel.language.vocabulary import (
    AdoptionMode,
    InfoType,
    LeaderRank,
    Level,
    PeriodicalKind,
    Share,
    SignMode,
    System,
)
from services.kernel.runtime.surroundings.identifiers import derived_id
from tests.support.service import unit_id

AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
DAY = date(2026, 11, 20)
NAMES = {
    "township": "龙潭乡",
    "district": "云岭区政府办",
    "water": "区水利局",
    "agriculture": "区农业农村局",
    "city": "市政府办",
}
LEVELS = {"township": Level.TOWNSHIP, "district": Level.COUNTY, "city": Level.CITY}


def origin(name: str) -> UUID:
    return derived_id("origin", name)


def who(unit: str) -> OfficerRef:
    return OfficerRef(officer_id=derived_id("officer", unit), name="张三", unit_id=unit_id(unit), unit_name=NAMES[unit])


@dataclass(frozen=True)
class Way:
    """An item with the way it has come; each office tells its facts with the hops known then."""

    name: str
    unit: str
    node: str
    info_type: InfoType
    version: int = 1
    together_with: tuple[str, ...] = ()

    def hops(self, count: int) -> tuple[Hop, ...]:
        stations = (
            [(self.node, self.unit), ("district", "district")]
            if self.node != "district"
            else [("district", self.unit), ("district", "district")]
        )
        ends = ["district", "city"]
        return tuple(
            Hop(
                n=n, from_node=node, from_unit_id=unit_id(unit), from_unit_name=NAMES[unit],
                to_node=end, to_level=LEVELS[end],
            )
            for n, ((node, unit), end) in enumerate(zip(stations, ends, strict=True), start=1)
        )[:count]  # fmt: skip

    def head(self, hop: int, hops: int) -> Item:
        return Item(
            origin_id=origin(self.name), info_type=self.info_type, title=f"关于{self.name}的情况", origin_node=self.node,
            unit_id=unit_id(self.unit), unit_name=NAMES[self.unit], version=self.version, hop=hop, hops=self.hops(hops),
            co_units=tuple(UnitRef(unit_id=unit_id(one), name=NAMES[one]) for one in self.together_with),
        )  # fmt: skip

    def reported(self) -> SubmissionReportedUp:
        return SubmissionReportedUp(
            item=self.head(0, 1), at=AT, node=self.node, content=self.content(), reviewer_name="王五",
            sign_off=sign_off(self.unit),
        )  # fmt: skip

    def forwarded(self) -> SubmissionForwardedUp:
        return SubmissionForwardedUp(
            item=self.head(2, 2), at=AT, node="district", content=self.content(), proposed_by=who("district"),
            sign_off=sign_off("district"),
        )  # fmt: skip

    def returned(self, reason_code: str) -> SubmissionReturned:
        return SubmissionReturned(
            item=self.head(1, 1), at=AT, node="district", reason_code=reason_code, reason="请补充", by=who("district")
        )

    def adopted(self, by: str, kind: PeriodicalKind, title: str, issue_no: int, *, mode: AdoptionMode = AdoptionMode.SINGLE, on: date = DAY, adoption: str = "") -> SubmissionAdopted:  # fmt: skip
        hop = {"district": 1, "city": 2}[by]
        return SubmissionAdopted(
            item=self.head(hop, hop), at=AT, node=by, adoption_id=derived_id("adoption", adoption or self.name, by, kind, issue_no),
            level=LEVELS[by], mode=mode, periodical_id=derived_id("periodical", by, title), periodical_title=title,
            periodical_kind=kind, periodical_system=System.GOVERNMENT, issue_id=derived_id("issue", by, issue_no),
            issue_no=issue_no, issue_year=2026, adopted_on=on,
        )  # fmt: skip

    def instructed(self, by: str, rank: LeaderRank, share: Share = Share.FACT) -> InstructionRecorded:
        hop = {"district": 1, "city": 2}[by]
        return InstructionRecorded(
            item=self.head(hop, hop), at=AT, node=by, instruction_id=derived_id("instruction", self.name, by, rank),
            level=LEVELS[by], leader_name="某领导", leader_rank=rank, given_on=DAY, share=share,
        )  # fmt: skip

    def content(self) -> Content:
        edition = Edition(
            node=self.node, number=1, title=f"关于{self.name}的情况", body="正文。", edited_by="李四", edited_at=AT
        )
        return Content(edition=edition, author_name="李四", author_phone="0578-1234567", non_secret_declared=True)


def sign_off(unit: str) -> SignOff:
    return SignOff(signed_by="赵六", sign_mode=SignMode.ONLINE, recorded_by=who(unit), signed_at=AT)


PUMP = Way("排涝泵站", "township", "township", InfoType.PROBLEM)
ROAD = Way("山区道路", "township", "township", InfoType.DYNAMIC)
ROAD_AGAIN = Way("山区道路", "township", "township", InfoType.DYNAMIC, version=2)
RIVER = Way("河道治理", "water", "district", InfoType.EXPERIENCE)

TOLD_AT_TOWNSHIP: list[SubmissionFact] = [PUMP.reported(), ROAD.reported(), ROAD_AGAIN.reported()]
TOLD_AT_DISTRICT: list[SubmissionFact] = [
    RIVER.reported(),
    PUMP.adopted("district", PeriodicalKind.BRIEF, "政务信息", 16),
    ROAD.returned("missing_elements"),
    ROAD_AGAIN.adopted("district", PeriodicalKind.BRIEF, "政务信息", 16),
    RIVER.adopted("district", PeriodicalKind.EXCHANGE, "工作交流", 3),
    RIVER.instructed("district", LeaderRank.PRINCIPAL),
    PUMP.forwarded(),
]
TOLD_AT_CITY: list[SubmissionFact] = [
    PUMP.adopted("city", PeriodicalKind.BRIEF, "安澜政务信息", 131),
    PUMP.instructed("city", LeaderRank.OTHER),
]

OWN, ARRIVED = "review.submission", "exchange.arrival"


def heard_at(node: str) -> list[tuple[str, SubmissionFact]]:
    """What stats of a node hears, and on which topic."""
    back = [fact for fact in TOLD_AT_DISTRICT if fact.item.origin_node == "township"]
    return {
        "township": [(OWN, f) for f in TOLD_AT_TOWNSHIP] + [(ARRIVED, f) for f in [*back, *TOLD_AT_CITY]],
        "district": [(ARRIVED, f) for f in [*TOLD_AT_TOWNSHIP, *TOLD_AT_CITY]] + [(OWN, f) for f in TOLD_AT_DISTRICT],
        "city": [(ARRIVED, PUMP.forwarded())] + [(OWN, f) for f in TOLD_AT_CITY],
    }[node]
