"""After a restore what was handed in since the backup is here again, whole and where it stood."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from services.intake import store
from services.intake.actions import change_draft, create_draft, submit
from services.intake.actions.attaching import attach_file
from services.intake.agents import LISTENS_TO
from services.intake.app import intake_service
from services.intake.model import METADATA
from services.kernel.language.envelope import Envelope
from services.kernel.language.events import Fact, open_fact
from services.kernel.language.events.review import SubmissionReturned
from services.kernel.language.vocabulary import InfoType
from services.kernel.runtime.storing.database import Database
from services.kernel.runtime.uploads import CheckedUpload
from services.kernel.runtime.uploads.files import StoredFile
from tests.integration.intake.conftest import CLERK, COMPLETE
from tests.integration.intake.test_facts_from_elsewhere import EDITOR as RETURNER
from tests.integration.intake.test_facts_from_elsewhere import story
from tests.support.replaying import assert_it_comes_back, backup_of, last_told, lose, replay, rows_of, told_after
from tests.support.service import NOW, TOWNSHIP, client_of, running_node, service_database, settings_for

SERVICE = intake_service()
# `version` counts savings as they are typed; who added a file when is no part of the item.
NOT_IN_FACTS = {"intake_submission": {"version"}, "intake_history": {"id", "event_id"}}
WHOLE = {"intake_history": {"id"}}
EMERGENCY: dict[str, Any] = COMPLETE | {
    "info_type": "emergency", "place": "龙潭乡一号泵站", "deaths": 0, "occurred_at": NOW, "also_reported_to": ["区应急局"],
}  # fmt: skip


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with service_database(SERVICE, database_url, TOWNSHIP) as made:
        yield made


async def _draft(database: Database, values: dict[str, Any] = COMPLETE) -> UUID:
    async with database.transaction(NOW) as tx:
        draft = await create_draft(tx, values, by=CLERK)
        checked = CheckedUpload(filename="现场.pdf", media_type="application/pdf", size=3)
        await attach_file(tx, draft.origin_id, checked, StoredFile(sha256="b" * 64, size=3), by=CLERK)
    return draft.origin_id


async def _submit(database: Database, origin_id: UUID, *, hours: int = 1) -> None:
    async with database.transaction(NOW + timedelta(hours=hours)) as tx:
        await submit(tx, origin_id, by=CLERK)


async def _hear(database: Database, *facts: Fact, hours: int = 2) -> None:
    """Facts of review reach intake."""
    for fact in facts:
        async with database.transaction(NOW + timedelta(hours=hours)) as tx:
            await LISTENS_TO["review.submission"][type(fact)](tx, fact)


def _returned(told: Envelope, *, version: int = 1) -> SubmissionReturned:
    item = open_fact(told).item.model_copy(update={"version": version})  # type: ignore[attr-defined]
    return SubmissionReturned(
        item=item, at=NOW + timedelta(hours=2), node="township", reason_code="facts_unclear", reason="请核实数字",
        by=RETURNER,
    )  # fmt: skip


@pytest.mark.parametrize("values", [COMPLETE, EMERGENCY], ids=["problem", "emergency"])
async def test_what_was_handed_in_after_the_backup_comes_back_into_it(
    values: dict[str, Any], database: Database
) -> None:
    origin_id = await _draft(database, values)
    async with backup_of(database) as backup:
        await _submit(database, origin_id)
        told = await told_after(database)
        await assert_it_comes_back(SERVICE, METADATA, told, into=backup, like=database, without=NOT_IN_FACTS)


async def test_an_amendment_after_the_backup_comes_back_into_it(database: Database) -> None:
    origin_id = await _draft(database)
    await _submit(database, origin_id)
    first = await told_after(database)
    await _hear(database, _returned(first[0]))
    before = await last_told(database)
    async with backup_of(database) as backup:
        async with database.reading() as session:
            version = (await store.find_submission(session, origin_id)).version  # type: ignore[union-attr]
        async with database.transaction(NOW + timedelta(hours=3)) as tx:
            await change_draft(tx, origin_id, {"body": "改过的正文。" * 20}, by=CLERK, version=version)
        await _submit(database, origin_id, hours=4)
        told = await told_after(database, last_id=before)
        assert [one.type for one in told] == ["submission.amended"]
        await replay(SERVICE, backup, [*first, *told])
        await _hear(backup, _returned(first[0]), hours=5)  # heard again: it does not move the item back
        expected = await rows_of(database, METADATA, without=NOT_IN_FACTS)
        found = await rows_of(backup, METADATA, without=NOT_IN_FACTS)
        found["intake_history"] = [row for row in found["intake_history"] if row["type"] != "submission.returned"]
        expected["intake_history"] = [row for row in expected["intake_history"] if row["type"] != "submission.returned"]
        assert found == expected


async def test_a_draft_of_the_next_version_is_not_written_over(database: Database) -> None:
    origin_id = await _draft(database)
    await _submit(database, origin_id)
    told = await told_after(database)
    await _hear(database, _returned(told[0]))
    async with database.reading() as session:
        version = (await store.find_submission(session, origin_id)).version  # type: ignore[union-attr]
    async with database.transaction(NOW + timedelta(hours=3)) as tx:
        await change_draft(tx, origin_id, {"body": "正在改的正文。"}, by=CLERK, version=version)
    before = await rows_of(database, METADATA, without={})
    await replay(SERVICE, database, told)
    assert await rows_of(database, METADATA, without={}) == before


async def test_item_and_passage_come_back_to_an_empty_machine_in_any_order(
    database: Database, node_database_url: str, tmp_path: Path
) -> None:
    origin_id = await _draft(database)
    await _submit(database, origin_id)
    told = await told_after(database)
    await lose(database)
    settings = settings_for(TOWNSHIP, tmp_path / "empty", database_url=node_database_url)
    passage = [fact for fact in story(origin_id) if type(fact) in LISTENS_TO["review.submission"]]
    random.Random(7).shuffle(passage)
    async with running_node([SERVICE], settings) as process:
        fresh = process.contexts["intake"].database
        await _hear(fresh, *passage[:4])
        await replay(SERVICE, fresh, told)
        await _hear(fresh, *passage[4:])
        await replay(SERVICE, fresh, told)
        async with fresh.reading() as session:
            item = await store.find_submission(session, origin_id)
            files = await store.list_attachments(session, origin_id)
        assert item is not None
        assert (item.created_by, item.is_stub, item.status) == (CLERK.officer_id, False, "adopted")
        assert [file.filename for file in files] == ["现场.pdf"]
        async with client_of(process, CLERK) as client:
            shown = await client.get(f"/intake/submissions/{origin_id}")
            assert (shown.status_code, COMPLETE["title"] in shown.text) == (200, True)
            listed = await client.get("/intake/submissions")
            assert str(origin_id) in listed.text
        assert InfoType(item.info_type) is InfoType.PROBLEM


async def _numbers(database: Database, *origins: UUID) -> list[str]:
    async with database.reading() as session:
        return [(await store.find_submission(session, one)).number for one in origins]  # type: ignore[union-attr]


async def test_a_number_that_went_out_is_not_given_again_after_a_restore(database: Database) -> None:
    first, second, third = [await _draft(database) for _ in range(3)]
    async with backup_of(database) as backup:
        await _submit(database, first)
        await _submit(database, second)
        told = await told_after(database)
        assert await _numbers(database, first, second, third) == ["township〔2026〕1号", "township〔2026〕2号", ""]
        await replay(SERVICE, backup, list(reversed(told)))
        await _submit(backup, third)
        assert await _numbers(backup, first, second, third) == [
            "township〔2026〕1号", "township〔2026〕2号", "township〔2026〕3号",
        ]  # fmt: skip


async def test_a_number_stays_through_a_return_and_the_next_year_begins_with_one(database: Database) -> None:
    first, second = await _draft(database), await _draft(database)
    await _submit(database, first)
    [told] = await told_after(database)
    await _hear(database, _returned(told))
    await _submit(database, first, hours=4)
    await _submit(database, second, hours=24 * 60)
    assert await _numbers(database, first, second) == ["township〔2026〕1号", "township〔2027〕1号"]
