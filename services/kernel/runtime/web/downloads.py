"""Files handed out: always under their own name, never kept by others unless the caller says so."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from typing import IO, Literal
from urllib.parse import quote

from fastapi import Response
from fastapi.responses import StreamingResponse

from services.kernel.runtime.uploads.files import FileStore

PRIVATE = "private, no-store"
_STEP_BYTES = 256 * 1024


async def stored_file(
    files: FileStore, sha256: str, filename: str, media_type: str, *, cache_control: str = PRIVATE
) -> StreamingResponse:
    """A stored file as a download: nothing that somebody uploaded is shown inside our pages.

    Raises:
        FileNotHere: The file is not on this disk.
    """
    file = await asyncio.to_thread(files.open, sha256)
    headers = _headers(filename, "attachment", cache_control) | {"Content-Length": str(_size_of(file))}
    return StreamingResponse(_steps(file), media_type=media_type, headers=headers)


def made_file(
    content: bytes, filename: str, media_type: str, *, how: Literal["attachment", "inline"] = "attachment"
) -> Response:
    """A file that was made for this answer."""
    return Response(content, media_type=media_type, headers=_headers(filename, how, PRIVATE))


def _headers(filename: str, how: str, cache_control: str) -> dict[str, str]:
    return {
        "Content-Disposition": f"{how}; filename*=UTF-8''{quote(filename, safe='')}",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": cache_control,
    }


def _size_of(file: IO[bytes]) -> int:
    return os.fstat(file.fileno()).st_size


def _steps(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while step := file.read(_STEP_BYTES):
            yield step
