"""Files that are read as text, before they belong to any item."""

from __future__ import annotations

import asyncio
from typing import IO

from services.kernel.runtime.documents.reader import ImportedText, read_document_apart


async def read_document(stream: IO[bytes]) -> ImportedText:
    """The text of a .docx or text file, for its author to check.

    Raises:
        DocumentUnreadable and its kin: See `read_document_apart`.
    """
    return await read_document_apart(await asyncio.to_thread(stream.read))
