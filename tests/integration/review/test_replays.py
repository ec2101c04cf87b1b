"""After a restore what the office told since the backup comes back: items, editions, issues with their numbers."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select

from services.kernel.language.events import open_fact
from services.kernel.language.vocabulary import ReviewStatus, UnitKind
from services.kernel.runtime.heard.organisation import keep_peer, keep_unit
from services.kernel.runtime.storing.database import Database
from services.review.actions.seeding import seed_periodicals
from services.review.model import METADATA, Adoption, Issue, ReviewItem
from services.review.policy.rulebooks import PERIODICALS
from services.review.store.issues import list_periodicals, list_signed
from tests.integration.review.office import superior_fact, unit_fact
from tests.integration.review.passage import (
    ADOPTED,
    BUREAU,
    CHIEF,
    DECLINED,
    EDITOR,
    OWN,
    RETURNED,
    SERVICE,
    Day,
    afternoon,
    morning,
    publish_next,
)
from tests.support.replaying import backup_of, hear, lose, replay, rows_of
from tests.support.service import CITY, DISTRICT, NOW, TOWNSHIP, client_of, running_node, service_database, settings_for

SEEDS = PERIODICALS.read(PERIODICALS.default.read_text(encoding="utf-8")).of(DISTRICT.level)

# Inside lines (拟采用, 提请转报) are told to nobody: what stands in them alone is lost with the backup's age.
NOT_IN_FACTS: dict[str, set[str]] = {
    "review_item": {"version"},
    "review_history": {"id", "event_id"},
    "review_adoption": {"selected_by", "selected_at"},
    "review_issue": {"version", "created_by", "created_at"},
    "review_sent_version": {"sent_id"},
    "review_forward": {"forward_id", "proposed_at"},
    "review_instruction": {"recorded_by"},
}


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with service_database(SERVICE, database_url) as made:
        await _prepare(made)
        yield made


async def _prepare(database: Database) -> None:
    async with database.transaction(NOW) as tx:
        await keep_unit(tx, unit_fact("云岭区政府办", UnitKind.HEAD_OFFICE, DISTRICT, unit="district"))
        await keep_unit(tx, unit_fact("区水利局", UnitKind.BUREAU, DISTRICT, unit="water"))
        township = unit_fact("龙潭乡", UnitKind.SUBORDINATE, DISTRICT, unit="township", of_node=TOWNSHIP.node_id)
        await keep_unit(tx, township)
        await keep_peer(tx, superior_fact(CITY))
        await seed_periodicals(tx, SEEDS, office="云岭区政府办")


async def _take_back(database: Database, facts: list[Any]) -> None:
    """Facts as a restore brings them: own ones replayed, those of others heard."""
    for topic, envelope in facts:
        if topic:
            await hear(SERVICE, database, topic, envelope)
        else:
            await replay(SERVICE, database, [envelope])


async def _rows(database: Database) -> dict[str, list[dict[str, Any]]]:
    found = await rows_of(database, METADATA, without=NOT_IN_FACTS)
    found["review_history"] = [row for row in found["review_history"] if not row["is_inside"]]
    return found


async def test_a_day_told_after_the_backup_comes_back_into_it(database: Database) -> None:
    day = Day(database)
    await morning(day)
    async with backup_of(database) as backup:
        day.facts.clear()
        await afternoon(day)
        own = {envelope.type for topic, envelope in day.facts if not topic}
        assert own == {fact.TYPE for fact in SERVICE.tells}, "the day tells every fact that review tells"
        expected = await _rows(database)
        await _take_back(backup, day.facts)
        found = await _rows(backup)
        for table, rows in expected.items():
            assert found[table] == rows, table
        whole = await rows_of(backup, METADATA, without={})
        await _take_back(backup, day.facts)
        assert await rows_of(backup, METADATA, without={}) == whole
        await _take_back(database, day.facts)
        assert await _rows(database) == expected


async def test_an_issue_number_that_went_out_is_never_given_again(database: Database) -> None:
    day = Day(database)
    await morning(day)
    async with backup_of(database) as backup:
        day.facts.clear()
        assert (await day.do(lambda tx: publish_next(tx, ADOPTED))).number == 1
        await _take_back(backup, day.facts)
        async with backup.transaction(day.now) as tx:
            assert (await publish_next(tx, DECLINED)).number == 2


async def test_two_issues_that_went_out_under_one_number_are_both_kept(database: Database) -> None:
    day = Day(database)
    await morning(day)
    async with backup_of(database) as backup:
        day.facts.clear()
        await day.do(lambda tx: publish_next(tx, ADOPTED))
        async with backup.transaction(day.now) as tx:
            assert (await publish_next(tx, DECLINED)).number == 1
        await _take_back(backup, day.facts)
        await _take_back(backup, day.facts)
        async with backup.reading() as session:
            found = (await session.exec(select(Issue).order_by(col(Issue.created_at)))).all()
        assert sorted((issue.number or 0, "期号与另一期重复：第1期" in issue.note) for issue in found) == [
            (0, True), (1, False),
        ]  # fmt: skip
        await _require_all_listed(backup, sort="number")


async def _require_all_listed(database: Database, sort: str) -> None:
    """Page by page, each of one issue, every signed issue comes once."""
    async with database.reading() as session:
        first = await list_signed(session, order=sort, limit=1)
        second = await list_signed(session, order=sort, cursor=first.next or "", limit=1)
        rest = await list_signed(session, order=sort, limit=9)
    assert [one.number for one in [*first.rows, *second.rows]] == [one.number for one in rest.rows] == [1, None]
    assert second.next is None


async def _standing(database: Database) -> dict[Any, tuple[ReviewStatus, str, int]]:
    async with database.reading() as session:
        items = (await session.exec(select(ReviewItem))).all()
    return {item.origin_id: (item.status, item.forward.value, item.open_questions) for item in items}


@pytest.mark.parametrize("seed", range(6))
async def test_own_facts_and_those_of_others_may_come_back_in_any_order_of_topics(
    seed: int, database: Database
) -> None:
    """Order holds within one topic and item; between topics it does not, and the item stands where it stood."""
    day = Day(database)
    await morning(day)
    await afternoon(day)
    expected = await _standing(database)
    async with database.reading() as session:
        printed = (await session.exec(select(Adoption))).one()
    async with database.transaction(NOW) as tx:
        for table in METADATA.sorted_tables:
            if table.name != "review_periodical":
                await tx.session.execute(table.delete())
    await _take_back(database, _shuffled(day.facts, random.Random(seed)))
    assert await _standing(database) == expected
    async with database.reading() as session:
        adoption = (await session.exec(select(Adoption))).one()
    assert (adoption.adoption_id, adoption.title, bool(adoption.body)) == (printed.adoption_id, printed.title, True)


def _shuffled(facts: list[Any], chance: random.Random) -> list[Any]:
    """The facts with the order kept within each topic and key."""
    lanes: dict[tuple[str, str], list[Any]] = {}
    for topic, envelope in facts:
        lanes.setdefault((topic, envelope.subject), []).append((topic, envelope))
    mixed = []
    while lanes:
        lane = chance.choice(sorted(lanes))
        mixed.append(lanes[lane].pop(0))
        if not lanes[lane]:
            del lanes[lane]
    return mixed


async def test_on_an_empty_machine_own_facts_alone_make_pages_that_can_be_shown(
    database: Database, node_database_url: str, tmp_path: Path
) -> None:
    day = Day(database)
    await morning(day)
    await afternoon(day)
    async with database.reading() as session:
        issue = (await session.exec(select(Issue))).one()
        periodical = (await list_periodicals(session))[0]
    await lose(database)
    settings = settings_for(DISTRICT, tmp_path / "empty", database_url=node_database_url)
    async with running_node([SERVICE], settings) as process:
        fresh = process.contexts["review"].database
        own = [(topic, envelope) for topic, envelope in day.facts if not topic]
        await _take_back(fresh, own)
        standing = await _standing(fresh)
        assert standing[DECLINED][0] is ReviewStatus.DECLINED
        assert standing[OWN][0] is ReviewStatus.REPORTED
        assert standing[BUREAU][0] is ReviewStatus.OPEN
        assert standing[ADOPTED][:2] == (ReviewStatus.ADOPTED, "forwarded")
        async with fresh.reading() as session:
            # The seeded periodical of this title took the id that the facts know it by.
            assert periodical.periodical_id in {one.periodical_id for one in await list_periodicals(session)}
            assert len(await list_periodicals(session)) == len(SEEDS)
        async with client_of(process, EDITOR) as client:
            for origin_id in (ADOPTED, DECLINED, RETURNED, BUREAU):
                shown = await client.get(f"/review/queue/{origin_id}")
                assert shown.status_code == 200, shown.text[:300]
            assert (await client.get("/review/queue")).status_code == 200
        async with client_of(process, CHIEF) as client:
            answer = await client.get(f"/review/api/v1/issues/{issue.issue_id}")
            assert (answer.status_code, answer.json()["issue_no"]) == (200, 1)
            assert (await client.get(f"/review/issues/{issue.issue_id}")).status_code == 200
            assert (await client.get("/review/issues")).status_code == 200
    assert open_fact(own[0][1]).node == "district"  # type: ignore[attr-defined]
