"""What disclosure does unasked: examine files that were added before the rules of today, while their text is not out."""

from __future__ import annotations

import asyncio

from services.disclosure.actions.examining import examine, keep_late_examined, mark_of
from services.disclosure.store.information import list_unexamined
from services.disclosure.store.rules import sensitive_words_text
from services.kernel.runtime.apart import TooBusy
from services.kernel.runtime.service import ServiceContext
from services.kernel.runtime.surroundings.clock import pause
from services.kernel.runtime.uploads.files import FileNotHere

_EVERY_S = 60.0


async def examine_files(context: ServiceContext, stop: asyncio.Event) -> None:
    """Once a minute, examine what no examination under today's rules has seen."""
    while not stop.is_set():
        async with context.database.reading() as session:
            words = await sensitive_words_text(session, context.clock())
            waiting = await list_unexamined(session, mark_of(words))
        for file in waiting:
            try:
                examined = await examine(context.files, file.sha256, file.filename, words)
            except FileNotHere:
                continue  # Said on the text's page; it may still come back from a backup.
            except TooBusy:
                break
            if stop.is_set():
                return  # The node may have ended the work: that says nothing of the file.
            async with context.database.transaction(context.clock()) as tx:
                await keep_late_examined(tx, file.attachment_id, examined)
        await pause(stop, _EVERY_S)
