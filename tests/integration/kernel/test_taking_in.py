"""A file is checked apart, within limits of time and memory, before any of it is kept."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.kernel.runtime.apart import Lane
from services.kernel.runtime.uploads import AttachmentTooIntricate, AttachmentTypeNotAllowed, take_in, taking_in
from services.kernel.runtime.uploads.files import FileStore

LIMIT_BYTES = 50 * 1024 * 1024


def archive() -> io.BytesIO:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as opened:
        for number in range(40):
            opened.writestr(f"{number}.txt", os.urandom(1000).hex() * 400)
    return made


@pytest.fixture
def files(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "files")


def kept(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.fixture
async def narrow(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    """As if a file took longer than the longest that is allowed."""
    lane = Lane("test", seconds=0.001, megabytes=512, may_wait=1)
    monkeypatch.setattr(taking_in, "INSPECTING", lane)
    yield
    lane.close()


async def test_a_file_is_checked_and_kept(files: FileStore) -> None:
    checked, stored = await take_in(files, r"C:\情况说明.zip", archive(), limit_bytes=LIMIT_BYTES)
    assert (checked.filename, checked.size) == ("情况说明.zip", stored.size)
    assert files.has(stored.sha256)
    assert taking_in.INSPECTING._child is not None
    taking_in.INSPECTING.close()


async def test_what_takes_too_long_to_check_is_refused_and_nothing_of_it_is_kept(
    tmp_path: Path, files: FileStore, narrow: None
) -> None:
    with pytest.raises(AttachmentTooIntricate):
        await take_in(files, "情况说明.zip", archive(), limit_bytes=LIMIT_BYTES)
    assert kept(tmp_path) == []


async def test_what_the_check_refuses_is_refused_here(tmp_path: Path, files: FileStore) -> None:
    with pytest.raises(AttachmentTypeNotAllowed):
        await take_in(files, "a.exe", archive(), limit_bytes=LIMIT_BYTES)
    assert kept(tmp_path) == []
    taking_in.INSPECTING.close()
