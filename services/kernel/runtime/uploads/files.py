"""Attachments on the node's disk, each under the SHA-256 of its content.

A file appears under its name only whole: it is written aside, flushed to the disk and renamed.
Writers of the same content do not disturb each other, because they all rename the same bytes.
Whatever is not finished lies under `incoming/` and may be swept away at any time.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO

from services.kernel.language.refusal import Refusal

_DIGEST = re.compile(r"[0-9a-f]{64}")
_PART = re.compile(r"(\d+)-(\d+)")
_STEP_BYTES = 1024 * 1024


class DigestNotValid(Refusal):
    """这不是文件的校验值。"""

    status = 400
    code = "digest_not_valid"
    message = "这不是文件的校验值（SHA-256）。"


class FileNotHere(Refusal):
    """附件不在本级，可能还在传送途中，或已被清除。"""

    status = 404
    code = "file_not_here"
    message = "附件不在本级，可能还在传送途中，或已被清除。"


class PartOutOfRange(Refusal):
    """附件分段超出了文件的长度。"""

    status = 422
    code = "part_out_of_range"
    message = "附件分段超出了文件的长度。"


class ContentDiffersFromDigest(Refusal):
    """收齐的附件与其校验值不符，已丢弃，需要重传。"""

    status = 422
    code = "content_differs_from_digest"
    message = "收齐的附件与其校验值不符，已丢弃，需要重传。"


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that is stored: its digest in lower-case hex and its size in bytes."""

    sha256: str
    size: int


