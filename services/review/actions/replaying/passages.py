"""What was asked, answered, edited, sent on and instructed."""

from __future__ import annotations

from uuid import uuid5

from services.kernel.language.events.review import (
    InstructionRecorded,
    SubmissionAnswered,
    SubmissionAsked,
    SubmissionEdited,
    SubmissionForwardedUp,
)
from services.kernel.runtime.heard.organisation import find_peer
from services.kernel.runtime.passage.asking import put_answer, put_question
from services.kernel.runtime.storing.transaction import Transaction
from services.review.actions.hearing import count_questions, put_instruction
from services.review.actions.replaying.again import NOBODY, Again, keep_text_if_missing, take_again
from services.review.actions.telling import touch
from services.review.model import Forward, OwnEdition, Question, ReviewItem
from services.review.model.item import ForwardMark
from services.review.model.passage import ProposalState
from services.review.policy.hops import longer
from services.review.store.issues import bump_drafts_with
from services.review.store.items import index_item, latest_forward
from services.review.store.own_facts import was_sent_back


async def bring_back_question(tx: Transaction, fact: SubmissionAsked) -> None:
    """This office had asked the author's unit; an answer that is here already stays."""
    if again := await take_again(tx, fact):
        await put_question(tx, Question, fact)
        await count_questions(tx, again.item)


async def bring_back_answer(tx: Transaction, fact: SubmissionAnswered) -> None:
    """The author's unit, which is of this node, had answered."""
    if again := await take_again(tx, fact):
        await put_answer(tx, Question, fact)
        await count_questions(tx, again.item)


async def bring_back_edition(tx: Transaction, fact: SubmissionEdited) -> None:
    """This office had saved its edition: it is in force unless a later text is here."""
    again = await take_again(tx, fact)
    edition = fact.edition
    if again is None or await tx.session.get(OwnEdition, (fact.item.origin_id, edition.number)) is not None:
        return
    row = OwnEdition(
        origin_id=fact.item.origin_id,
        number=edition.number,
        title=edition.title,
        body=edition.body,
        edited_by=fact.by,
        edited_at=edition.edited_at,
        submission_version=fact.item.version,
        changes=fact.changes,
        figures_changed=list(fact.figures_changed),
    )
    tx.session.add(row)
    await tx.session.flush()
    if edition.number > again.item.edition_number:
        await _put_in_force(tx, again, row)


async def _put_in_force(tx: Transaction, again: Again, row: OwnEdition) -> None:
    item = again.item
    item.edition_number = row.number
    if not again.is_newest and row.submission_version < item.submission_version:
        return
    item.has_edition, item.title, item.body_length = True, row.title, len(row.body)
    touch(tx, item)
    await index_item(tx.session, item, row.body)
    await bump_drafts_with(tx.session, item.origin_id, tx.now)


async def bring_back_forwarded(tx: Transaction, fact: SubmissionForwardedUp) -> None:
    """This office had sent the item on (转报); one that was sent back since stays sent back."""
    again = await take_again(tx, fact)
    if again is None:
        return
    item, hop = again.item, fact.item.hops[-1]
    await keep_text_if_missing(tx, item, fact, fact.content)
    is_back = await was_sent_back(tx.session, fact, hop=hop.n)
    await _put_forward(tx, item, fact, ProposalState.RETURNED if is_back else ProposalState.SIGNED)
    item.hops = longer(item.hops, fact.item.hops)
    if not again.is_newest:
        return
    item.forward, item.sent_hop = (ForwardMark.RETURNED if is_back else ForwardMark.FORWARDED), hop.n
    item.note = item.note if is_back else ""
    touch(tx, item, is_new_version=False)


async def _put_forward(tx: Transaction, item: ReviewItem, fact: SubmissionForwardedUp, state: ProposalState) -> None:
    """The proposal that the backup still holds is signed; else a signed one is made."""
    hop = fact.item.hops[-1]
    row = await latest_forward(tx.session, item.origin_id, ProposalState.PROPOSED)
    if row is None or row.proposed_at > fact.at:
        peer = await find_peer(tx.session, hop.to_node)
        row = Forward(
            forward_id=uuid5(NOBODY, f"{item.origin_id} {hop.n} {fact.at.isoformat()}"),
            origin_id=item.origin_id,
            to_node=hop.to_node,
            to_name=peer.name if peer else hop.to_node,
            hop=hop.n,
            submission_version=fact.item.version,
            proposed_by=fact.proposed_by,
            proposed_at=fact.at,
        )
    row.sign_off, row.hop, row.state, row.ended_at = fact.sign_off, hop.n, state, fact.at
    tx.session.add(row)


async def bring_back_instruction(tx: Transaction, fact: InstructionRecorded) -> None:
    """A leader's instruction had been recorded; a text that was not shared stands in no fact."""
    if again := await take_again(tx, fact):
        await put_instruction(tx, fact)
        touch(tx, again.item, is_new_version=False)
