"""Single items: the row, its texts, questions, forwards, instructions and history."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlmodel import col, delete, func, select

from services.kernel.language.refusal import NotHereYet
from services.kernel.runtime.keeping.erasure.texts import refuse_erased
from services.kernel.runtime.storing.search import TextIndex
from services.kernel.runtime.storing.session import AsyncSession
from services.review.model import Forward, Instruction, OwnEdition, Question, ReviewItem, SentVersion
from services.review.model.passage import ProposalState

ITEM_TEXT = TextIndex("review_text")


@dataclass(frozen=True)
class CurrentText:
    """The text that counts at this office: its own edition, or what the sender sent."""

    title: str
    body: str
    is_own: bool


async def find_item(session: AsyncSession, origin_id: UUID) -> ReviewItem | None:
    """The item, or None."""
    return await session.get(ReviewItem, origin_id)


async def lock_item(session: AsyncSession, origin_id: UUID) -> ReviewItem | None:
    """The item, held against other writers until the transaction ends."""
    return await session.get(ReviewItem, origin_id, with_for_update=True)


async def item_to_act_on(session: AsyncSession, origin_id: UUID) -> ReviewItem:
    """The item, held for a change.

    Raises:
        NotHereYet: No item with this id is known here.
        ItemErased: Its text was erased.
    """
    item = await lock_item(session, origin_id)
    if item is None:
        raise NotHereYet
    refuse_erased(item.title)
    return item


async def list_sent(session: AsyncSession, origin_id: UUID) -> list[SentVersion]:
    """Every version as it was sent here, oldest first."""
    query = (
        select(SentVersion)
        .where(SentVersion.origin_id == origin_id)
        .order_by(col(SentVersion.version), col(SentVersion.hop), col(SentVersion.attempt))
    )
    return list((await session.exec(query)).all())


async def drop_own_copies(session: AsyncSession, origin_id: UUID, *, node: str, after_hop: int) -> bool:
    """Forget what stood in for the sender's text: what this office itself sent on. Says whether there was any."""
    dropped = delete(SentVersion).where(
        col(SentVersion.origin_id) == origin_id, col(SentVersion.from_node) == node, col(SentVersion.hop) > after_hop
    )
    return bool((await session.execute(dropped)).rowcount)


async def latest_sent(session: AsyncSession, origin_id: UUID) -> SentVersion | None:
    """The newest version that was sent here."""
    query = (
        select(SentVersion)
        .where(SentVersion.origin_id == origin_id)
        .order_by(col(SentVersion.version).desc(), col(SentVersion.hop).desc(), col(SentVersion.attempt).desc())
        .limit(1)
    )
    return (await session.exec(query)).first()


async def list_editions(session: AsyncSession, origin_id: UUID) -> list[OwnEdition]:
    """This office's savings of its edition, oldest first."""
    query = select(OwnEdition).where(OwnEdition.origin_id == origin_id).order_by(col(OwnEdition.number))
    return list((await session.exec(query)).all())


async def newest_edition(session: AsyncSession, origin_id: UUID, *, version: int) -> OwnEdition | None:
    """This office's last edition of one version of the item."""
    query = select(OwnEdition).where(OwnEdition.origin_id == origin_id, OwnEdition.submission_version == version)
    return (await session.exec(query.order_by(col(OwnEdition.number).desc()).limit(1))).first()


async def current_edition(session: AsyncSession, item: ReviewItem) -> OwnEdition | None:
    """This office's edition that is in force."""
    if not item.has_edition:
        return None
    return await session.get(OwnEdition, (item.origin_id, item.edition_number))


async def current_text(session: AsyncSession, item: ReviewItem) -> CurrentText:
    """The text that counts here now."""
    own = await current_edition(session, item)
    if own is not None:
        return CurrentText(own.title, own.body, is_own=True)
    sent = await latest_sent(session, item.origin_id)
    edition = sent.content.edition if sent else None
    return CurrentText(edition.title if edition else item.title, edition.body if edition else "", is_own=False)


async def next_open_question(session: AsyncSession, origin_id: UUID) -> Question | None:
    """The oldest question without an answer."""
    query = (
        select(Question)
        .where(Question.origin_id == origin_id, col(Question.answer).is_(None))
        .order_by(col(Question.asked_at), col(Question.question_id))
        .limit(1)
    )
    return (await session.exec(query)).first()


async def count_open_questions(session: AsyncSession, origin_id: UUID) -> int:
    """How many questions wait for an answer."""
    query = (
        select(func.count())
        .select_from(Question)
        .where(Question.origin_id == origin_id, col(Question.answer).is_(None))
    )
    return (await session.exec(query)).one()


async def list_forwards(session: AsyncSession, origin_id: UUID) -> list[Forward]:
    """Proposals to forward an item, oldest first."""
    query = (
        select(Forward)
        .where(Forward.origin_id == origin_id)
        .order_by(col(Forward.proposed_at), col(Forward.forward_id))
    )
    return list((await session.exec(query)).all())


async def latest_forward(session: AsyncSession, origin_id: UUID, state: ProposalState) -> Forward | None:
    """The newest proposal in this state."""
    query = (
        select(Forward)
        .where(Forward.origin_id == origin_id, Forward.state == state)
        .order_by(col(Forward.proposed_at).desc(), col(Forward.forward_id).desc())
        .limit(1)
    )
    return (await session.exec(query)).first()


async def list_instructions(session: AsyncSession, origin_id: UUID) -> list[Instruction]:
    """Instructions on an item, oldest first."""
    query = (
        select(Instruction)
        .where(Instruction.origin_id == origin_id)
        .order_by(col(Instruction.given_on), col(Instruction.instruction_id))
    )
    return list((await session.exec(query)).all())


async def index_item(session: AsyncSession, item: ReviewItem, body: str) -> None:
    """Let the item be found by title, text, units, author and number."""
    sent = await latest_sent(session, item.origin_id)
    names = (item.unit_name, item.sender_name, item.number, sent.content.author_name if sent else "")
    await ITEM_TEXT.put(session, item.origin_id, "\n".join((item.title, body, *names)))
