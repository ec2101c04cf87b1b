"""The story's facts give the figures that the default rules of domain §3.4 give by hand, at every node."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete
from sqlmodel import select

from services.kernel.language.vocabulary import AdoptionMode, LeaderRank, PeriodicalKind, Share
from services.kernel.runtime.storing.migrations import differences
from services.stats.actions.recording import record_fact
from services.stats.model import METADATA, StoredEntry, StoredEvent
from tests.integration.stats.scoreboard import Scoreboard, open_scoreboard
from tests.integration.stats.story import ARRIVED, AT, DAY, OWN, PUMP, RIVER, ROAD, heard_at, origin
from tests.support.service import NOW, unit_id

# 政务信息 3, 转报市 2, 市采用 10, 市其他领导批示 15 for the pump; 政务信息 3 for the road; returned and sent: 0.
PUMP_AND_ROAD = 3 + 2 + 10 + 15 + 3
# 工作交流 10, 区县主要领导批示 10.
RIVER_ALONE = 10 + 10
EXPECTED = {
    "township": {"龙潭乡党政办公室": PUMP_AND_ROAD},
    "district": {"龙潭乡": PUMP_AND_ROAD, "石桥镇": 0, "区水利局": RIVER_ALONE, "区农业农村局": 0},
    "city": {"云岭区政府办": 10 + 15},
}


@pytest.mark.parametrize("name", EXPECTED)
async def test_each_node_scores_the_units_it_governs(name: str, node_database_url: str, tmp_path: Path) -> None:
    async with open_scoreboard(name, tmp_path, database_url=node_database_url) as board:
        await board.hear_story()
        found = await board.scores()
    assert {unit: item["score"] for unit, item in found.items()} == EXPECTED[name]


async def test_every_entry_names_rule_reason_and_item(told_district: Scoreboard) -> None:
    township = (await told_district.scores())["龙潭乡"]
    paid = sorted((entry["rule_id"], entry["points"], entry["origin_id"]) for entry in township["entries"])
    pump, road = str(origin("排涝泵站")), str(origin("山区道路"))
    assert paid == sorted(
        [
            ("B03", 0, pump), ("A02", 3, pump), ("F01", 2, pump), ("A11", 10, pump), ("L03", 15, pump),
            ("B03", 0, road), ("Q01", 0, road), ("A02", 3, road),
        ]
    )  # fmt: skip
    reasons = {entry["rule_id"]: entry["reason"] for entry in township["entries"]}
    assert reasons["A11"] == "《安澜政务信息》第131期：市采用（A11）10分；计10分"
    assert reasons["L03"] == "市级其他负责人批示：市其他领导批示（L03）15分；计15分"
    assert township["unit_id"] == str(unit_id("township"))


async def test_every_figure_is_the_sum_of_its_source_records(told_district: Scoreboard) -> None:
    for item in (await told_district.scores()).values():
        assert item["score"] == sum(entry["points"] for entry in item["entries"])
        for level, times in item["adopted"].items():
            entries = [one for one in item["entries"] if one["event"] == "adopted" and one["level"] == level]
            assert times == len(entries)
        assert item["submitted"] == sum(one["event"] == "submission_counted" for one in item["entries"])


async def test_counts_are_kept_beside_the_points(told_district: Scoreboard) -> None:
    township = (await told_district.scores())["龙潭乡"]
    assert (township["submitted"], township["returned_invalid"], township["forwarded"]) == (2, 1, 1)
    assert township["adopted"] == {"county": 2, "city": 1}
    assert (township["rank"], township["units_in_group"]) == (1, 2)


async def test_the_same_adoption_told_again_under_another_event_counts_once(told_district: Scoreboard) -> None:
    before = await told_district.scores()
    for topic, fact in heard_at("district"):
        await told_district.hear(topic, fact)
    assert await told_district.scores() == before


async def test_units_that_report_together_share_what_an_adoption_gives(district: Scoreboard) -> None:
    """衢州市: a joint report is split equally and not counted twice (domain §3, S4)."""
    joint = replace(RIVER, together_with=("agriculture",))
    await district.hear(OWN, joint.reported())
    for _ in range(2):
        await district.hear(
            OWN, joint.adopted("district", PeriodicalKind.BRIEF, "政务信息", 16, mode=AdoptionMode.JOINT)
        )
    found = await district.scores()
    assert [found[name]["score"] for name in ("区水利局", "区农业农村局")] == [1.5, 1.5]
    assert [found[name]["submitted"] for name in ("区水利局", "区农业农村局")] == [1, 0]
    [entry] = [one for one in found["区农业农村局"]["entries"] if one["points"]]
    assert "2个单位均分" in entry["reason"]


async def test_above_their_node_units_that_report_together_are_its_office_alone(
    node_database_url: str, tmp_path: Path
) -> None:
    joint = replace(RIVER, together_with=("agriculture",))
    async with open_scoreboard("city", tmp_path, database_url=node_database_url) as city:
        await city.hear(ARRIVED, joint.forwarded())
        await city.hear(OWN, joint.adopted("city", PeriodicalKind.BRIEF, "安澜政务信息", 131, mode=AdoptionMode.JOINT))
        found = await city.scores()
    assert {unit: item["score"] for unit, item in found.items()} == {"云岭区政府办": 10}


async def test_an_instruction_that_is_not_shared_leaves_no_trace(district: Scoreboard) -> None:
    await district.hear(ARRIVED, PUMP.instructed("city", LeaderRank.PRINCIPAL, Share.NONE))
    assert (await district.scores())["龙潭乡"]["entries"] == []


async def test_a_return_for_questions_of_wording_is_no_invalid_item(district: Scoreboard) -> None:
    await district.hear(ARRIVED, PUMP.reported())
    await district.hear(OWN, PUMP.returned("unclear"))
    assert (await district.scores())["龙潭乡"]["returned_invalid"] == 0


async def test_a_compiled_text_pays_every_item_that_went_into_it_its_part(district: Scoreboard) -> None:
    for way in (PUMP, RIVER, ROAD):
        compiled = way.adopted(
            "district", PeriodicalKind.SPECIAL, "专报", 2, mode=AdoptionMode.COMPILED, adoption="together"
        )
        await district.hear(OWN, compiled)
    found = await district.scores()
    # 专报 10 × 0.6 to each unit; the township's second item in the same text is not paid again.
    assert {name: found[name]["score"] for name in ("龙潭乡", "区水利局")} == {"龙潭乡": 6, "区水利局": 6}
    assert len(found["龙潭乡"]["entries"]) == 2


async def test_a_joint_report_credits_each_of_its_units_with_an_equal_share(district: Scoreboard) -> None:
    """衢州市: 联合报送 is shared in equal parts by the units that reported together."""
    (first, second) = (
        way.adopted("district", PeriodicalKind.SPECIAL, "专报", 2, mode=AdoptionMode.JOINT, adoption="together")
        for way in (PUMP, RIVER)
    )
    await district.hear(OWN, first)
    assert (await district.scores())["龙潭乡"]["score"] == 10
    await district.hear(OWN, second)
    found = await district.scores()
    assert {name: found[name]["score"] for name in ("龙潭乡", "区水利局")} == {"龙潭乡": 5, "区水利局": 5}
    assert "2个单位均分" in found["龙潭乡"]["entries"][0]["reason"]


async def test_any_order_of_facts_comes_to_the_same(told_district: Scoreboard) -> None:
    wanted = await _state(told_district)
    told = [fact for _, fact in heard_at("district")]
    compiled = [
        way.adopted("district", PeriodicalKind.SPECIAL, "专报", 2, mode=AdoptionMode.COMPILED, adoption="together")
        for way in (PUMP, ROAD, RIVER)
    ]
    later = PUMP.adopted("district", PeriodicalKind.DAILY, "要情快报", 8, on=DAY + timedelta(days=20))
    again = told[0].model_copy(update={"at": AT + timedelta(hours=3)})
    everything = [*told, *compiled, later, again]
    for fact in [*compiled, later, again]:
        await _record(told_district, fact)
    wanted_more = await _state(told_district)
    assert wanted_more != wanted
    for seed in range(6):
        async with told_district.context.database.transaction(NOW) as tx:
            await tx.session.execute(delete(StoredEntry))
            await tx.session.execute(delete(StoredEvent))
        for fact in random.Random(seed).sample([*everything, *told[:4]], len(everything) + 4):
            await _record(told_district, fact)
        assert await _state(told_district) == wanted_more


async def test_the_migrated_schema_is_that_of_the_tables(district: Scoreboard) -> None:
    assert await differences(district.context.database, METADATA) == []


async def test_metrics_count_events_and_gaps(told_district: Scoreboard) -> None:
    async with told_district.client() as client:
        text = (await client.get("/metrics")).text
    assert 'shangda_stats_unmatched_events{node="district"} 0.0' in text
    assert 'shangda_stats_score_events_total{kind="adopted",node="district"}' in text


async def _record(board: Scoreboard, fact: Any) -> None:
    async with board.context.database.transaction(NOW) as tx:
        await record_fact(tx, fact)


async def _state(board: Scoreboard) -> list[Any]:
    async with board.context.database.reading() as session:
        events = [row.model_dump(exclude={"recorded_at"}) for row in await session.exec(select(StoredEvent))]
        entries = [row.model_dump() for row in await session.exec(select(StoredEntry))]
    return sorted(events, key=lambda row: row["event_id"]) + sorted(entries, key=lambda row: row["event_id"])
