"""Files on their way in: checked and stored, or read as text, before they belong to any item."""

from __future__ import annotations

import asyncio
from typing import IO

from services.kernel.runtime.documents.reader import ImportedText, read_docx
from services.kernel.runtime.files import FileStore, StoredFile
from services.kernel.runtime.uploads import CheckedUpload, inspect_upload


async def take_in(
    files: FileStore, filename: str, stream: IO[bytes], *, limit_bytes: int
) -> tuple[CheckedUpload, StoredFile]:
    """Check an uploaded file and store its content.

    Raises:
        AttachmentTypeNotAllowed and its kin: See `inspect_upload`.
    """

    def check_and_store() -> tuple[CheckedUpload, StoredFile]:
        checked = inspect_upload(filename, stream, max_bytes=limit_bytes)
        return checked, files.put(stream)

    return await asyncio.to_thread(check_and_store)


async def read_document(stream: IO[bytes]) -> ImportedText:
    """The text of a .docx, for its author to check.

    Raises:
        DocumentUnreadable and its kin: See `read_docx`.
    """
    return await asyncio.to_thread(lambda: read_docx(stream.read()))
