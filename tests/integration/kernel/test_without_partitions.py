"""A listener that lost its partitions to another process has nothing to go back to, and is not built anew for it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.kernel.runtime.storing.database import Database
from services.kernel.runtime.telling.agents import SupervisedAgents
from services.kernel.runtime.telling.inbox import Inbox
from services.kernel.runtime.telling.inbox.positions import Position, load_positions, note_skipped, put_positions
from tests.integration.kernel.toy import LISTENS_TO, toy_service
from tests.support.service import NOW, service_database

PLACE = ("district.directory.unit", 0)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with service_database(toy_service(), database_url) as made:
        yield made


def an_inbox(database: Database) -> Inbox:
    return Inbox(database, LISTENS_TO, consumer="toy.routine", prefix="district", clock=lambda: NOW)


async def test_what_was_passed_over_in_partitions_that_another_holds_now_is_the_others(
    database: Database, tmp_path: Path
) -> None:
    inbox, other = an_inbox(database), an_inbox(database)
    agents = SupervisedAgents(inbox, [PLACE[0]], group="g", lane="routine", kafka="127.0.0.1:1", folder=tmp_path)
    await inbox.known_positions([PLACE])
    async with database.transaction(NOW) as tx:
        await put_positions(tx.session, inbox.consumer, {PLACE: Position("topic", 9, "last")})
        await note_skipped(tx.session, inbox.consumer, {PLACE: 4})
    await inbox.tend()
    reads_again = inbox.may_read_again
    assert reads_again

    await agents._assigned(None, set())
    inbox._looked_for_ready = None  # as after a minute: it looks again
    await inbox.tend()
    assert not inbox.may_read_again

    await other.known_positions([PLACE])
    await other.tend()
    assert other.may_read_again
    await other.known_positions([PLACE])
    async with database.reading() as session:
        known = await load_positions(session, inbox.consumer)
    assert (known[PLACE].next_offset, known[PLACE].skipped_from) == (4, None)
