"""An uploaded file checked by its content and stored under its digest, for whoever may add it."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO

from services.kernel.runtime.apart import Lane, WorkTooLarge
from services.kernel.runtime.uploads.files import FileStore, StoredFile
from services.kernel.runtime.uploads.inspection import AttachmentTooIntricate, CheckedUpload, inspect_upload

INSPECTING = Lane("inspecting", seconds=20.0, megabytes=512, may_wait=8)
"""Files that somebody wants to add: the largest that are allowed take three seconds."""


async def take_in(
    files: FileStore, filename: str, stream: IO[bytes], *, limit_bytes: int
) -> tuple[CheckedUpload, StoredFile]:
    """Check the file and store its content. Whether the officer may add it is asked before: a stranger stores nothing.

    Raises:
        AttachmentTypeNotAllowed and its kin: See `inspect_upload`.
        AttachmentTooIntricate: To check it took more time or memory than a file may.
        TooBusy: Too many files wait to be checked.
    """
    async with _copied(stream) as copy:
        try:
            checked = await INSPECTING.work(inspect_file, filename, copy, limit_bytes)
        except WorkTooLarge:
            raise AttachmentTooIntricate from None
    return checked, await asyncio.to_thread(files.put, stream)


def inspect_file(filename: str, path: Path, limit_bytes: int) -> CheckedUpload:
    """Check the file at `path`, uploaded as `filename`; see `inspect_upload`."""
    with path.open("rb") as stream:
        return inspect_upload(filename, stream, max_bytes=limit_bytes)


@asynccontextmanager
async def _copied(stream: IO[bytes]) -> AsyncIterator[Path]:
    """The content as a file that a child can open; the stream is back at its start then."""
    with NamedTemporaryFile(prefix="shangda-upload-") as copy:
        await asyncio.to_thread(_copy, stream, copy)
        yield Path(copy.name)


def _copy(stream: IO[bytes], copy: IO[bytes]) -> None:
    stream.seek(0)
    shutil.copyfileobj(stream, copy)
    copy.flush()
    stream.seek(0)
