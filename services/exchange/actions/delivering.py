"""已送达: told for each hop whose report the neighbour holds, once per version."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from pydantic_core import from_json

from services.exchange.actions.border import Border
from services.exchange.model import Delivery
from services.exchange.store.dialect import insert_rows, insert_unless_there
from services.exchange.store.ledger import delivered_before
from services.kernel.language.envelope import EnvelopeUnreadable, from_structured
from services.kernel.language.events import FACTS
from services.kernel.language.events.exchange import SubmissionDelivered
from services.kernel.language.events.meaning import Way
from services.kernel.language.events.parts import LAST_ORDINAL, Item
from services.kernel.language.plain import is_plain
from services.kernel.runtime.storing.transaction import Transaction

DELIVERED_TYPES = tuple(fact.TYPE for fact in FACTS.values() if Way.UP in fact.WAYS)


async def tell_deliveries(tx: Transaction, border: Border, reports: Iterable[bytes]) -> None:
    """Tell the hops of these reports delivered, unless that was told before.

    The fact's id follows from the report's, so that a node which was restored tells it under the
    same one again.
    """
    items = {_place(item): (item, body) for body in reports if (item := _item_for(border, body))}
    for place in await delivered_before(tx.session, [item.origin_id for item, _ in items.values()]):
        items.pop(place, None)
    rows = [_row(place, tx.now) for place in items]
    await insert_rows(tx.session, Delivery, rows)
    for item, body in items.values():
        _tell(tx, item, body)


async def keep_delivery(tx: Transaction, told: SubmissionDelivered) -> None:
    """Note a delivery that this node has told, when it is not known any more."""
    place = (str(told.origin_id), told.hop, told.version)
    await insert_unless_there(tx.session, Delivery, [_row(place, told.at)])


def _tell(tx: Transaction, item: Item, body: bytes) -> None:
    before = tx.cause
    try:
        tx.cause = from_structured(body)
    except EnvelopeUnreadable:
        return
    try:
        tx.tell(_delivery(item, tx.now, after=_ordinal_in(body)))
    finally:
        tx.cause = before


def _row(place: tuple[str, int, int], at: datetime) -> dict[str, object]:
    return dict(zip(("origin_id", "hop", "version"), place, strict=True)) | {"at": at}


def _place(item: Item) -> tuple[str, int, int]:
    return str(item.origin_id), item.hops[-1].n, item.version


def _item_for(border: Border, body: bytes) -> Item | None:
    """The head of the item in a report to this very peer; None for one that only passes by, or could not be kept."""
    try:
        item = Item.model_validate(from_json(body)["data"]["item"])
    except (ValueError, KeyError, TypeError):
        return None
    is_hop = bool(item.hops) and (item.hops[-1].from_node, item.hops[-1].to_node) == (border.own, border.peer)
    return item if is_hop and is_plain(item) else None


def _ordinal_in(body: bytes) -> int:
    """The place of a report in its item's history; 0 where it names none."""
    ordinal = from_json(body)["data"].get("ordinal", 0)
    return ordinal if isinstance(ordinal, int) and 0 < ordinal < LAST_ORDINAL else 0


def _delivery(item: Item, now: datetime, *, after: int) -> SubmissionDelivered:
    hop = item.hops[-1]
    return SubmissionDelivered(
        origin_id=item.origin_id,
        info_type=item.info_type,
        hop=hop.n,
        version=item.version,
        from_node=hop.from_node,
        to_node=hop.to_node,
        at=now,
        ordinal=after + 1 if after else 0,
    )
