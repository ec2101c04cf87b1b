"""Files handed out: always under their own name, never kept by others unless the caller says so."""

from __future__ import annotations

import asyncio
from typing import Literal
from urllib.parse import quote

from fastapi import Response
from fastapi.responses import FileResponse

from services.kernel.runtime.uploads.files import FileStore

PRIVATE = "private, no-store"


async def stored_file(
    files: FileStore, sha256: str, filename: str, media_type: str, *, cache_control: str = PRIVATE
) -> FileResponse:
    """A stored file as a download, whole or the stretch that was asked for; nothing uploaded is shown inside our pages.

    Raises:
        FileNotHere: The file is not on this disk.
    """
    found = await asyncio.to_thread(files.stat, sha256)
    headers = _headers(filename, "attachment", cache_control) | {"ETag": f'"{sha256}"'}
    return FileResponse(files.path(sha256), headers=headers, media_type=media_type, stat_result=found)


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
