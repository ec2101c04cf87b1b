"""One handler: every fact that scores is recorded, told here or come from the nodes above and below."""

from __future__ import annotations

from services.kernel.language.events.parts import Fact, SubmissionFact
from services.kernel.language.events.review import (
    InstructionRecorded,
    SubmissionAdopted,
    SubmissionForwardedUp,
    SubmissionReportedUp,
    SubmissionReturned,
)
from services.kernel.runtime.heard.organisation import ORGANISATION_LISTENS_TO
from services.kernel.runtime.storing.transaction import Transaction
from services.kernel.runtime.telling.inbox import Handler, ListensTo
from services.stats.actions.recording import record_fact


async def credit_governed_unit(tx: Transaction, fact: SubmissionFact) -> None:
    """Record the event for the units of this node that the item came from."""
    await record_fact(tx, fact)


_SCORING: dict[type[Fact], Handler] = {
    SubmissionReportedUp: credit_governed_unit,
    SubmissionForwardedUp: credit_governed_unit,
    SubmissionAdopted: credit_governed_unit,
    InstructionRecorded: credit_governed_unit,
    SubmissionReturned: credit_governed_unit,
}

LISTENS_TO: ListensTo = {
    **ORGANISATION_LISTENS_TO,
    "review.submission": dict(_SCORING),
    "exchange.arrival": dict(_SCORING),
}
