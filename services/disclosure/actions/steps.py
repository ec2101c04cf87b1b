"""What every step shares: the text held and of the right version, the history line, the search index."""

from __future__ import annotations

from uuid import UUID

from services.disclosure.model import Information, Step
from services.disclosure.store.information import lock_information, put_in_index
from services.kernel.language.refusal import NotFound, StaleVersion
from services.kernel.runtime.identity import Officer
from services.kernel.runtime.transaction import Transaction

CHANNEL = "information"


async def take_information(tx: Transaction, information_id: UUID, *, version: int | None = None) -> Information:
    """The text, held until the commit.

    Args:
        version: What the caller saw, where he says it.

    Raises:
        NotFound: There is none.
        StaleVersion: Somebody changed it since.
    """
    information = await lock_information(tx.session, information_id)
    if information is None:
        raise NotFound
    if version is not None and version != information.version:
        raise StaleVersion
    return information


async def record_step(
    tx: Transaction, information: Information, *, verb: str, what: str, by: Officer, note: str = ""
) -> None:
    """Raise the version and leave the step in history, audit chain and index."""
    information.version += 1
    await note_step(tx, information, verb=verb, what=what, by=by, note=note)


async def note_step(
    tx: Transaction, information: Information, *, verb: str, what: str, by: Officer, note: str = ""
) -> None:
    """Leave the step in history, audit chain and index without a new version."""
    information.touched_at = tx.now
    tx.session.add(information)
    tx.session.add(
        Step(information_id=information.information_id, at=tx.now, what=what, by=f"{by.unit_name} {by.name}", note=note)
    )
    await tx.session.flush()
    await put_in_index(tx.session, information)
    details = {"version": information.version, "status": information.status, "note": note}
    tx.audit(verb, information.information_id, by=by.ref, details=details)
    tx.signal(CHANNEL)
