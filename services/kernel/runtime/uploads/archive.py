"""Zip archives from strangers: limits that hold before and while anything is inflated.

Sizes in a zip are claims. They are checked first, because most bombs are honest about them; then
every member is inflated in small steps against one budget, which also proves its checksum.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import IO

STEP_BYTES = 256 * 1024
_RATIO_MATTERS_ABOVE_BYTES = 1024 * 1024
_IN_MEMORY_BYTES = 4 * 1024 * 1024
_END_RECORD = struct.Struct("<4s4H2LH")
_LONGEST_COMMENT = 65_535
_LONGEST_DIRECTORY_ENTRY = 600
_PROGRAMS = frozenset(
    "exe com bat cmd scr pif msi dll js jse vbs vbe wsf ps1 lnk hta jar reg chm".split()  # noqa: SIM905
)


class ArchiveUnsafe(Exception):
    """The archive is deeper, larger or odder than an office file can be; str() says how, in Chinese."""


class ArchiveEncrypted(Exception):
    """The archive wants a password, so that nothing in it can be checked."""


class ArchiveDamaged(Exception):
    """The bytes are not a zip archive, or not a whole one."""


@dataclass(frozen=True, slots=True)
class ArchiveLimits:
    """What an honest archive stays below, nested archives counted in."""

    entries: int = 5_000
    inflated_bytes: int = 300 * 1024 * 1024
    ratio: int = 200
    depth: int = 3


@dataclass
class _Budget:
    bytes_left: int

    def spend(self, count: int) -> None:
        self.bytes_left -= count
        if self.bytes_left < 0:
            raise ArchiveUnsafe("压缩包解压后过大")


@contextmanager
def open_archive(stream: IO[bytes], limits: ArchiveLimits) -> Iterator[zipfile.ZipFile]:
    """Open an archive whose directory, as claimed, is within the limits.

    Raises:
        ArchiveUnsafe, ArchiveEncrypted, ArchiveDamaged: Also for what is met while it is open.
    """
    try:
        _check_end_record(stream, limits)
        with zipfile.ZipFile(stream) as archive:
            _check_claims(archive.infolist(), limits)
            yield archive
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, struct.error, NotImplementedError) as error:
        raise ArchiveDamaged from error


def check_archive(stream: IO[bytes], limits: ArchiveLimits) -> None:
    """Inflate the whole archive and the archives inside it, keeping nothing.

    Raises:
        ArchiveUnsafe, ArchiveEncrypted, ArchiveDamaged: See there.
    """
    _inflate(stream, limits, _Budget(limits.inflated_bytes), depth=1)


def entry_named(archive: zipfile.ZipFile, name: str) -> str | None:
    """The entry of this name as the archive writes it: some programs write other capitals, or \\ between folders."""
    if name in archive.NameToInfo:
        return name
    sought = plain_name(name)
    return next((entry for entry in archive.namelist() if entry and plain_name(entry) == sought), None)


def plain_name(name: str) -> str:
    """The name of an entry in the form in which names are compared."""
    return name.replace("\\", "/").lstrip("/").lower()


def read_member(archive: zipfile.ZipFile, name: str, *, max_bytes: int) -> bytes:
    """One member, up to a size, by its name as `entry_named` reads it; KeyError when it is missing."""
    with archive.open(entry_named(archive, name) or name) as member:
        content = member.read(max_bytes + 1)
    if len(content) > max_bytes:
        raise ArchiveUnsafe("文件内部内容过大")
    return content


def _inflate(stream: IO[bytes], limits: ArchiveLimits, budget: _Budget, *, depth: int) -> None:
    if depth > limits.depth:
        raise ArchiveUnsafe("压缩包嵌套层数过多")
    with open_archive(stream, limits) as archive:
        for entry in archive.infolist():
            with archive.open(entry) as member:
                _inflate_member(member, limits, budget, depth=depth)


def _inflate_member(member: IO[bytes], limits: ArchiveLimits, budget: _Budget, *, depth: int) -> None:
    """Run through one member; if it is an archive itself, keep it aside and go down."""
    step = member.read(STEP_BYTES)
    is_archive = step.startswith(b"PK\x03\x04")
    with SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES) as aside:
        while step:
            budget.spend(len(step))
            if is_archive:
                aside.write(step)
            step = member.read(STEP_BYTES)
        if is_archive:
            _inflate(aside, limits, budget, depth=depth + 1)


def _check_end_record(stream: IO[bytes], limits: ArchiveLimits) -> None:
    """Refuse a huge directory before zipfile turns each of its entries into an object."""
    size = stream.seek(0, 2)
    stream.seek(max(0, size - _LONGEST_COMMENT - _END_RECORD.size))
    tail = stream.read()
    stream.seek(0)
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < _END_RECORD.size:
        raise ArchiveDamaged
    entries, directory_bytes = _END_RECORD.unpack_from(tail, at)[4:6]
    is_zip64 = b"PK\x06\x07" in tail[max(0, at - 20) : at]
    if is_zip64 or entries > limits.entries or directory_bytes > limits.entries * _LONGEST_DIRECTORY_ENTRY:
        raise ArchiveUnsafe("压缩包内文件过多")


def _check_claims(entries: list[zipfile.ZipInfo], limits: ArchiveLimits) -> None:
    if len(entries) > limits.entries:
        raise ArchiveUnsafe("压缩包内文件过多")
    if sum(entry.file_size for entry in entries) > limits.inflated_bytes:
        raise ArchiveUnsafe("压缩包解压后过大")
    for entry in entries:
        _check_claim(entry, limits)


def _check_claim(entry: zipfile.ZipInfo, limits: ArchiveLimits) -> None:
    if entry.flag_bits & 0x1:
        raise ArchiveEncrypted
    if entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        # zipfile inflates the other methods in one go, whatever their size.
        raise ArchiveUnsafe("压缩包使用了不支持的压缩方式")
    if entry.file_size > max(_RATIO_MATTERS_ABOVE_BYTES, entry.compress_size * limits.ratio):
        raise ArchiveUnsafe("压缩包压缩比异常")
    parts = entry.filename.replace("\\", "/").split("/")
    if ".." in parts or not parts[0] or ":" in parts[0]:
        raise ArchiveUnsafe("压缩包内的文件路径不安全")
    if entry.filename.rpartition(".")[2].lower() in _PROGRAMS:
        raise ArchiveUnsafe("压缩包内含有可执行程序")
