"""A whole node goes into one file while it runs, and comes out of it on an empty machine."""

from __future__ import annotations

import asyncio
import gzip
import io
import shutil
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from services.kernel.runtime.keeping.backup.archive import check_archive
from services.kernel.runtime.keeping.backup.laying import (
    BackupOfOther,
    NodeRunning,
    TargetNotEmpty,
    lay_down,
)
from services.kernel.runtime.keeping.backup.manifest import BackupUnreadable
from services.kernel.runtime.keeping.backup.sqlite_files import DatabaseDamaged
from services.kernel.runtime.keeping.backup.taking import drop_older, last_backup_at, take_backup
from services.kernel.runtime.service import ServiceContext
from services.kernel.runtime.storing.audit import first_broken_row
from services.kernel.runtime.storing.leases import Lease
from services.kernel.runtime.storing.migrations import require_current
from services.kernel.runtime.storing.standing import DatabaseOlderThanTold
from services.kernel.runtime.storing.tables import COUNTER, INBOX_CURSOR, OUTBOX, OUTBOX_STATE
from services.kernel.runtime.surroundings.settings import Settings
from services.kernel.runtime.telling.administration import diagnose
from services.node import build_services
from services.opened import opened
from tests.integration.kernel.toy import unit
from tests.support.schemas import make_room, make_schemas
from tests.support.service import CITY, DISTRICT, NOW, settings_for
from tests.support.waiting import eventually

SERVICES = build_services()
Contexts = dict[str, ServiceContext]


def say(_text: str) -> None:
    """Nobody listens."""


@asynccontextmanager
async def machine(settings: Settings, *, with_tables: bool = True) -> AsyncIterator[Contexts]:
    async with opened(SERVICES, settings) as contexts:
        if with_tables:
            await make_schemas([(contexts[service.name].database, service.migrations) for service in SERVICES])
        else:
            await make_room(contexts["directory"].database.url)
        yield contexts


async def tell(contexts: Contexts, *names: str, gated: bool = True) -> None:
    for context in contexts.values():
        database = context.database if gated else context.database.ungated()
        async with database.transaction(NOW) as tx:
            for name in names:
                tx.tell(unit("a", name))
            tx.audit("unit.told", "a", by=None)


async def rows(context: ServiceContext, table: Any) -> list[Any]:
    async with context.database.reading() as session:
        return [tuple(row) for row in await session.execute(select(table).order_by(*table.primary_key.columns))]


async def restored(contexts: Contexts, file: Path, *, force: bool = False) -> None:
    await lay_down(SERVICES, list(contexts.values()), file, NOW, force=force, say=say)


async def test_everything_comes_back_and_nobody_writes_before_it_is_compared(
    tmp_path: Path, node_urls: Callable[[], str]
) -> None:
    async with machine(settings_for(DISTRICT, tmp_path / "old", database_url=node_urls())) as old:
        await tell(old, "甲", "乙", 'A\\B\t"丙"\n')
        stored = old["intake"].files.put(io.BytesIO(b"attachment" * 1000))
        old["intake"].files.put_part("ab" * 32, 0, b"half", 8)
        kept = {name: await rows(context, OUTBOX) for name, context in old.items()}
        file = await take_backup(list(old.values()), tmp_path / "b.tar.gz", NOW, say)
        await tell(old, "丁")  # after the backup: not in it
        keys = old["intake"].node_keys.key_id
    assert file.stat().st_mode & 0o077 == 0
    settings = settings_for(DISTRICT, tmp_path / "new", database_url=node_urls())
    async with machine(settings, with_tables=False) as new:
        shutil.rmtree(tmp_path / "new" / "keys")
        await restored(new, file)
    async with machine(settings, with_tables=False) as new:
        assert new["intake"].node_keys.key_id == keys
        assert new["intake"].files.has(stored.sha256)
        assert new["intake"].files.missing_ranges("ab" * 32, 8) == [(4, 8)]
        for service in SERVICES:
            context = new[service.name]
            await require_current(context.database, service.migrations)
            assert await rows(context, OUTBOX) == kept[service.name]
            async with context.database.reading() as session:
                assert (await session.execute(select(OUTBOX_STATE.c.blocked_reason))).scalar_one()
                assert await first_broken_row(session) is None
        with pytest.raises(DatabaseOlderThanTold):
            await tell(new, "early")
        await tell(new, "戊", gated=False)  # ids and numbers go on behind those of the backup
        assert [row[0] for row in await rows(new["stats"], OUTBOX)] == [1, 2, 3, 4]
        assert [row[2] for row in await rows(new["stats"], COUNTER)] == [4]


