"""Each file is examined once, apart: its text is searched as the body is, and the copy for the public is made.

The file that was uploaded stays as it is, inside. What goes out is the copy, and only the copy: see
`publishing`, the one place where a file becomes public.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from io import BytesIO
from uuid import UUID

from services.disclosure.model import FileText, InformationFile
from services.disclosure.policy.hint import Hint, hints_in_file
from services.disclosure.policy.redaction import spoken
from services.disclosure.policy.rulebooks import SENSITIVE_WORDS
from services.kernel.runtime.apart import Lane, WorkTooLarge
from services.kernel.runtime.documents.cleaning import FileTooComplex, NotPublishable, clean_for_public
from services.kernel.runtime.storing.transaction import Transaction
from services.kernel.runtime.uploads.files import FileStore, StoredFile

EXAMINING = Lane("examining", seconds=30.0, megabytes=1024, may_wait=4)
"""A large scan takes seconds; what takes longer is refused with the advice to split it."""

_CLEANING = "1"
"""Raised when cleaning takes out more than before: files of texts that are not out yet are examined again."""


@dataclass(frozen=True)
class Examined:
    """What an examination gave: under which rules, the copy for the public or why there is none, and what was found."""

    rules: str
    public: StoredFile | None
    hints: tuple[Hint, ...] = ()
    text: str = ""
    obstacle_code: str = ""
    obstacle: str = ""


def mark_of(words: str) -> str:
    """Which rules an examination followed: the word list in force, and how files are cleaned."""
    return hashlib.sha256(f"{_CLEANING}\n{words}".encode()).hexdigest()[:16]


async def examine(files: FileStore, sha256: str, filename: str, words: str) -> Examined:
    """Read and clean a stored file in a child process, within its time and memory.

    Args:
        words: The word list in force, as its author wrote it.

    Raises:
        TooBusy: Several others are being examined.
        FileNotHere: The file is not on this disk.
    """
    try:
        return await EXAMINING.work(examine_now, files, sha256, filename, words)
    except WorkTooLarge:
        return _refused(words, FileTooComplex())


def examine_now(files: FileStore, sha256: str, filename: str, words: str) -> Examined:
    """Read and clean a stored file here and now: see `examine`."""
    with files.open(sha256) as file:
        content = file.read()
    try:
        cleaned = clean_for_public(filename, content)
    except NotPublishable as refusal:
        return _refused(words, refusal)
    passages = [(one.place, one.text) for one in cleaned.passages]
    hints = hints_in_file(passages, SENSITIVE_WORDS.read(words), cleaned.unread)
    text = spoken("\n".join(text for _, text in passages))
    return Examined(mark_of(words), files.put(BytesIO(cleaned.content)), tuple(hints), text)


async def keep_examined(tx: Transaction, file: InformationFile, examined: Examined) -> None:
    """Lay down beside the file what was found in it."""
    public = examined.public
    file.public_sha256, file.public_size = (public.sha256, public.size) if public else (None, None)
    file.obstacle_code, file.obstacle = examined.obstacle_code, examined.obstacle
    file.hints = [hint.as_dict() for hint in examined.hints]
    file.examined_with = examined.rules
    text = await tx.session.get(FileText, file.attachment_id)
    text = text or FileText(attachment_id=file.attachment_id, information_id=file.information_id)
    text.text = examined.text
    tx.session.add_all([file, text])


async def keep_late_examined(tx: Transaction, attachment_id: UUID, examined: Examined) -> None:
    """The same for a file that was added before, unless it was removed meanwhile."""
    file = await tx.session.get(InformationFile, attachment_id)
    if file is not None:
        await keep_examined(tx, file, examined)


def _refused(words: str, refusal: NotPublishable) -> Examined:
    return Examined(mark_of(words), None, obstacle_code=refusal.code, obstacle=str(refusal))
