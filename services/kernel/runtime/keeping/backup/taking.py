"""Taking a backup of a whole node while it runs: databases of one moment, keys, files."""

from __future__ import annotations

import asyncio
import json
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from services.kernel.language.refusal import Refusal
from services.kernel.runtime.keeping.backup.archive import Say, check_archive, write_archive
from services.kernel.runtime.keeping.backup.manifest import Manifest, Member, member_of
from services.kernel.runtime.keeping.backup.postgres_copy import copy_schemas
from services.kernel.runtime.keeping.backup.sqlite_files import copy_databases
from services.kernel.runtime.running.process import VERSION
from services.kernel.runtime.service import ServiceContext
from services.kernel.runtime.storing.migrations import current_revisions
from services.kernel.runtime.surroundings.settings import Settings

LAST_BACKUP = "last_backup.json"
FREE_FACTOR = 1.2


class DiskTooSmall(Refusal):
    """磁盘剩余空间不够放下备份。"""

    code = "disk_too_small"
    message = "磁盘剩余空间不够放下备份。"


async def take_backup(contexts: Sequence[ServiceContext], target: Path, now: datetime, say: Say) -> Path:
    """Back the node up into one file, and check it; the file's path.

    A folder as target gets a file named after node and time. The copies of the databases lie
    beside the target until the file is whole.
    """
    settings = contexts[0].settings
    target = _file_of(target, settings, now)
    _require_room(settings, target.parent)
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=target.parent) as aside:
        sources = await _copy_databases(contexts, Path(aside), say)
        sources |= dict(_keys_and_files(settings, Path(aside)))
        say(f"密钥和附件：{sum(not name.startswith('databases/') for name in sources)} 个文件，正在压缩")
        manifest = await _describe(contexts, sources, now)
        await asyncio.to_thread(write_archive, target, manifest, sources)
    say("正在校验")
    await asyncio.to_thread(check_archive, target)
    note_backup(settings, target, now)
    return target


def note_backup(settings: Settings, target: Path, now: datetime) -> None:
    """Keep when the last backup was taken, for the metric and its alert."""
    found = {"at": now.isoformat(), "file": str(target.resolve()), "size": target.stat().st_size}
    place = Path(settings.data_dir) / LAST_BACKUP
    aside = place.with_suffix(".partial")
    aside.write_text(json.dumps(found, ensure_ascii=False), encoding="utf-8")
    aside.replace(place)


def last_backup_at(settings: Settings) -> datetime | None:
    """When the last backup was taken; None when there was none."""
    try:
        kept = json.loads((Path(settings.data_dir) / LAST_BACKUP).read_bytes())
        return datetime.fromisoformat(kept["at"])
    except (OSError, ValueError, KeyError):
        return None


def drop_older(folder: Path, settings: Settings, *, keep: int) -> list[Path]:
    """Delete all but the newest backups of this node in a folder; what was deleted."""
    found = sorted(folder.glob(f"{settings.node_id}-????????-??????.tar.gz"))
    old = found[:-keep] if keep else []
    for path in old:
        path.unlink()
    return old


def _file_of(target: Path, settings: Settings, now: datetime) -> Path:
    if target.is_dir():
        target = target / f"{settings.node_id}-{now:%Y%m%d-%H%M%S}.tar.gz"
    target.parent.mkdir(parents=True, exist_ok=True)
    return target


async def _copy_databases(contexts: Sequence[ServiceContext], aside: Path, say: Say) -> dict[str, Path]:
    names = [context.name for context in contexts]
    folder = aside / "databases"
    folder.mkdir()
    say(f"数据库：{len(names)} 个，取同一时刻")
    if contexts[0].database.is_sqlite:
        files = [Path(context.database.url.database or "") for context in contexts]
        copied = await asyncio.to_thread(copy_databases, files, folder)
    else:
        copied = await copy_schemas(contexts[0].database, names, folder)
    say(f"数据库：{sum(path.stat().st_size for path in copied) / 1024**2:.1f} MB")
    return {path.relative_to(aside).as_posix(): path for path in copied}


def _keys_and_files(settings: Settings, aside: Path) -> Iterator[tuple[str, Path]]:
    """Keys, stored files, and the parts of files that are still on their way: their rows are receipted.

    Parts may be put together under our hands, so each is linked aside first; what is gone by
    then stands whole under its own name, or comes again.
    """
    data = Path(settings.data_dir)
    for folder in ("keys", "files"):
        for path in sorted((data / folder).rglob("*")):
            name = path.relative_to(data).as_posix()
            held = aside / name
            held.parent.mkdir(parents=True, exist_ok=True)
            try:
                if path.is_file() and path.suffix != ".part":
                    _hold(path, held)
                    yield name, held
            except FileNotFoundError:
                continue


def _hold(path: Path, held: Path) -> None:
    try:
        held.hardlink_to(path)
    except FileNotFoundError:
        raise
    except OSError:  # another file system
        shutil.copy2(path, held)


async def _describe(contexts: Sequence[ServiceContext], sources: dict[str, Path], now: datetime) -> Manifest:
    settings = contexts[0].settings
    members: dict[str, Member] = {}
    for name, path in sources.items():
        members[name] = await asyncio.to_thread(member_of, path)
    return Manifest(
        node_id=settings.node_id,
        node_name=settings.node_name,
        taken_at=now,
        version=VERSION,
        database="sqlite" if contexts[0].database.is_sqlite else "postgresql",
        revisions={context.name: await current_revisions(context.database) for context in contexts},
        members=members,
    )


def _require_room(settings: Settings, folder: Path) -> None:
    data = Path(settings.data_dir)
    taken = sum(path.stat().st_size for path in data.glob("*.db"))
    taken += sum(path.stat().st_size for path in (data / "files").rglob("*") if path.is_file())
    free = shutil.disk_usage(folder).free
    if free < taken * FREE_FACTOR:
        raise DiskTooSmall(
            f"{folder} 剩余 {free / 1024**3:.1f} GB，备份最多需要 {taken * FREE_FACTOR / 1024**3:.1f} GB"
        )