async def test_all_databases_are_of_one_moment(tmp_path: Path, node_urls: Callable[[], str]) -> None:
    """One service tells, another notes how far it has heard: restored, it never knows more than was told."""
    async with machine(settings_for(DISTRICT, tmp_path / "old", database_url=node_urls())) as old:
        stop = asyncio.Event()
        busy = asyncio.create_task(_tell_and_hear(old, stop))

        async def has_begun() -> bool:
            return bool(await rows(old["directory"], INBOX_CURSOR))

        await eventually(has_begun)
        files = []
        for n in range(5):
            await asyncio.sleep(0.2)
            files.append(await take_backup(list(old.values()), tmp_path / f"{n}.tar.gz", NOW, say))
        stop.set()
        await busy
    for n, file in enumerate(files):
        settings = settings_for(DISTRICT, tmp_path / f"new{n}", database_url=node_urls())
        async with machine(settings, with_tables=False) as new:
            shutil.rmtree(tmp_path / f"new{n}" / "keys")
            await restored(new, file)
            told = [row[2] for row in await rows(new["stats"], COUNTER)]
            heard = [row[3] for row in await rows(new["directory"], INBOX_CURSOR)]
            assert heard <= told
            assert told[0] - heard[0] <= 1


async def _tell_and_hear(contexts: Contexts, stop: asyncio.Event) -> None:
    n = 0
    while not stop.is_set():
        n += 1
        async with contexts["stats"].database.transaction(NOW) as tx:
            tx.tell(unit("a", str(n)))
        async with contexts["directory"].database.transaction(NOW) as tx:
            await tx.session.execute(INBOX_CURSOR.delete())
            await tx.session.execute(
                INBOX_CURSOR.insert().values(consumer="x", topic="t", key="a", sequence=n, last_id=str(n), epoch=1)
            )


async def test_what_is_there_is_not_overwritten(tmp_path: Path, node_urls: Callable[[], str]) -> None:
    settings = settings_for(DISTRICT, tmp_path / "old", database_url=node_urls())
    async with machine(settings) as old:
        await tell(old, "甲")
        file = await take_backup(list(old.values()), tmp_path / "b.tar.gz", NOW, say)
        await tell(old, "乙")
    async with machine(settings, with_tables=False) as same:
        with pytest.raises(TargetNotEmpty):
            await restored(same, file)
        assert len(await rows(same["stats"], OUTBOX)) == 2
        for context in same.values():
            await context.database.close()
        await restored(same, file, force=True)
        assert len(await rows(same["stats"], OUTBOX)) == 1
        if same["stats"].database.is_sqlite:
            assert list((tmp_path / "old").glob("before-restore-*/stats.db"))
        else:
            async with same["stats"].database.reading() as session:
                query = text("SELECT count(*) FROM pg_tables WHERE schemaname LIKE 'stats_%' AND tablename = 'outbox'")
                assert (await session.execute(query)).scalar_one() == 1


