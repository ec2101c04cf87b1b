"""Sending on what came from below (转报): proposed by an editor, signed by a chief."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from services.kernel.language.events.parts import Content, Edition, Hop
from services.kernel.language.events.review import SubmissionForwardedUp
from services.kernel.runtime.heard.organisation import find_peer, head_office, superior_of
from services.kernel.runtime.storing.transaction import Transaction
from services.kernel.runtime.web.identity import Officer
from services.review.actions.admitting import admit
from services.review.actions.deciding import take_in
from services.review.actions.editing import ComparedEdition, save_edition
from services.review.actions.signing import Signature
from services.review.actions.telling import head_of, note_inside, tell, touch
from services.review.model import Forward, ReviewItem
from services.review.model.item import ForwardMark
from services.review.model.passage import ProposalState
from services.review.policy import AlreadyForwarded, NoProposalToSign, NoSuperior, Verb, next_hop
from services.review.policy.offers import blocker_of
from services.review.policy.refusals import TextMissing
from services.review.policy.texts import clean_reason
from services.review.store.items import current_edition, latest_forward, latest_sent
from services.review.store.standing import standing_of


async def propose_forward(
    tx: Transaction, origin_id: UUID, *, by: Officer, to: str = "", edition: ComparedEdition | None = None
) -> Forward:
    """An editor proposes to send the item on; a text given becomes this office's edition.

    Raises:
        NoSuperior: No such node above.
        AlreadyForwarded: It is proposed or was sent on already.
        StaleVersion: Somebody saved another text in between.
    """
    item = await admit(tx, origin_id, Verb.PROPOSE_FORWARD, by=by)
    if item.forward in {ForwardMark.PROPOSED, ForwardMark.FORWARDED}:
        raise AlreadyForwarded
    peer = await (find_peer(tx.session, to) if to else superior_of(tx.session, item.system))
    if peer is None or peer.direction != "superior":
        raise NoSuperior
    if edition is not None:
        await save_edition(tx, item, edition, by=by)
    await take_in(tx, item, by=by)
    row = Forward(
        origin_id=origin_id,
        to_node=peer.peer,
        to_name=peer.name,
        hop=item.hop + 1,
        submission_version=item.submission_version,
        proposed_by=by.ref,
        proposed_at=tx.now,
    )
    tx.session.add(row)
    item.forward = ForwardMark.PROPOSED
    touch(tx, item, is_new_version=False)
    await note_inside(tx, item, "forward_proposed", f"提请转报{peer.name}", by=by.ref)
    tx.audit("review.forward_proposed", origin_id, by=by.ref, details={"to": peer.peer})
    return row


async def withdraw_forward(tx: Transaction, origin_id: UUID, *, by: Officer, reason: str = "") -> ReviewItem:
    """An editor takes the proposal back, or the chief does not sign it.

    Raises:
        NoProposalToSign: There is none.
    """
    item = await admit(tx, origin_id, Verb.WITHDRAW_FORWARD, by=by)
    row = await _proposal(tx, origin_id)
    row.state, row.ended_at = ProposalState.WITHDRAWN, tx.now
    row.reason = clean_reason("reason", "理由", reason, is_required=False)
    tx.session.add(row)
    item.forward = ForwardMark.NONE
    touch(tx, item, is_new_version=False)
    await note_inside(tx, item, "forward_withdrawn", "撤回转报提请", by=by.ref, note=row.reason)
    tx.audit("review.forward_withdrawn", origin_id, by=by.ref, details={"reason": row.reason})
    return item


async def sign_forward(
    tx: Transaction, origin_id: UUID, *, by: Officer, signature: Signature | None = None, version: int | None = None
) -> Forward:
    """The chief signs the proposal: the item goes up another hop with this office's edition.

    Raises:
        NoProposalToSign: Nothing was proposed.
        ProposedByYourself: The chief proposed it himself.
    """
    item = await admit(tx, origin_id, Verb.SIGN_FORWARD, by=by, version=version)
    row = await _proposal(tx, origin_id)
    standing = replace(standing_of(item), proposed_by=row.proposed_by.officer_id)
    if blocker := blocker_of(by, Verb.SIGN_FORWARD, standing):
        raise blocker
    peer = await find_peer(tx.session, row.to_node)
    if peer is None:
        raise NoSuperior
    office = await head_office(tx.session, tx.node.node_id)
    hops = next_hop(
        item.hops,
        node=tx.node.node_id,
        office_id=office.unit_id if office else by.unit_id,
        office_name=office.name if office else by.unit_name,
        to_node=peer.peer,
        to_level=peer.level,
    )
    row.sign_off, row.hop = (signature or Signature()).by(by, tx), hops[-1].n
    row.state, row.ended_at = ProposalState.SIGNED, tx.now
    tx.session.add(row)
    await _send_on(tx, item, row, hops)
    tx.audit("review.forward_signed", origin_id, by=by.ref, details={"to": row.to_node, "hop": row.hop})
    return row


async def _send_on(tx: Transaction, item: ReviewItem, row: Forward, hops: tuple[Hop, ...]) -> None:
    assert row.sign_off is not None
    item.forward, item.hops, item.sent_hop, item.note = ForwardMark.FORWARDED, hops, row.hop, ""
    touch(tx, item, is_new_version=False)
    await tell(
        tx,
        SubmissionForwardedUp(
            item=head_of(item, hop=row.hop),
            at=tx.now,
            node=tx.node.node_id,
            content=await _content_to_send(tx, item),
            proposed_by=row.proposed_by,
            sign_off=row.sign_off,
        ),
    )


async def _content_to_send(tx: Transaction, item: ReviewItem) -> Content:
    """What the sender sent, with this office's edition in place of the sender's where there is one."""
    sent = await latest_sent(tx.session, item.origin_id)
    if sent is None:
        raise TextMissing
    own = await current_edition(tx.session, item)
    if own is None:
        return sent.content
    edition = Edition(
        node=tx.node.node_id,
        number=own.number,
        title=own.title,
        body=own.body,
        edited_by=own.edited_by.name,
        edited_at=own.edited_at,
    )
    return sent.content.model_copy(update={"edition": edition})


async def _proposal(tx: Transaction, origin_id: UUID) -> Forward:
    row = await latest_forward(tx.session, origin_id, ProposalState.PROPOSED)
    if row is None:
        raise NoProposalToSign
    return row
