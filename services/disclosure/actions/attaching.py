"""Files that are published with a text: added and taken out while it is not out yet."""

from __future__ import annotations

from uuid import UUID

from services.disclosure.actions.admitting import open_information, take_information
from services.disclosure.actions.examining import Examined, keep_examined
from services.disclosure.actions.preparing import note_change
from services.disclosure.actions.refusals import TooManyFiles
from services.disclosure.model import FileText, Information, InformationFile
from services.disclosure.policy import InformationStep, next_information_status
from services.disclosure.policy.permission import Act
from services.disclosure.policy.status import Deed
from services.disclosure.store.information import list_files
from services.kernel.language.refusal import NotFound
from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.storing.transaction import Transaction
from services.kernel.runtime.uploads import CheckedUpload
from services.kernel.runtime.uploads.files import StoredFile
from services.kernel.runtime.web.identity import Officer

MOST_FILES = 50


async def require_attachable(session: AsyncSession, information_id: UUID, *, by: Officer) -> None:
    """Ask, before a file is stored, whether this officer may add one to the text now.

    Raises:
        NotPermitted, NotFound, InformationStepNotPossible: He may not.
    """
    information = await open_information(session, information_id, Act.WRITE, by=by)
    next_information_status(information.status, InformationStep.EDIT)


async def attach_file(
    tx: Transaction, information_id: UUID, upload: tuple[CheckedUpload, StoredFile, Examined], *, by: Officer
) -> InformationFile:
    """Add a file that was checked, stored and examined; an approved text goes back to review with it.

    One that cannot go out may be added all the same: the page says what stands in the way.

    Raises:
        NotPermitted, NotFound, InformationStepNotPossible: See there.
        TooManyFiles: It has as many as it may.
    """
    checked, stored, examined = upload
    information = await take_information(tx, information_id, Act.WRITE, by=by)
    status = next_information_status(information.status, InformationStep.EDIT)
    there = await list_files(tx.session, information_id)
    for one in there:
        if (one.sha256, one.filename) == (stored.sha256, checked.filename):
            return one
    if len(there) >= MOST_FILES:
        raise TooManyFiles
    file = InformationFile(
        information_id=information_id,
        sha256=stored.sha256,
        filename=checked.filename,
        media_type=checked.media_type,
        size=stored.size,
        added_by=by.name,
        added_at=tx.now,
    )
    tx.session.add(file)
    await keep_examined(tx, file, examined)
    await note_change(tx, information, status, by=by, what=Deed.FILE_ADDED, note=checked.filename)
    return file


async def remove_file(tx: Transaction, information_id: UUID, attachment_id: UUID, *, by: Officer) -> Information:
    """Take a file out; its content stays in the store, where another text may use it.

    Raises:
        NotPermitted, NotFound, InformationStepNotPossible: See there.
    """
    information = await take_information(tx, information_id, Act.WRITE, by=by)
    status = next_information_status(information.status, InformationStep.EDIT)
    file = await tx.session.get(InformationFile, attachment_id)
    if file is None or file.information_id != information_id:
        raise NotFound
    await tx.session.delete(file)
    if (text := await tx.session.get(FileText, attachment_id)) is not None:
        await tx.session.delete(text)
    await note_change(tx, information, status, by=by, what=Deed.FILE_REMOVED, note=file.filename)
    return information
