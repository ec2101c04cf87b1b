"""What the exchange listens to: everything that may cross to a neighbour, and the directory."""

from __future__ import annotations

from collections.abc import Mapping

from services.exchange import actions
from services.kernel.language.events import FACTS, Fact
from services.kernel.language.events.exchange import (
    ErasureDecided,
    ErasureDeclined,
    LinkStateChanged,
    SubmissionDelivered,
)
from services.kernel.runtime.heard.organisation import ORGANISATION_LISTENS_TO
from services.kernel.runtime.storing.transaction import Transaction
from services.kernel.runtime.telling.inbox import Handler, ListensTo


async def send_on(tx: Transaction, fact: Fact) -> None:
    """Send a fact of this node on to the neighbours it is for."""
    assert tx.cause is not None
    actions.send_on(tx, fact, tx.cause)


REPLAYS: Mapping[type[Fact], Handler] = {
    SubmissionDelivered: actions.replay_delivery,
    LinkStateChanged: actions.replay_link_state,
    ErasureDecided: actions.replay_erasure,
    ErasureDeclined: actions.replay_declined,
}

LISTENS_TO: ListensTo = {
    **ORGANISATION_LISTENS_TO,
    **{topic: {Fact: send_on} for topic in sorted({fact.TOPIC for fact in FACTS.values() if fact.WAYS})},
}
