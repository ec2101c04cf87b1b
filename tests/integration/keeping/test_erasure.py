"""An erased item is found nowhere on the node: not in a database, not on the broker's disk, not among the files."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from sqlalchemy import select
from sqlalchemy import text as sql

from deploy.kafka.broker import Broker
from services.directory.actions.demo import seed_demo
from services.directory.policy.sign_in import DEMO_PASSWORD
from services.erasing_command import erase_on_node
from services.exchange.store.erasures import find_erasure
from services.kernel.language.vocabulary import ErasureGround, ErasureStage
from services.kernel.runtime.keeping.erasure.copies import Order
from services.kernel.runtime.running.process import NodeProcess
from services.kernel.runtime.service import ServiceContext
from services.kernel.runtime.storing.outbox import envelope_of
from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.storing.tables import AUDIT, INBOX_CURSOR, OUTBOX
from services.kernel.runtime.surroundings.settings import Settings
from services.node import build_services
from tests.integration.intake.conftest import CLERK, COMPLETE, ITEMS
from tests.support.kafka import new_broker
from tests.support.service import TOWNSHIP, client_of, running_node, settings_for
from tests.support.waiting import eventually

SECRET = "机密" + secrets.token_hex(8)


def places_with(text: str, *folders: Path) -> list[str]:
    """Files that hold the text as it is, or as JSON escapes it."""
    sought = (text.encode(), text.encode("unicode_escape"))
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    return [path.name for path in files if any(one in _bytes_of(path) for one in sought)]


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""


async def is_on(place: Path, text: str) -> bool:
    return bool(await asyncio.to_thread(places_with, text, place))


async def rows_with(contexts: dict[str, ServiceContext], text: str) -> list[str]:
    """Tables of all services with a row that says the text, in words or in bytes."""
    found = []
    for name, context in contexts.items():
        async with context.database.reading() as session:
            names = (await session.execute(sql(_TABLES[context.database.is_sqlite]), {"schema": name})).scalars()
            for table in list(names):
                found += [f"{name}.{table}"] if await _says(session, table, text) else []
    return found


_TABLES = {
    True: "SELECT name FROM sqlite_master WHERE type = 'table' AND name <> :schema",
    False: "SELECT tablename FROM pg_tables WHERE schemaname = :schema",
}


async def _says(session: AsyncSession, table: str, text: str) -> bool:
    if session.get_bind().dialect.name == "postgresql":
        sought = {"plain": f"%{text}%", "hex": f"%{text.encode().hex()}%"}
        query = sql(f'SELECT count(*) FROM "{table}" AS t WHERE t::text LIKE :plain OR t::text LIKE :hex')
        return bool((await session.execute(query, sought)).scalar_one())
    rows = (await session.execute(sql(f'SELECT * FROM "{table}"'))).all()
    return any(
        text in (one.decode("utf-8", "replace") if isinstance(one, bytes) else str(one)) for row in rows for one in row
    )


@pytest.fixture
def tidy_broker(tmp_path: Path) -> Iterator[Broker]:
    """A broker that looks every second which files it may delete, instead of every minute."""
    broker = new_broker(
        tmp_path / "broker",
        {"log.initial.task.delay.ms": 500, "log.retention.check.interval.ms": 1_000},
    )
    broker.start()
    yield broker
    broker.kill()


@asynccontextmanager
async def ready_node(tmp_path: Path, broker: Broker, database_url: str) -> AsyncIterator[tuple[NodeProcess, Settings]]:
    settings = settings_for(TOWNSHIP, tmp_path / "data", database_url=database_url, kafka=broker.bootstrap)
    async with running_node(build_services(), settings, with_agents=True) as process, client_of(process) as client:

        async def is_ready() -> bool:
            return bool((await client.get("/readyz")).json()["ready"])

        await eventually(is_ready)
        yield process, settings


async def hand_in(process: NodeProcess, text: str) -> UUID:
    async with client_of(process, CLERK) as clerk:
        made = (await clerk.post(ITEMS, json=COMPLETE | {"title": text, "body": text * 30})).json()
        place = f"{ITEMS}/{made['origin_id']}"
        added = await clerk.post(
            f"{place}/attachments", files={"file": ("附件.txt", (text * 9).encode(), "text/plain")}
        )
        assert added.status_code == 201, added.text
        done = await clerk.post(f"{place}/submit", headers={"Idempotency-Key": made["origin_id"]})
        assert done.status_code == 200, done.text
    return UUID(made["origin_id"])


async def test_an_erased_item_is_found_nowhere_and_the_rest_goes_on(
    tmp_path: Path, tidy_broker: Broker, node_database_url: str
) -> None:
    data, logs = tmp_path / "data", tidy_broker.directory
    async with ready_node(tmp_path, tidy_broker, node_database_url) as (process, settings):
        erased, other = await hand_in(process, SECRET), await hand_in(process, "照常保留")
        for one in (erased, other):
            await _is_at_review(process, one)
        await eventually(lambda: is_on(logs, SECRET))
        assert places_with(SECRET * 9, data / "files")
        (data / "briefs").mkdir()
        (data / "briefs" / "a.pdf").write_text(SECRET)  # an issue that was printed
        contexts = process.contexts
        assert {"intake.outbox", "intake.intake_submission", "review.review_item"} <= set(
            await rows_with(contexts, SECRET)
        )
        async with signed_in(process) as admin:
            await eventually(lambda: _is_shown_once_more(admin, erased))
            form = {"ground": "mistake", "reason": "主任已批准", "confirmed": "1"}
            done = await admin.post(f"/exchange/erasures/{erased}", data=form)
            assert done.status_code == 303, done.text
            await eventually(lambda: _is_done(contexts["exchange"], erased))
            assert SECRET not in (await admin.get(f"/exchange/erasures/{erased}")).text
        assert await rows_with(contexts, SECRET) == []
        assert places_with(SECRET, data) == []
        await _is_marked(contexts["intake"], erased)
        await eventually(lambda: _is_off(logs))
        third = await hand_in(process, "后来的一件")
        await _is_at_review(process, third)
        await _is_refused_to_its_author(process, erased)
        if not node_database_url:
            await _again_by_command(settings, erased)


async def _is_refused_to_its_author(process: NodeProcess, erased: UUID) -> None:
    async with client_of(process, CLERK) as clerk:
        shown = await clerk.get(f"{ITEMS}/{erased}")
        refused = await clerk.patch(
            f"{ITEMS}/{erased}", json={"title": SECRET}, headers={"If-Match": shown.headers["etag"]}
        )
    assert (shown.json()["title"], shown.json()["body"]) == ("（已清除）", "")
    assert refused.json()["code"] == "item_erased"


async def _again_by_command(settings: Settings, erased: UUID) -> None:
    """The command hands the work to the node that runs, and sees it done."""
    order = Order(origin_id=erased, reason="恢复以后再清除")
    await erase_on_node(build_services(), settings, order, ErasureGround.MISTAKE)


async def _is_shown_once_more(admin: httpx.AsyncClient, erased: UUID) -> bool:
    """What is to be erased, and where it is; on a busy machine a service may not answer at once."""
    shown = (await admin.get(f"/exchange/erasures/{erased}")).text
    return SECRET in shown and "没有应答" not in shown


async def _is_done(context: ServiceContext, erased: UUID) -> bool:
    async with context.database.reading() as session:
        erasure = await find_erasure(session, erased)
    assert erasure is not None
    return erasure.stage is ErasureStage.DONE


@asynccontextmanager
async def signed_in(process: NodeProcess) -> AsyncIterator[httpx.AsyncClient]:
    """An administrator whose sign-in the directory confirms."""
    directory = process.contexts["directory"]
    async with directory.database.transaction(directory.clock()) as tx:
        await seed_demo(tx, process.settings)
    async with client_of(process) as client:
        answer = await client.post("/directory/api/v1/tokens", json={"username": "admin", "password": DEMO_PASSWORD})
        client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        client.headers["Accept"] = "text/html"
        yield client


async def _is_off(place: Path) -> bool:
    return not await is_on(place, SECRET)


async def _is_marked(context: ServiceContext, erased: UUID) -> None:
    """The audit names the item, and its facts keep their place in the order."""
    async with context.database.reading() as session:
        audited = (await session.execute(select(AUDIT).where(AUDIT.c.verb == "item.erased"))).one()
        rows = list(await session.execute(select(OUTBOX).where(OUTBOX.c.key == str(erased))))
    assert audited.subject == str(erased)
    assert {envelope_of(row).emptied for row in rows} == {"erased"}


async def _is_at_review(process: NodeProcess, origin_id: UUID) -> None:
    """Review's cursor has come to the item: what follows an erased fact takes its turn."""
    database = process.contexts["review"].database
    query = select(INBOX_CURSOR.c.sequence).where(INBOX_CURSOR.c.key == str(origin_id))

    async def is_there() -> bool:
        async with database.reading() as session:
            return (await session.execute(query)).first() is not None

    await eventually(is_there)