class FileStore:
    """The files of one node. Every method touches the disk: on a loop use `AsyncFileStore`."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._incoming = root / "incoming"
        self._incoming.mkdir(parents=True, exist_ok=True)

    def path(self, sha256: str) -> Path:
        """Where the file stands or would stand; the only way from a digest to the disk."""
        if not _DIGEST.fullmatch(sha256):
            raise DigestNotValid
        return self._root / sha256[:2] / sha256[2:4] / sha256

    def has(self, sha256: str) -> bool:
        """Whether the whole file is here."""
        return self.path(sha256).is_file()

    def open(self, sha256: str) -> IO[bytes]:
        """The file, for reading."""
        try:
            return self.path(sha256).open("rb")
        except FileNotFoundError:
            raise FileNotHere from None

    def stat(self, sha256: str) -> os.stat_result:
        """What the disk says of the file: its size, and since when it is here."""
        try:
            return self.path(sha256).stat()
        except FileNotFoundError:
            raise FileNotHere from None

    def put(self, stream: IO[bytes]) -> StoredFile:
        """Store what the stream still holds."""
        with self._aside() as aside:
            digest, size = hashlib.sha256(), 0
            while step := stream.read(_STEP_BYTES):
                aside.write(step)
                digest.update(step)
                size += len(step)
            self._place(aside, digest.hexdigest())
        return StoredFile(digest.hexdigest(), size)

    def put_part(self, sha256: str, offset: int, content: bytes, total_size: int, *, sender: str = "") -> bool:
        """Take in a part of a file; the answer is whether the whole file is here now.

        Parts may come in any order, twice, and overlapping. Each is on the disk when this returns.
        Those of each sender lie by themselves, so that what one sends cannot spoil another's file.

        Raises:
            ContentDiffersFromDigest: All parts were there but made another file; they are dropped.
        """
        if self.has(sha256):
            return True
        if offset < 0 or offset + len(content) > total_size or (not content and total_size):
            raise PartOutOfRange
        try:
            folder = self._parts_folder(sha256, sender)
            self._keep_part(folder, offset, content)
            return not self.missing_ranges(sha256, total_size, sender=sender) and self._assemble(
                folder, sha256, total_size
            )
        except FileNotFoundError:
            return self.has(sha256)  # Another writer finished first and cleared the parts away.

    def missing_ranges(self, sha256: str, total_size: int, *, sender: str = "") -> list[tuple[int, int]]:
        """What has not come yet, as half-open [start, end) byte ranges in order."""
        if self.has(sha256):
            return []
        missing, reached = [], 0
        for start, end, _ in _parts(self._parts_folder(sha256, sender)):
            if start > reached:
                missing.append((reached, min(start, total_size)))
            reached = max(reached, end)
        if reached < total_size:
            missing.append((reached, total_size))
        return missing

    def delete(self, sha256: str) -> None:
        """Erase a file and any parts of it; fine when it is gone already."""
        path = self.path(sha256)
        self._clear_parts(sha256)
        if path.exists():
            path.unlink(missing_ok=True)
            _flush_folder(path.parent)

    def sweep_incoming(self, before: datetime) -> int:
        """Remove what was begun before an instant and never finished; how many that were.

        Args:
            before: Aware; leave a day for slow links.
        """
        abandoned = [entry for entry in self._incoming.iterdir() if _touched_at(entry) < before.timestamp()]
        for entry in abandoned:
            if entry.is_dir():
                shutil.rmtree(entry, ignore_errors=True)
            else:
                entry.unlink(missing_ok=True)
        return len(abandoned)

    def _keep_part(self, folder: Path, offset: int, content: bytes) -> None:
        if not folder.is_dir():
            folder.mkdir(exist_ok=True)
            _flush_folder(self._incoming)
        with self._aside() as aside:
            aside.write(content)
            _flush(aside)
            Path(aside.name).replace(folder / f"{offset}-{offset + len(content)}")
        _flush_folder(folder)

    def _parts_folder(self, sha256: str, sender: str) -> Path:
        of_sender = f".{hashlib.sha256(sender.encode()).hexdigest()[:16]}" if sender else ""
        return self._incoming / f"{self.path(sha256).name}{of_sender}.parts"

    def _clear_parts(self, sha256: str) -> None:
        """Remove what has come of a file from anybody."""
        for folder in self._incoming.glob(f"{self.path(sha256).name}*.parts"):
            shutil.rmtree(folder, ignore_errors=True)

    def _assemble(self, folder: Path, sha256: str, total_size: int) -> bool:
        """Put the parts together and place the file if it is the promised one."""
        with self._aside() as aside:
            digest = hashlib.sha256()
            for start, end, part in _parts(folder):
                news = part.read_bytes()[max(0, aside.tell() - start) :] if end > aside.tell() else b""
                aside.write(news)
                digest.update(news)
            is_right = digest.hexdigest() == sha256 and aside.tell() == total_size
            if is_right:
                self._place(aside, sha256)
        # Another writer that finishes takes the parts away under our hands: then the file is here.
        is_here = is_right or self.has(sha256)
        if is_here:
            self._clear_parts(sha256)
        else:
            shutil.rmtree(folder, ignore_errors=True)
            raise ContentDiffersFromDigest
        return True

    @contextmanager
    def _aside(self) -> Iterator[IO[bytes]]:
        """A file under incoming/ that disappears unless it was moved away."""
        aside = NamedTemporaryFile(dir=self._incoming, suffix=".part", delete=False)  # noqa: SIM115 - closed below
        try:
            with aside:
                yield aside
        finally:
            Path(aside.name).unlink(missing_ok=True)

    def _place(self, aside: IO[bytes], sha256: str) -> None:
        path = self.path(sha256)
        _flush(aside)
        for folder in (path.parent.parent, path.parent):
            if not folder.is_dir():
                folder.mkdir(exist_ok=True)
                _flush_folder(folder.parent)
        Path(aside.name).replace(path)
        _flush_folder(path.parent)


class AsyncFileStore:
    """The same store for coroutines: every call runs in a thread, so that the loop goes on."""

    def __init__(self, store: FileStore) -> None:
        self.store = store

    async def has(self, sha256: str) -> bool:
        """Whether the whole file is here."""
        return await asyncio.to_thread(self.store.has, sha256)

    async def read(self, sha256: str, offset: int = 0, length: int = -1) -> bytes:
        """A stretch of the file; all of it from the offset by default."""
        return await asyncio.to_thread(self._read, sha256, offset, length)

    async def put(self, stream: IO[bytes]) -> StoredFile:
        """Store what the stream still holds."""
        return await asyncio.to_thread(self.store.put, stream)

    async def put_part(self, sha256: str, offset: int, content: bytes, total_size: int, *, sender: str = "") -> bool:
        """Take in a part of a file; the answer is whether the whole file is here now."""
        return await asyncio.to_thread(self.store.put_part, sha256, offset, content, total_size, sender=sender)

    async def missing_ranges(self, sha256: str, total_size: int) -> list[tuple[int, int]]:
        """What has not come yet, as half-open byte ranges in order."""
        return await asyncio.to_thread(self.store.missing_ranges, sha256, total_size)

    async def delete(self, sha256: str) -> None:
        """Erase a file and any parts of it; fine when it is gone already."""
        await asyncio.to_thread(self.store.delete, sha256)

    def _read(self, sha256: str, offset: int, length: int) -> bytes:
        with self.store.open(sha256) as file:
            file.seek(offset)
            return file.read(length)


def _parts(folder: Path) -> list[tuple[int, int, Path]]:
    """Start, end and place of each part, by start."""
    names = [(_PART.fullmatch(part.name), part) for part in folder.iterdir()] if folder.is_dir() else []
    return sorted((int(match[1]), int(match[2]), part) for match, part in names if match)


def _touched_at(entry: Path) -> float:
    """Seconds since the epoch; infinite when the entry has just gone."""
    try:
        return entry.stat().st_mtime
    except FileNotFoundError:
        return float("inf")


def _flush(file: IO[bytes]) -> None:
    file.flush()
    os.fsync(file.fileno())


def _flush_folder(folder: Path) -> None:
    """Make a rename in the folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
