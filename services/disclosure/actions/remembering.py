"""Which internal items exist: learnt from facts, so that nothing unsigned or of the wrong kind is prepared for the public."""

from __future__ import annotations

from services.disclosure.model import KnownItem
from services.disclosure.policy import may_disclose
from services.disclosure.store.items import lock_item
from services.kernel.language.events.intake import SubmissionSubmitted
from services.kernel.language.events.parts import Item
from services.kernel.language.events.review import (
    SubmissionAdopted,
    SubmissionDeclined,
    SubmissionEdited,
    SubmissionForwardedUp,
    SubmissionReportedUp,
    SubmissionReturned,
)
from services.kernel.runtime.storing.transaction import Transaction


async def remember_head(tx: Transaction, fact: SubmissionSubmitted) -> None:
    """A unit of this node handed an item in: its type is known, its text not before it is signed."""
    known = await _known(tx, fact.item)
    if fact.item.version >= max(known.version, known.signed_version):
        known.info_type = fact.item.info_type
        _forget_what_stays_inside(known)
    tx.session.add(known)


async def remember_signed(tx: Transaction, fact: SubmissionReportedUp | SubmissionForwardedUp) -> None:
    """An item was signed and sent on; of kinds that stay inside no text is kept."""
    known = await _known(tx, fact.item)
    known.signed_version = max(known.signed_version, fact.item.version)
    known.is_here = known.is_here or any(hop.to_node == tx.node.node_id for hop in fact.item.hops)
    tx.session.add(known)
    if (fact.item.version, fact.item.hop) < (known.version, known.hop):
        return
    known.version, known.hop = fact.item.version, fact.item.hop
    known.info_type = fact.item.info_type
    known.title, known.body = fact.content.edition.title, fact.content.edition.body
    known.suggested_attribute = (fact.content.suggested_attribute or "")[:32]
    _forget_what_stays_inside(known)


async def remember_return(tx: Transaction, fact: SubmissionReturned) -> None:
    """A version went back to its author's unit, whose signature is void; or back one hop, and this office let it go."""
    known = await _known(tx, fact.item)
    if fact.item.hop <= 1:
        known.returned_version = max(known.returned_version, fact.item.version)
    _let_go(tx, known, fact)


async def remember_refusal(tx: Transaction, fact: SubmissionDeclined) -> None:
    """This office will not use the item."""
    _let_go(tx, await _known(tx, fact.item), fact)


async def remember_adoption(tx: Transaction, fact: SubmissionAdopted) -> None:
    """This office uses the item after all."""
    known = await _known(tx, fact.item)
    if fact.node == tx.node.node_id and fact.item.version >= known.let_go_version:
        known.let_go_version = 0
    tx.session.add(known)


async def remember_edition(tx: Transaction, fact: SubmissionEdited) -> None:
    """This office saved its own edition: the better ground for a public text."""
    if fact.node != tx.node.node_id:
        return
    known = await _known(tx, fact.item)
    if (fact.item.version, fact.edition.number) < (known.own_version, known.own_number):
        return
    known.own_version, known.own_number = fact.item.version, fact.edition.number
    known.own_title, known.own_body = fact.edition.title, fact.edition.body
    _forget_what_stays_inside(known)
    tx.session.add(known)


def _let_go(tx: Transaction, known: KnownItem, fact: SubmissionReturned | SubmissionDeclined) -> None:
    if fact.node == tx.node.node_id:
        known.let_go_version = max(known.let_go_version, fact.item.version)
    tx.session.add(known)


async def _known(tx: Transaction, item: Item) -> KnownItem:
    known = await lock_item(tx.session, item.origin_id) or KnownItem(
        origin_id=item.origin_id, info_type=item.info_type, seen_at=tx.now
    )
    known.unit_id, known.unit_name = item.unit_id, item.unit_name
    return known


def _forget_what_stays_inside(known: KnownItem) -> None:
    if not may_disclose(known.info_type):
        known.title = known.body = known.own_title = known.own_body = ""