async def test_a_running_node_is_not_restored_over(tmp_path: Path, node_urls: Callable[[], str]) -> None:
    settings = settings_for(DISTRICT, tmp_path / "old", database_url=node_urls())
    async with machine(settings) as old:
        file = await take_backup(list(old.values()), tmp_path / "b.tar.gz", NOW, say)
        lease = Lease(old["stats"].database, "relay", folder=tmp_path / "old" / "locks")
        assert await lease.take()
        async with machine(settings, with_tables=False) as other:
            with pytest.raises(NodeRunning):
                await restored(other, file, force=True)
        await lease.release()


async def test_another_nodes_backup_is_refused(tmp_path: Path, node_urls: Callable[[], str]) -> None:
    async with machine(settings_for(DISTRICT, tmp_path / "old", database_url=node_urls())) as old:
        file = await take_backup(list(old.values()), tmp_path / "b.tar.gz", NOW, say)
    async with machine(settings_for(CITY, tmp_path / "city", database_url=node_urls()), with_tables=False) as city:
        with pytest.raises(BackupOfOther):
            await restored(city, file)


async def test_a_damaged_backup_is_found_out(tmp_path: Path) -> None:
    async with machine(settings_for(DISTRICT, tmp_path / "old")) as old:
        await tell(old, "甲")
        file = await take_backup(list(old.values()), tmp_path / "b.tar.gz", NOW, say)
    whole = gzip.decompress(file.read_bytes())
    assert check_archive(file).node_id == "district"
    place = whole.index("甲".encode(), len(whole) // 8)
    for damaged in (
        gzip.compress(whole[:place] + b"\xe4\xb9\x99" + whole[place + 3 :]),
        gzip.compress(whole[: len(whole) // 2]),
        file.read_bytes()[: file.stat().st_size // 2],
        b"no backup",
    ):
        file.write_bytes(damaged)
        with pytest.raises(BackupUnreadable):
            check_archive(file)


async def test_a_folder_gets_files_by_name_and_keeps_the_newest(tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    settings = settings_for(DISTRICT, tmp_path / "old")
    async with machine(settings) as old:
        assert last_backup_at(settings) is None
        for day in range(4):
            await take_backup(list(old.values()), folder, NOW + timedelta(days=day), say)
        (folder / "other.tar.gz").touch()
        assert len(drop_older(folder, settings, keep=2)) == 2
    assert sorted(path.name for path in folder.iterdir()) == [
        "district-20261126-010000.tar.gz", "district-20261127-010000.tar.gz", "other.tar.gz",
    ]  # fmt: skip
    assert last_backup_at(settings) == NOW + timedelta(days=3)


def damage(database: Path, table: str) -> None:
    """Let the disk give back another page than was written."""
    with closing(sqlite3.connect(database)) as connection:
        query = "SELECT rootpage, page_size FROM sqlite_master, pragma_page_size WHERE name = ?"
        root, size = connection.execute(query, (table,)).fetchone()
    with database.open("r+b") as file:
        file.seek((root - 1) * size)
        file.write(b"\xff" * size)


def files_of(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.is_file())


async def test_a_damaged_database_is_not_backed_up_and_pushes_no_whole_backup_out(tmp_path: Path) -> None:
    settings = settings_for(DISTRICT, tmp_path / "old")
    async with machine(settings) as old:
        await tell(old, "甲", "乙")
        whole = await take_backup(list(old.values()), tmp_path, NOW, say)
        assert [one for one in await diagnose(SERVICES, old) if "损坏" in one.what] == []
    damage(tmp_path / "old" / "review.db", "outbox")
    async with machine(settings, with_tables=False) as old:
        with pytest.raises(DatabaseDamaged, match=r"review\.db"):
            await take_backup(list(old.values()), tmp_path, NOW + timedelta(days=1), say)
        assert files_of(tmp_path) == [whole.name]
        assert last_backup_at(settings) == NOW
        [found] = [one for one in await diagnose(SERVICES, old) if "损坏" in one.what]
    assert (found.is_well, "review.db" in found.what) == (False, True)
