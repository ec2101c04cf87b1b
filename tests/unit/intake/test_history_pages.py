"""The way of an item as a page shows it: stations, roads, and a timeline in which receipts stand at what was sent."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from services.intake.pages.history import hop_nodes
from services.kernel.language.events import FACTS
from services.kernel.language.events.parts import Hop
from services.kernel.language.vocabulary import Level
from services.kernel.runtime.passage.showing import timeline_groups

AT = datetime(2026, 8, 12, 12, 0, tzinfo=UTC)
ID = UUID(int=7)
HOPS = [
    Hop(n=1, from_node="township", from_unit_id=ID, from_unit_name="龙潭乡", to_node="district", to_level=Level.COUNTY),
    Hop(n=2, from_node="district", from_unit_id=ID, from_unit_name="云岭区", to_node="city", to_level=Level.CITY),
]
NAMES = {"township": "龙潭乡", "district": "云岭区"}


def row(type_: str, n: int, hop: int = 1, version: int = 1, **data: Any) -> Any:
    return SimpleNamespace(
        type=type_, hop=hop, version=version, rank=FACTS[type_].RANK, at=AT + timedelta(minutes=n), text=type_,
        by="张三", unit="区政府办", note=data.pop("note", ""), data=data, id=n,
    )  # fmt: skip


def item(*hops: Hop, version: int = 1) -> Any:
    return SimpleNamespace(unit_name="龙潭乡", submission_version=version, hops=list(hops))


def test_receipts_stand_at_what_was_sent() -> None:
    rows = [row("submission.reported_up", 0), row("submission.delivered", 1), row("submission.received", 2)]
    (group,) = timeline_groups(rows, HOPS, NAMES)
    assert group["title"] == "第 1 次报送 · 龙潭乡 → 云岭区"
    assert len(group["events"]) == 1
    assert (group["events"][0]["delivered_at"], group["events"][0]["received_at"]) == (rows[1].at, rows[2].at)


def test_a_receipt_that_came_before_what_was_sent_is_shown_by_itself() -> None:
    (group,) = timeline_groups([row("submission.delivered", 1)], HOPS, NAMES)
    assert len(group["events"]) == 1


def test_an_answer_stands_at_its_question_and_an_open_question_is_owed() -> None:
    asked = [row("submission.asked", n, question_id=str(n), note=f"问{n}") for n in (1, 2)]
    answered = row("submission.answered", 3, question_id="1", note="答1")
    (group,) = timeline_groups([*asked, answered], HOPS, NAMES)
    assert [(one.get("question"), one.get("answer"), one["tone"]) for one in group["events"]] == [
        ("问1", "答1", "done"),
        ("问2", None, "now"),
    ]


def test_each_version_and_hop_has_its_own_group() -> None:
    rows = [
        row("submission.submitted", 0),
        row("submission.amended", 1, version=2),
        row("submission.adopted", 2, hop=2),
    ]
    groups = timeline_groups(rows, HOPS, NAMES)
    assert [(one["title"][:7], one["note"]) for one in groups] == [
        ("第 1 次报送", "第 1 版"),
        ("第 1 次报送", "第 2 版"),
        ("第 2 次报送", "第 1 版"),
    ]


def test_a_level_whose_name_is_not_known_is_called_by_its_level() -> None:
    nodes = hop_nodes(item(*HOPS), [], NAMES, "")
    assert [node["name"] for node in nodes] == ["龙潭乡", "云岭区", "市级办公室"]
    assert hop_nodes(item(*HOPS), [], {**NAMES, "city": "安澜市"}, "")[-1]["name"] == "安澜市"


def test_an_unreported_item_shows_where_it_will_go() -> None:
    assert hop_nodes(item(), [], NAMES, "云岭区")[-1] == {"name": "云岭区", "state": "ahead", "note": "审签后报送"}


def test_the_road_shows_the_receipt_of_the_newest_version_only() -> None:
    rows = [
        row("submission.reported_up", 0), row("submission.delivered", 1), row("submission.reported_up", 2, version=2),
    ]  # fmt: skip
    road = hop_nodes(item(HOPS[0], version=2), rows, NAMES, "")[0]["line"]
    assert (road["at"], road["delivered_at"]) == (rows[2].at, None)


def test_within_one_node_what_was_reported_is_there() -> None:
    hop = HOPS[0].model_copy(update={"to_node": "township"})
    rows = [row("submission.reported_up", 0)]
    assert hop_nodes(item(hop), rows, NAMES, "")[0]["line"]["delivered_at"] == rows[0].at


def test_a_returned_station_says_so_until_the_next_version_comes() -> None:
    rows = [row("submission.reported_up", 0), row("submission.received", 1), row("submission.returned", 2)]
    assert hop_nodes(item(HOPS[0]), rows, NAMES, "")[1]["badge"] == "已退回"
    again = [*rows, row("submission.reported_up", 3, version=2), row("submission.received", 4, version=2)]
    assert hop_nodes(item(HOPS[0], version=2), again, NAMES, "")[1]["badge"] == "办理中"


def test_an_adoption_is_shown_whatever_else_happened() -> None:
    rows = [row("submission.adopted", 0), row("submission.declined", 1)]
    assert hop_nodes(item(HOPS[0]), rows, NAMES, "")[1]["badge"] == "采用"
