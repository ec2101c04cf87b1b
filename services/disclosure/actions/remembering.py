"""Which internal items exist: learnt from facts, so that nothing of the wrong kind is prepared for the public."""

from __future__ import annotations

from services.disclosure.model import KnownItem
from services.disclosure.policy import may_disclose
from services.disclosure.store.items import lock_item
from services.kernel.language.events.intake import SubmissionSubmitted
from services.kernel.language.events.parts import Item
from services.kernel.language.events.review import SubmissionEdited, SubmissionForwardedUp, SubmissionReportedUp
from services.kernel.runtime.transaction import Transaction


async def remember_item(
    tx: Transaction, fact: SubmissionSubmitted | SubmissionReportedUp | SubmissionForwardedUp
) -> None:
    """An item came in or came in anew; of kinds that stay inside no text is kept."""
    known = await _known(tx, fact.item)
    if (fact.item.version, fact.item.hop) < (known.version, known.hop):
        return
    known.version, known.hop = fact.item.version, fact.item.hop
    known.info_type, known.unit_name = fact.item.info_type, fact.item.unit_name
    known.title, known.body = fact.content.edition.title, fact.content.edition.body
    known.suggested_attribute = (fact.content.suggested_attribute or "")[:32]
    _forget_what_stays_inside(known)
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


async def _known(tx: Transaction, item: Item) -> KnownItem:
    known = await lock_item(tx.session, item.origin_id)
    return known or KnownItem(
        origin_id=item.origin_id, info_type=item.info_type, unit_name=item.unit_name, seen_at=tx.now
    )


def _forget_what_stays_inside(known: KnownItem) -> None:
    if not may_disclose(known.info_type):
        known.title = known.body = known.own_title = known.own_body = ""
