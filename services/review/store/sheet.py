"""Everything that one page or one answer shows of an item, as far as its reader may see it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.kernel.language.actor import Actor
from services.kernel.language.reading import reads_in_office
from services.kernel.language.refusal import NotHereYet, NotPermitted
from services.kernel.language.vocabulary import ReviewStatus, Share
from services.kernel.runtime.passage.asking import list_questions
from services.kernel.runtime.passage.noting import list_history
from services.kernel.runtime.rulebooks import rules_at
from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.surroundings.settings import NodeInfo
from services.kernel.runtime.surroundings.signals import NamedChannel
from services.review.model import (
    Adoption,
    AdoptionStatus,
    Forward,
    HistoryRow,
    Instruction,
    Issue,
    OwnEdition,
    Periodical,
    Question,
    ReviewItem,
    SentVersion,
)
from services.review.model.passage import ProposalState
from services.review.policy import Offer, Verb, available_actions, may_read
from services.review.policy.rulebooks import REVIEW_RULES
from services.review.store import issues, items
from services.review.store.items import CurrentText
from services.review.store.standing import full_standing, standing_of

_INSIDE_STATES = {ReviewStatus.KEPT, ReviewStatus.SELECTED}


@dataclass(frozen=True, kw_only=True)
class ItemSheet:
    """An item with its texts and passage; `is_office` readers see what stays inside the office."""

    item: ReviewItem
    status: ReviewStatus
    is_office: bool
    text: CurrentText
    sent: list[SentVersion]
    editions: list[OwnEdition]
    questions: list[Question]
    forwards: list[Forward]
    instructions: list[Instruction]
    adoptions: list[tuple[Adoption, Issue, Periodical]]
    history: list[HistoryRow]
    offers: dict[Verb, Offer]

    @property
    def latest(self) -> SentVersion | None:
        """The newest version that was sent here."""
        return self.sent[-1] if self.sent else None


async def item_sheet(session: AsyncSession, origin_id: UUID, actor: Actor, now: datetime) -> ItemSheet:
    """Read an item for an officer.

    Raises:
        NotHereYet: Unknown here so far.
        NotPermitted: Not this officer's to read.
    """
    item = await items.find_item(session, origin_id)
    if item is None:
        raise NotHereYet
    standing = await full_standing(session, item)
    if not may_read(actor, standing):
        raise NotPermitted("这是其他单位的稿件，或不在您的岗位职责内，不能查看或办理。")
    is_office = reads_in_office(actor) and item.is_here
    rules = await rules_at(session, REVIEW_RULES, now)
    sent = await items.list_sent(session, origin_id)
    return ItemSheet(
        item=item,
        status=outward_status(item.status, is_office=is_office),
        is_office=is_office,
        text=await items.current_text(session, item),
        sent=sent,
        editions=await items.list_editions(session, origin_id),
        questions=await list_questions(session, Question, origin_id),
        forwards=[
            f for f in await items.list_forwards(session, origin_id) if is_office or f.state is ProposalState.SIGNED
        ],
        instructions=[
            _shared(i, is_office) for i in await items.list_instructions(session, origin_id) if _may_see(i, is_office)
        ],
        adoptions=await _adoptions(session, origin_id, is_office=is_office),
        history=[row for row in await list_history(session, HistoryRow, origin_id) if is_office or not row.is_inside],
        offers=available_actions(actor, standing, needs_second_reader=rules.needs_second_reader),
    )


async def may_hear(session: AsyncSession, actor: Actor, channel: NamedChannel, _node: NodeInfo) -> bool:
    """Whether a live page of this officer may hear of one item, or of one issue."""
    if channel.kind != "item":
        return reads_in_office(actor)
    item = await items.find_item(session, channel.id)
    return item is not None and may_read(actor, standing_of(item))


def outward_status(status: ReviewStatus, *, is_office: bool) -> ReviewStatus:
    """The status as a reader may know it: 备用 and 拟采用 stay inside the office."""
    return ReviewStatus.OPEN if status in _INSIDE_STATES and not is_office else status


def inward_statuses(statuses: Sequence[ReviewStatus], *, is_office: bool) -> tuple[ReviewStatus, ...]:
    """The states that a reader means: outside the office, open stands for what stays inside it too."""
    if is_office:
        return tuple(statuses)
    meant = tuple(status for status in statuses if status not in _INSIDE_STATES)
    return (*meant, *_INSIDE_STATES) if ReviewStatus.OPEN in meant else meant


async def _adoptions(
    session: AsyncSession, origin_id: UUID, *, is_office: bool
) -> list[tuple[Adoption, Issue, Periodical]]:
    live = [
        a
        for a in await issues.list_live_adoptions(session, origin_id)
        if is_office or a.status is AdoptionStatus.ADOPTED
    ]
    places = await issues.titles_of(session, [adoption.issue_id for adoption in live])
    return [(adoption, *places[adoption.issue_id]) for adoption in live]


def _may_see(instruction: Instruction, is_office: bool) -> bool:
    return is_office or instruction.share is not Share.NONE


def _shared(instruction: Instruction, is_office: bool) -> Instruction:
    if is_office or instruction.share is Share.TEXT:
        return instruction
    return Instruction(**{**instruction.model_dump(), "text": None, "leader_name": ""})
