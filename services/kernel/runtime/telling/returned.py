"""A service's own fact that a neighbour still had after this node was restored: it is taken back and replayed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from services.kernel.language.envelope import Envelope
from services.kernel.language.events import RETURNED_TOPIC, Fact, arriving, open_fact
from services.kernel.runtime.storing.tables import OUTBOX
from services.kernel.runtime.storing.transaction import Transaction
from services.kernel.runtime.telling.inbox.listening import Handler, ListensTo

if TYPE_CHECKING:
    from services.kernel.runtime.service import Service


def listens_to_returned(service: Service) -> ListensTo:
    """What a service listens to besides its own table: those of its facts that cross nodes, coming back."""
    crossing = [fact for fact in arriving() if fact in service.tells]
    if not crossing or service.name == "exchange":
        return {}
    handlers: dict[type[Fact], Handler] = dict.fromkeys(crossing, _taking_back(service))
    return {RETURNED_TOPIC: handlers}


def _taking_back(service: Service) -> Callable[[Transaction, Any], Any]:
    async def take_back_returned(tx: Transaction, _fact: Fact) -> None:
        assert tx.cause is not None
        await apply_returned(service, tx, tx.cause)

    return take_back_returned


async def apply_returned(service: Service, tx: Transaction, envelope: Envelope) -> bool:
    """Put an own fact back into the outbox under its born id and replay it; False when the outbox has it.

    It gets the next number of its key: the one that it was born with may have been given again.
    """
    known = select(OUTBOX.c.id).where(OUTBOX.c.event_id == envelope.id)
    if (await tx.session.execute(known)).first() is not None:
        return False
    fact = open_fact(envelope)
    tx.retell(replace(envelope, sequence=0, epoch=0), topic=fact.topic, key=fact.key)
    handler = service.replays.get(type(fact))
    if handler is not None:
        with tx.replaying(at=envelope.time):
            await handler(tx, fact)
    return True
