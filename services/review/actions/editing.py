"""This office's edition (本级稿), and the questions it asks the author (核实)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.kernel.language.diff import FigureChange, TextDiff
from services.kernel.language.events.parts import Edition
from services.kernel.language.events.review import SubmissionAnswered, SubmissionAsked, SubmissionEdited
from services.kernel.language.refusal import Refusal, StaleVersion
from services.kernel.runtime.pages.comparing import compare_texts
from services.kernel.runtime.storing.database import Database
from services.kernel.runtime.storing.transaction import Transaction
from services.kernel.runtime.surroundings.identifiers import new_id
from services.kernel.runtime.web.identity import Officer
from services.review.actions.admitting import admit
from services.review.actions.deciding import take_in
from services.review.actions.hearing import count_questions
from services.review.actions.telling import head_of, tell, touch
from services.review.model import OwnEdition, Question, ReviewItem
from services.review.policy import NoOpenQuestion, Verb, require
from services.review.policy.texts import ANSWER_LIMIT, edition_texts, sentence
from services.review.store.issues import bump_drafts_with
from services.review.store.items import CurrentText, current_text, find_item, index_item, next_open_question
from services.review.store.standing import standing_of


@dataclass(frozen=True, slots=True)
class NewText:
    """A title and a body as an editor wants them; None stays as it is."""

    title: str | None
    body: str | None

    def over(self, before: CurrentText) -> tuple[str, str]:
        """Title and body of the edition that this makes of the text so far.

        Raises:
            InvalidInput: One is empty or too long.
        """
        title = before.title if self.title is None else self.title
        return edition_texts(title, before.body if self.body is None else self.body)


@dataclass(frozen=True, slots=True)
class ComparedEdition:
    """What an edition changes, worked out before the transaction that saves it: no other writer waits for that."""

    text: NewText
    before: CurrentText | None = None
    after: tuple[str, str] | None = None
    changes: TextDiff | None = None


async def compare_edition(
    database: Database, origin_id: UUID, text: NewText, verb: Verb, *, by: Officer, version: int | None = None
) -> ComparedEdition:
    """Compare the text with the one that counts now. Refuses nothing: what may not be saved is only not compared."""
    try:
        async with database.reading() as session:
            item = await find_item(session, origin_id)
            if item is None or version not in {None, item.version}:
                return ComparedEdition(text)
            require(by, verb, standing_of(item))
            before = await current_text(session, item)
        after = text.over(before)
    except Refusal:
        return ComparedEdition(text)
    return ComparedEdition(text, before, after, await _changes(before, after))


async def edit_submission(
    tx: Transaction, origin_id: UUID, compared: ComparedEdition, *, by: Officer, version: int
) -> ReviewItem:
    """Save this office's edition; what is left out stays, and saving the same text changes nothing.

    Raises:
        StaleVersion: Another editor saved in between.
    """
    item = await admit(tx, origin_id, Verb.EDIT, by=by, version=version)
    await save_edition(tx, item, compared, by=by)
    return item


async def save_edition(tx: Transaction, item: ReviewItem, compared: ComparedEdition, *, by: Officer) -> None:
    """Make the next edition of an item that is held already.

    Raises:
        StaleVersion: The text is not the one any more that this was compared with.
    """
    before = await current_text(tx.session, item)
    title, body = after = compared.text.over(before)
    await take_in(tx, item, by=by)
    if after == (before.title, before.body):
        return
    if compared.changes is None or (compared.before, compared.after) != (before, after):
        raise StaleVersion(version=item.version)
    changes = compared.changes
    item.edition_number, item.has_edition = item.edition_number + 1, True
    item.title, item.body_length = title, len(body)
    row = OwnEdition(
        origin_id=item.origin_id,
        number=item.edition_number,
        title=title,
        body=body,
        edited_by=by.ref,
        edited_at=tx.now,
        submission_version=item.submission_version,
        changes=changes.change_count,
        figures_changed=figures_in_words(changes),
    )
    tx.session.add(row)
    touch(tx, item)
    await index_item(tx.session, item, body)
    await bump_drafts_with(tx.session, item.origin_id, tx.now)
    await tell(tx, _edited(tx, item, row, by))
    tx.audit("review.edited", item.origin_id, by=by.ref, details={"edition": row.number, "changes": row.changes})


async def _changes(before: CurrentText, after: tuple[str, str]) -> TextDiff | None:
    if after == (before.title, before.body):
        return None
    return await compare_texts(f"{before.title}\n{before.body}", "\n".join(after))


def figures_in_words(changes: TextDiff) -> list[str]:
    """Each changed figure as a reviewer reads it: 126户→142户."""
    return [_figure_in_words(figure) for figure in changes.figures]


async def ask_author(tx: Transaction, origin_id: UUID, *, by: Officer, question: str) -> Question:
    """Ask the author's unit to verify something; the item stays in the queue."""
    item = await admit(tx, origin_id, Verb.ASK, by=by)
    question = sentence("question", "要核实的问题", question)
    await take_in(tx, item, by=by)
    row = Question(
        question_id=new_id(),
        origin_id=origin_id,
        hop=item.hop,
        version=item.submission_version,
        asked_node=tx.node.node_id,
        question=question,
        asked_by=by.ref,
        asked_at=tx.now,
    )
    tx.session.add(row)
    await count_questions(tx, item)
    await tell(
        tx,
        SubmissionAsked(
            item=head_of(item),
            at=tx.now,
            node=tx.node.node_id,
            question_id=row.question_id,
            question=question,
            by=by.ref,
        ),
    )
    tx.audit("review.asked", origin_id, by=by.ref, details={"question_id": row.question_id})
    return row


