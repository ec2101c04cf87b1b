"""The one file of a backup: a compressed tar, the manifest first; written aside, and checked as it is read."""

from __future__ import annotations

import hashlib
import io
import os
import tarfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from services.kernel.runtime.keeping.backup.manifest import NAME, BackupUnreadable, Manifest, Member, read_manifest

Say = Callable[[str], None]
_STEP_BYTES = 1024 * 1024


def write_archive(target: Path, manifest: Manifest, sources: dict[str, Path]) -> None:
    """Write everything under its name; the file appears whole, or not at all, and only its owner may read it."""
    aside = target.with_name(f"{target.name}.partial")
    descriptor = os.open(aside, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            with tarfile.open(fileobj=file, mode="w:gz", compresslevel=4) as tar:
                document = manifest.to_json()
                tar.addfile(_info(NAME, len(document), manifest), io.BytesIO(document))
                for name, member in manifest.members.items():
                    with sources[name].open("rb") as source:
                        tar.addfile(_info(name, member.size, manifest), source)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(target)
    finally:
        aside.unlink(missing_ok=True)


def check_archive(path: Path) -> Manifest:
    """Read the whole file and compare every digest.

    Raises:
        BackupUnreadable: Something is missing, too much, or not what the manifest says.
    """
    with opened_archive(path) as (manifest, members):
        for name, stream in members:
            _pass_on(name, manifest, stream, None)
    return manifest


def unpack_archive(path: Path, folder: Path) -> Manifest:
    """Lay everything down under an empty folder, checked.

    Raises:
        BackupUnreadable: Something is missing, too much, or not what the manifest says.
    """
    with opened_archive(path) as (manifest, members):
        for name, stream in members:
            place = folder / name
            place.parent.mkdir(parents=True, exist_ok=True)
            with os.fdopen(os.open(place, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
                _pass_on(name, manifest, stream, file)
                file.flush()
                os.fsync(file.fileno())
    return manifest


@contextmanager
def opened_archive(path: Path) -> Iterator[tuple[Manifest, Iterator[tuple[str, IO[bytes]]]]]:
    """The manifest, and every member in turn; leaving the block without fault says that none was missing."""
    try:
        with tarfile.open(path, "r|gz") as tar:
            first = tar.next()
            stream = tar.extractfile(first) if first is not None and first.name == NAME else None
            if stream is None:
                raise BackupUnreadable
            manifest = read_manifest(stream.read())
            missing = dict.fromkeys(manifest.members)
            yield manifest, _members(tar, missing)
    except (OSError, tarfile.TarError, EOFError, zlib.error) as fault:
        if isinstance(fault, FileNotFoundError):
            raise BackupUnreadable(f"没有这个文件：{path}") from fault
        raise BackupUnreadable from fault
    if missing:
        raise BackupUnreadable(f"备份不完整：缺 {len(missing)} 个文件，如 {next(iter(missing))}")


def _members(tar: tarfile.TarFile, missing: dict[str, None]) -> Iterator[tuple[str, IO[bytes]]]:
    while (info := tar.next()) is not None:
        stream = tar.extractfile(info)
        if stream is None or info.name not in missing:
            raise BackupUnreadable(f"备份里有不该有的内容：{info.name}")
        del missing[info.name]
        yield info.name, stream


def _pass_on(name: str, manifest: Manifest, stream: IO[bytes], target: IO[bytes] | None) -> None:
    digest, size = hashlib.sha256(), 0
    while step := stream.read(_STEP_BYTES):
        digest.update(step)
        size += len(step)
        if target is not None:
            target.write(step)
    if Member(digest.hexdigest(), size) != manifest.members[name]:
        raise BackupUnreadable(f"备份里的 {name} 与清单不符，文件已损坏")


def _info(name: str, size: int, manifest: Manifest) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.size, info.mode, info.mtime = size, 0o600, int(manifest.taken_at.timestamp())
    return info
