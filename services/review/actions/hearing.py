"""What other nodes and exchange tell of an item that is or was here."""

from __future__ import annotations

from services.kernel.language.events.exchange import SubmissionDelivered
from services.kernel.language.events.parts import SubmissionFact
from services.kernel.language.events.review import (
    InstructionRecorded,
    SubmissionAnswered,
    SubmissionAsked,
    SubmissionReturned,
)
from services.kernel.language.vocabulary import ReturnReason, ReviewStatus
from services.kernel.runtime.passage.asking import put_answer, put_question
from services.kernel.runtime.storing.transaction import Transaction
from services.review.actions.opening import new_item
from services.review.actions.telling import note_fact, touch
from services.review.model import Instruction, Question, ReviewItem
from services.review.model.item import ForwardMark
from services.review.model.passage import ProposalState
from services.review.store.items import count_open_questions, latest_forward, lock_item

_STAYS = (ReviewStatus.SELECTED, ReviewStatus.ADOPTED)


async def note_above(tx: Transaction, fact: SubmissionFact) -> None:
    """Keep a line of what another office did; an item first heard of so becomes a stub."""
    if await note_fact(tx, fact):
        await known_item(tx, fact)


async def note_delivery(tx: Transaction, fact: SubmissionDelivered) -> None:
    """Keep the mark 已送达."""
    await note_fact(tx, fact)


async def take_back_returned(tx: Transaction, fact: SubmissionReturned) -> None:
    """A return of what this node sent up: to the author's unit, or to this office's editors again."""
    if not await note_fact(tx, fact):
        return
    item = await known_item(tx, fact)
    is_ours = fact.item.hop == item.sent_hop and fact.item.version >= item.submission_version
    if not is_ours:
        return
    reason = return_reason(fact)
    if item.is_here:
        await _reopen(tx, item, reason)
    else:
        item.status, item.note = ReviewStatus.RETURNED, reason
    touch(tx, item)


async def keep_question(tx: Transaction, fact: SubmissionAsked) -> None:
    """Keep a question from above, for the author's unit to answer.

    It came from where the item is by now: the answer must name the whole way, or nobody carries it so far.
    """
    if not await note_fact(tx, fact):
        return
    item = await known_item(tx, fact)
    if len(fact.item.hops) > len(item.hops):
        item.hops = fact.item.hops
    await put_question(tx, Question, fact)
    await count_questions(tx, item)


async def keep_answer(tx: Transaction, fact: SubmissionAnswered) -> None:
    """Keep the author's answer beside the question."""
    if not await note_fact(tx, fact):
        return
    item = await known_item(tx, fact)
    await put_answer(tx, Question, fact)
    await count_questions(tx, item)


async def keep_instruction(tx: Transaction, fact: InstructionRecorded) -> None:
    """Keep that a leader above gave an instruction, with its text if that is shared."""
    if not await note_fact(tx, fact):
        return
    await known_item(tx, fact)
    await put_instruction(tx, fact)


async def put_instruction(tx: Transaction, fact: InstructionRecorded) -> None:
    """The instruction as far as the fact says it; one that is here stays."""
    if await tx.session.get(Instruction, fact.instruction_id) is None:
        tx.session.add(
            Instruction(
                instruction_id=fact.instruction_id,
                origin_id=fact.item.origin_id,
                node=fact.node,
                level=fact.level,
                leader_name=fact.leader_name,
                leader_rank=fact.leader_rank,
                text=fact.text,
                given_on=fact.given_on,
                share=fact.share,
                recorded_at=fact.at,
            )
        )


async def known_item(tx: Transaction, fact: SubmissionFact) -> ReviewItem:
    """The item of a fact, held; a stub when nothing was known of it."""
    item = await lock_item(tx.session, fact.item.origin_id)
    if item is None:
        item = new_item(tx, fact.item, is_stub=True)
        tx.session.add(item)
        await tx.session.flush()
    return item


async def count_questions(tx: Transaction, item: ReviewItem) -> None:
    """Keep the number of unanswered questions on the item."""
    await tx.session.flush()
    item.open_questions = await count_open_questions(tx.session, item.origin_id)
    touch(tx, item, is_new_version=False)


async def _reopen(tx: Transaction, item: ReviewItem, reason: str) -> None:
    """What the superior sent back is this office's to decide again."""
    if item.status not in _STAYS:
        item.status = ReviewStatus.OPEN
    item.forward, item.note, item.arrived_at = ForwardMark.RETURNED, reason, tx.now
    forward = await latest_forward(tx.session, item.origin_id, ProposalState.SIGNED)
    if forward is not None:
        forward.state, forward.reason, forward.ended_at = ProposalState.RETURNED, reason, tx.now


def return_reason(fact: SubmissionReturned) -> str:
    """The return reason as the item shows it; a code of a newer node stays readable as it is."""
    known = fact.reason_code in list(ReturnReason)
    label = ReturnReason(fact.reason_code).label if known else fact.reason_code
    return f"{label}：{fact.reason}" if fact.reason else label
