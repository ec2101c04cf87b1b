"""Questions about items (核实) and their answers, whichever half comes first."""

from __future__ import annotations

from typing import TypeVar
from uuid import UUID

from sqlmodel import col, select

from services.kernel.language.events.review import SubmissionAnswered, SubmissionAsked
from services.kernel.runtime.passage.table import QuestionLine
from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.storing.transaction import Transaction

Asked = TypeVar("Asked", bound=QuestionLine)


async def put_question(tx: Transaction, table: type[QuestionLine], fact: SubmissionAsked) -> None:
    """The question as it was asked; an answer that came first stays beside it."""
    row = await _question(tx, table, fact)
    row.hop, row.version, row.asked_node = fact.item.hop, fact.item.version, fact.node
    row.question, row.asked_by, row.asked_at = fact.question, fact.by, fact.at


async def put_answer(tx: Transaction, table: type[QuestionLine], fact: SubmissionAnswered) -> None:
    """The answer beside its question, which may still be to come."""
    row = await _question(tx, table, fact)
    row.asked_node = row.asked_node or fact.to_node
    row.answer, row.answered_by, row.answered_at = fact.answer, fact.by, fact.at


async def list_questions(session: AsyncSession, table: type[Asked], origin_id: UUID) -> list[Asked]:
    """The questions about an item, oldest first; one whose question has not come yet is left out."""
    query = select(table).where(col(table.origin_id) == origin_id, col(table.question) != "")
    return list(await session.exec(query.order_by(col(table.asked_at), col(table.question_id))))


async def _question(
    tx: Transaction, table: type[QuestionLine], fact: SubmissionAsked | SubmissionAnswered
) -> QuestionLine:
    row = await tx.session.get(table, fact.question_id)
    if row is None:
        item = fact.item
        row = table(question_id=fact.question_id, origin_id=item.origin_id, hop=item.hop, version=item.version)
        tx.session.add(row)
    return row
