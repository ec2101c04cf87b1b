"""An uploaded file checked by its content and stored under its digest, for whoever may add it."""

from __future__ import annotations

import asyncio
from typing import IO

from services.kernel.runtime.files import FileStore, StoredFile
from services.kernel.runtime.uploads.inspection import CheckedUpload, inspect_upload


async def take_in(
    files: FileStore, filename: str, stream: IO[bytes], *, limit_bytes: int
) -> tuple[CheckedUpload, StoredFile]:
    """Check the file and store its content. Whether the officer may add it is asked before: a stranger stores nothing.

    Raises:
        AttachmentTypeNotAllowed and its kin: See `inspect_upload`.
    """

    def check_and_store() -> tuple[CheckedUpload, StoredFile]:
        checked = inspect_upload(filename, stream, max_bytes=limit_bytes)
        return checked, files.put(stream)

    return await asyncio.to_thread(check_and_store)
