"""What every step leaves behind: the history line, the audit row, the search index, the signal to live pages."""

from __future__ import annotations

from uuid import UUID

from services.disclosure.model import Information, Step
from services.disclosure.policy.status import Deed
from services.disclosure.store.information import put_in_index
from services.kernel.language.events.parts import named
from services.kernel.runtime.storing.transaction import Transaction
from services.kernel.runtime.web.identity import Officer


def channel_of(unit_id: UUID) -> str:
    """What pages listen to that show a unit's texts."""
    return f"unit:{unit_id}"


async def record_step(
    tx: Transaction, information: Information, *, verb: str, what: Deed, by: Officer, note: str = ""
) -> None:
    """Raise the version and leave the step in history, audit chain and index."""
    information.version += 1
    await note_step(tx, information, verb=verb, what=what, by=by, note=note)


async def note_step(
    tx: Transaction, information: Information, *, verb: str, what: Deed, by: Officer, note: str = ""
) -> None:
    """Leave the step in history, audit chain and index without a new version."""
    information.touched_at = tx.now
    tx.session.add(information)
    tx.session.add(Step(information_id=information.information_id, at=tx.now, what=what, by=named(by.ref), note=note))
    await tx.session.flush()
    await put_in_index(tx.session, information)
    details = {"version": information.version, "status": information.status, "note": note}
    tx.audit(verb, information.information_id, by=by.ref, details=details)
    tx.signal(channel_of(information.publisher_org_id))
