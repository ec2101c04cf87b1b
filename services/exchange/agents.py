"""What the exchange listens to: everything that may cross to a neighbour, and the directory."""

from __future__ import annotations

from services.exchange import actions
from services.kernel.language.events import Fact
from services.kernel.runtime.inbox import ListensTo
from services.kernel.runtime.organisation import ORGANISATION_LISTENS_TO
from services.kernel.runtime.transaction import Transaction


async def send_on(tx: Transaction, fact: Fact) -> None:
    """Send a fact of this node on to the neighbours it is for."""
    assert tx.cause is not None
    actions.send_on(tx, fact, tx.cause)


LISTENS_TO: ListensTo = {
    **ORGANISATION_LISTENS_TO,
    "review.submission": {Fact: send_on},
    "review.emergency": {Fact: send_on},
    "exchange.delivery": {Fact: send_on},
    "exchange.delivery_urgent": {Fact: send_on},
}
