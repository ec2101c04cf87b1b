"""One handler per fact: what reviewers, editors and leaders did with an item, shown where it was written."""

from __future__ import annotations

from collections.abc import Mapping

from services.intake.actions import noting
from services.intake.actions.replaying import bring_back_submitted
from services.intake.model import Question
from services.intake.policy import Step
from services.kernel.language.events.exchange import SubmissionDelivered
from services.kernel.language.events.intake import SubmissionAmended, SubmissionSubmitted
from services.kernel.language.events.parts import Fact, SubmissionFact
from services.kernel.language.events.review import (
    InstructionRecorded,
    SubmissionAdopted,
    SubmissionAnswered,
    SubmissionAsked,
    SubmissionChecked,
    SubmissionDeclined,
    SubmissionEdited,
    SubmissionForwardedUp,
    SubmissionReceived,
    SubmissionReportedUp,
    SubmissionReturned,
)
from services.kernel.runtime.heard.organisation import ORGANISATION_LISTENS_TO
from services.kernel.runtime.passage.asking import put_answer, put_question
from services.kernel.runtime.storing.transaction import Transaction
from services.kernel.runtime.telling.inbox import Handler, ListensTo


async def note_on_timeline(tx: Transaction, fact: SubmissionFact) -> None:
    """Add a fact to the item's history; it changes nothing else here."""
    await noting.note(tx, fact)


async def mark_reported(tx: Transaction, fact: SubmissionReportedUp) -> None:
    """The unit's signer reported the item: it is on its way, and 未送达 until a receipt comes."""
    if submission := await noting.note(tx, fact):
        await noting.keep_content(tx, submission, fact.item, fact.content)
        noting.mark_reported(submission, fact)
        noting.move(submission, Step.REPORT, fact.item.version)


async def note_forwarding(tx: Transaction, fact: SubmissionForwardedUp) -> None:
    """An office sent the item on (转报), with its own edition."""
    if submission := await noting.note(tx, fact):
        await noting.keep_content(tx, submission, fact.item, fact.content)


async def note_delivery(tx: Transaction, fact: SubmissionDelivered) -> None:
    """The receiver's node holds the item (已送达)."""
    if submission := await noting.note(tx, fact):
        noting.mark_delivered(submission, fact.hop, fact.version)


async def note_receipt(tx: Transaction, fact: SubmissionReceived) -> None:
    """A person took the item in (已签收), so it was delivered too."""
    if submission := await noting.note(tx, fact):
        noting.mark_delivered(submission, fact.item.hop, fact.item.version)


async def put_question_to_author(tx: Transaction, fact: SubmissionAsked) -> None:
    """Show the author a question (核实); the item stays where it is."""
    if await noting.note(tx, fact):
        await put_question(tx, Question, fact)


async def close_question(tx: Transaction, fact: SubmissionAnswered) -> None:
    """The author's unit answered: the question is no longer open."""
    if await noting.note(tx, fact):
        await put_answer(tx, Question, fact)


async def keep_edition_of_office(tx: Transaction, fact: SubmissionEdited) -> None:
    """Keep a copy of what an office made of the text (本级稿)."""
    if submission := await noting.note(tx, fact):
        await noting.keep_edition(tx, submission, fact.edition)


async def put_back_among_drafts(tx: Transaction, fact: SubmissionReturned) -> None:
    """A return to the author's unit makes the item editable again, with its reason."""
    if submission := await noting.note(tx, fact):
        noting.put_back(submission, fact)


async def mark_declined(tx: Transaction, fact: SubmissionDeclined) -> None:
    """The first office will not use the item (未采用); what offices further up decline is history only."""
    submission = await noting.note(tx, fact)
    if submission and fact.item.hop <= 1:
        noting.move(submission, Step.DECLINE, fact.item.version)


async def mark_adopted(tx: Transaction, fact: SubmissionAdopted) -> None:
    """The item stands in a signed issue (采用), at whatever level."""
    if submission := await noting.note(tx, fact):
        noting.move(submission, Step.ADOPT, fact.item.version)


_FROM_EVERY_OFFICE: dict[type[Fact], Handler] = {
    SubmissionReportedUp: mark_reported,
    SubmissionForwardedUp: note_forwarding,
    SubmissionReceived: note_receipt,
    SubmissionAsked: put_question_to_author,
    SubmissionAnswered: close_question,
    SubmissionEdited: keep_edition_of_office,
    SubmissionReturned: put_back_among_drafts,
    SubmissionDeclined: mark_declined,
    SubmissionAdopted: mark_adopted,
    InstructionRecorded: note_on_timeline,
}

LISTENS_TO: ListensTo = {
    **ORGANISATION_LISTENS_TO,
    "review.submission": {**_FROM_EVERY_OFFICE, SubmissionChecked: note_on_timeline},
    "exchange.arrival": {**_FROM_EVERY_OFFICE, SubmissionDelivered: note_delivery},
    "exchange.delivery": {SubmissionDelivered: note_delivery},
}

REPLAYS: Mapping[type[Fact], Handler] = {
    SubmissionSubmitted: bring_back_submitted,
    SubmissionAmended: bring_back_submitted,
}
