"""Attachments looked through for personal data and secrecy marks; what was read to its end is known from then on."""

from __future__ import annotations

import asyncio
from collections import OrderedDict

from services.kernel.runtime.documents.passages import FileFindings, find_in_file
from services.kernel.runtime.uploads.files import FileStore
from services.review.store.sheet import ItemSheet

MOST_BYTES = 10 * 1024 * 1024
"""What is larger is not looked through while somebody waits for a page."""
_MOST_KEPT = 500
_TOO_LARGE = FileFindings(unread=("文件较大，没有检查，请打开核对。",))

_known: OrderedDict[tuple[str, str, str], FileFindings] = OrderedDict()


async def look_through_files(files: FileStore, sheet: ItemSheet) -> list[FileFindings]:
    """What the newest version's files say, as far as they are here."""
    if sheet.latest is None:
        return []
    content = sheet.latest.content
    here = [file for file in content.attachments if await asyncio.to_thread(files.has, file.sha256)]
    return [await _findings(files, one.sha256, one.filename, one.size, content.author_phone) for one in here]


async def _findings(files: FileStore, sha256: str, filename: str, size: int, phone: str) -> FileFindings:
    key = (sha256, filename, phone)
    if key in _known:
        _known.move_to_end(key)
        return _known[key]
    if size > MOST_BYTES:
        return _TOO_LARGE
    content = await asyncio.to_thread(files.path(sha256).read_bytes)
    found = await find_in_file(filename, content, known_phones=[phone])
    if found.unread:
        return found  # perhaps only because much else was being read just now: asked again, it may be read
    _known[key] = found
    if len(_known) > _MOST_KEPT:
        _known.popitem(last=False)
    return found