async def answer_question(
    tx: Transaction, origin_id: UUID, *, by: Officer, answer: str, question_id: UUID | None = None
) -> Question:
    """The author's unit answers, the oldest open question unless another is named.

    Raises:
        NoOpenQuestion: Nothing waits for an answer, or that question was answered.
    """
    item = await admit(tx, origin_id, Verb.ANSWER, by=by)
    row = await (tx.session.get(Question, question_id) if question_id else next_open_question(tx.session, origin_id))
    if row is None or row.origin_id != origin_id or row.answer is not None:
        raise NoOpenQuestion
    row.answer = sentence("answer", "答复", answer, limit=ANSWER_LIMIT)
    row.answered_by, row.answered_at = by.ref, tx.now
    tx.session.add(row)
    await count_questions(tx, item)
    await tell(
        tx,
        SubmissionAnswered(
            item=head_of(item, hop=row.hop).model_copy(update={"version": row.version}),
            at=tx.now,
            node=tx.node.node_id,
            question_id=row.question_id,
            answer=row.answer,
            to_node=row.asked_node,
            by=by.ref,
        ),
    )
    tx.audit("review.answered", origin_id, by=by.ref, details={"question_id": row.question_id})
    return row


def _edited(tx: Transaction, item: ReviewItem, row: OwnEdition, by: Officer) -> SubmissionEdited:
    edition = Edition(
        node=tx.node.node_id,
        number=row.number,
        title=row.title,
        body=row.body,
        edited_by=by.name,
        edited_at=tx.now,
    )
    return SubmissionEdited(
        item=head_of(item),
        at=tx.now,
        node=tx.node.node_id,
        edition=edition,
        changes=row.changes,
        figures_changed=tuple(row.figures_changed),
        by=by.ref,
    )


def _figure_in_words(figure: FigureChange) -> str:
    if figure.before is None:
        return f"新增 {figure.after}{figure.unit}"
    if figure.after is None:
        return f"删去 {figure.before}{figure.unit}"
    return f"{figure.before}{figure.unit}→{figure.after}{figure.unit}"
