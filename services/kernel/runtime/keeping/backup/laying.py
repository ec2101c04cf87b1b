"""Laying a backup down on an empty machine: keys, files and databases, each marked as restored."""

from __future__ import annotations

import asyncio
import fcntl
import shutil
import tempfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import text, update

from services.kernel.language.refusal import Refusal
from services.kernel.runtime.keeping.backup.archive import Say, unpack_archive
from services.kernel.runtime.keeping.backup.manifest import Manifest
from services.kernel.runtime.keeping.backup.postgres_copy import fill_schema
from services.kernel.runtime.service import Service, ServiceContext
from services.kernel.runtime.storing.migrations import upgrade
from services.kernel.runtime.storing.tables import OUTBOX_STATE
from services.kernel.runtime.surroundings.settings import Settings

JUST_RESTORED = "数据库刚从备份恢复，还没有与消息队列核对，请执行 restore"
_PARTS = ("keys", "files")


class TargetNotEmpty(Refusal):
    """这台机器上已有这个节点的数据，没有恢复。"""

    code = "target_not_empty"
    message = "这台机器上已有这个节点的数据，没有恢复。确实要恢复的，加 --force：原有数据会移到一边，不删除。"


class NodeRunning(Refusal):
    """节点还在运行，请先停止。"""

    code = "node_running"
    message = "节点还在运行，请先停止（systemctl stop shangda@<节点>），再恢复。"


class BackupOfOther(Refusal):
    """这是别的节点的备份。"""

    code = "backup_of_other"
    message = "这是别的节点的备份。"


async def lay_down(
    services: Sequence[Service],
    contexts: Sequence[ServiceContext],
    source: Path,
    now: datetime,
    *,
    force: bool,
    say: Say,
) -> Manifest:
    """Restore a node from a backup, into an empty place; with `force`, what is there is put aside.

    Every service refuses to write until it has compared itself with the broker (`restore`).

    Raises:
        TargetNotEmpty: There is something already.
        NodeRunning: A process of this node holds its locks.
        BackupOfOther: It is another node's, or for the other kind of database.
    """
    data = Path(contexts[0].settings.data_dir)  # made when the contexts were
    await _require_stopped(contexts)
    with tempfile.TemporaryDirectory(prefix=".restoring-", dir=data) as unpacked:
        say("正在解开并校验备份")
        manifest = await asyncio.to_thread(unpack_archive, source, Path(unpacked))
        _require_ours(manifest, contexts)
        await _make_room(contexts, now, force=force, say=say)
        _place_parts(Path(unpacked), data)
        await _fill_databases(services, contexts, manifest, Path(unpacked) / "databases", say)
    for context in contexts:
        async with context.database.transaction(now) as tx:
            await tx.session.execute(update(OUTBOX_STATE).values(blocked_reason=JUST_RESTORED))
            tx.audit(
                "node.restored", context.node.node_id, by=None, details={"taken_at": manifest.taken_at.isoformat()}
            )
    return manifest


def _require_ours(manifest: Manifest, contexts: Sequence[ServiceContext]) -> None:
    settings = contexts[0].settings
    if manifest.node_id != settings.node_id:
        raise BackupOfOther(f"这是 {manifest.node_name}（{manifest.node_id}）的备份，本机设置的是 {settings.node_id}")
    kind = "sqlite" if contexts[0].database.is_sqlite else "postgresql"
    if manifest.database != kind:
        raise BackupOfOther(f"备份里是 {manifest.database} 的数据，本机设置的是 {kind}")
    if missing := set(manifest.services) - {context.name for context in contexts}:
        raise BackupOfOther(f"备份里有本机没有选用的服务：{'、'.join(sorted(missing))}（SHANGDA_SERVICES）")


async def _require_stopped(contexts: Sequence[ServiceContext]) -> None:
    if contexts[0].database.is_sqlite:
        held = [path for path in (Path(contexts[0].settings.data_dir) / "locks").glob("*.lock") if _is_held(path)]
        if held:
            raise NodeRunning
        return
    query = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
        "AND application_name LIKE 'shangda.%' AND pid <> pg_backend_pid()"
    )
    async with contexts[0].database.reading() as session:
        if (await session.execute(query)).scalar_one():
            raise NodeRunning


def _is_held(path: Path) -> bool:
    with path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


async def _make_room(contexts: Sequence[ServiceContext], now: datetime, *, force: bool, say: Say) -> None:
    there = _what_is_there(contexts[0].settings)
    schemas = [context for context in contexts if await _has_tables(context)]
    if not there and not schemas:
        return
    if not force:
        raise TargetNotEmpty
    aside = Path(contexts[0].settings.data_dir) / f"before-restore-{now:%Y%m%d-%H%M%S}"
    aside.mkdir()
    for path in there:
        path.replace(aside / path.name)
    for context in schemas:
        async with context.database.engine.begin() as connection:
            await connection.execute(
                text(f'ALTER SCHEMA "{context.name}" RENAME TO "{context.name}_{now:%Y%m%d%H%M%S}"')
            )
        await context.database.engine.dispose()
    say(f"原有数据移到 {aside}" + (f"，原有的库改名为 <服务>_{now:%Y%m%d%H%M%S}" if schemas else ""))


def _what_is_there(settings: Settings) -> list[Path]:
    """Databases with their logs, keys and files; an empty folder counts as nothing."""
    data = Path(settings.data_dir)
    found = [path for pattern in ("*.db", "*.db-wal", "*.db-shm") for path in data.glob(pattern)]
    return found + [data / name for name in _PARTS if any(path.is_file() for path in (data / name).rglob("*"))]


async def _has_tables(context: ServiceContext) -> bool:
    if context.database.is_sqlite:
        return False
    query = text("SELECT count(*) FROM pg_tables WHERE schemaname = :name")
    async with context.database.reading() as session:
        return bool((await session.execute(query, {"name": context.name})).scalar_one())


def _place_parts(unpacked: Path, data: Path) -> None:
    for name in _PARTS:
        shutil.rmtree(data / name, ignore_errors=True)
        if (unpacked / name).is_dir():
            (unpacked / name).replace(data / name)
    (data / "files" / "incoming").mkdir(parents=True, exist_ok=True)


async def _fill_databases(
    services: Sequence[Service], contexts: Sequence[ServiceContext], manifest: Manifest, folder: Path, say: Say
) -> None:
    for service, context in zip(services, contexts, strict=True):
        if service.name in manifest.revisions:
            say(f"{service.title}：恢复数据库")
            if context.database.is_sqlite:
                await context.database.engine.dispose()
                (folder / f"{service.name}.db").replace(context.database.url.database or "")
            else:
                await upgrade(context.database, service.migrations, to=manifest.revisions[service.name])
                await fill_schema(context.database, service.name, folder / service.name)
        await upgrade(context.database, service.migrations)
