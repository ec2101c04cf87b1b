"""Urgent facts leave while routine ones wait, and a statement on SQLite is one trip to its thread."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from services.kernel.language.envelope import Envelope, dataschema_of
from services.kernel.language.events import ARRIVAL_URGENT_TOPIC
from services.kernel.language.vocabulary import Level
from services.kernel.runtime.storing import right_of_way as ways
from services.kernel.runtime.storing.database import Database
from services.kernel.runtime.storing.right_of_way import right_of_way
from services.kernel.runtime.storing.single_trip import OneTripConnection
from services.kernel.runtime.storing.tables import OUTBOX
from services.kernel.runtime.storing.turns import Rank
from services.kernel.runtime.surroundings.identifiers import new_id
from services.kernel.runtime.surroundings.settings import NodeInfo
from tests.integration.kernel.test_leaving import on_broker, relaying, tell
from tests.integration.kernel.toy import toy_service, unit
from tests.support.service import NOW, service_database
from tests.support.waiting import eventually


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    node = NodeInfo(f"n{secrets.token_hex(4)}", "安澜市云岭区", Level.COUNTY)
    async with service_database(toy_service(), database_url, node) as made:
        yield made


async def _tell_urgent(database: Database) -> None:
    fact = unit("a", "紧急")
    envelope = Envelope(
        id=str(new_id()), type=fact.TYPE, source="/township/review", time=NOW, subject=fact.key,
        dataschema=dataschema_of(fact.TYPE, fact.VERSION), node="township", level="township",
        data=fact.model_dump_json().encode(), via=("township",),
    )  # fmt: skip
    async with database.transaction(NOW, rank=Rank.URGENT) as tx:
        tx.retell(envelope, topic=ARRIVAL_URGENT_TOPIC, key=fact.key)


async def _unpublished(database: Database) -> list[bool]:
    """Whether each of those that wait in the outbox is urgent."""
    query = select(OUTBOX.c.urgent).where(OUTBOX.c.published_at.is_(None)).order_by(OUTBOX.c.id)
    async with database.reading() as session:
        return [bool(urgent) for urgent in (await session.execute(query)).scalars()]


async def test_an_urgent_fact_leaves_while_a_routine_batch_waits_to_be_marked(
    database: Database, kafka: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ways, "STUCK_S", 1000.0)

    async def are_on_broker() -> bool:
        return len(await on_broker(database, kafka)) == 3

    async def urgent_has_left() -> bool:
        return True not in await _unpublished(database)

    async with relaying(database, kafka):
        async with right_of_way().given(Rank.ROUTINE):
            await tell(database, *"123")
            await eventually(are_on_broker)
            await _tell_urgent(database)
            await eventually(urgent_has_left)
            assert await _unpublished(database) == [False, False, False]

        async def all_have_left() -> bool:
            return not await _unpublished(database)

        await eventually(all_have_left)


async def test_a_statement_on_sqlite_is_one_trip_to_its_thread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trips = []
    usual = OneTripConnection._execute

    async def counted(self: OneTripConnection, act: object, *more: object, **options: object) -> object:
        trips.append(act)
        return await usual(self, act, *more, **options)  # type: ignore[no-untyped-call]

    monkeypatch.setattr(OneTripConnection, "_execute", counted)
    url = f"sqlite+aiosqlite:///{tmp_path / 'x.db'}"
    async with service_database(toy_service(), url) as database, database.transaction(NOW) as tx:
        await tx.session.execute(text("SELECT 1"))  # connects and begins
        trips.clear()
        added = await tx.session.execute(
            text("INSERT INTO toy_applied (key, name) VALUES ('a', 'b'), ('a', 'c') RETURNING id, name")
        )
        assert (added.all(), len(trips)) == ([(1, "b"), (2, "c")], 1)
        changed = await tx.session.execute(text("UPDATE toy_applied SET name = 'd' WHERE key = 'a'"))
        assert (changed.rowcount, len(trips)) == (2, 2)
        many = [{"key": "b", "name": str(n)} for n in range(3)]
        await tx.session.execute(text("INSERT INTO toy_applied (key, name) VALUES (:key, :name)"), many)
        assert len(trips) == 3
        found = await tx.session.execute(text("SELECT name FROM toy_applied WHERE key = 'b' ORDER BY id"))
        assert (found.scalars().all(), len(trips)) == (["0", "1", "2"], 4)
        with pytest.raises(IntegrityError):
            await tx.session.execute(text("INSERT INTO toy_applied (id, key, name) VALUES (1, 'a', 'e')"))
        assert (await tx.session.execute(text("SELECT count(*) FROM toy_applied"))).scalar_one() == 5
