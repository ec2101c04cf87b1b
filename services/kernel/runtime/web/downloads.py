"""Files handed out: always under their own name, never kept by others unless the caller says so."""

from __future__ import annotations

import asyncio
import re
from typing import Literal
from urllib.parse import quote

from fastapi import Response
from fastapi.responses import FileResponse
from starlette.types import Scope

from services.kernel.runtime.uploads.files import FileStore

PRIVATE = "private, no-store"
_STRETCH = re.compile(r"(?P<first>[0-9]{1,18})?-(?P<last>[0-9]{1,18})?")


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


def without_odd_ranges(scope: Scope) -> Scope:
    """The request without a `Range` that asks for nothing: the whole file answers it.

    Source: RFC 9110, 14.2 (other units are ignored, an invalid range may be).
    """
    ranges = [value for name, value in scope["headers"] if name == b"range"]
    if all(asks_for_bytes(value.decode("latin-1")) for value in ranges):
        return scope
    return {**scope, "headers": [(name, value) for name, value in scope["headers"] if name != b"range"]}


def asks_for_bytes(said: str) -> bool:
    """Whether a `Range` names stretches of bytes, wherever the file ends."""
    unit, _, named = said.partition("=")
    stretches = [one.strip() for one in named.split(",") if one.strip()]
    return unit.strip().lower() == "bytes" and bool(stretches) and all(map(_is_stretch, stretches))


def _is_stretch(said: str) -> bool:
    found = _STRETCH.fullmatch(said)
    if found is None:
        return False
    first, last = found["first"], found["last"]
    return int(first) <= int(last) if first and last else bool(first or last)


def _headers(filename: str, how: str, cache_control: str) -> dict[str, str]:
    return {
        "Content-Disposition": f"{how}; filename*=UTF-8''{quote(filename, safe='')}",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": cache_control,
    }
