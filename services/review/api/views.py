"""What callers are answered about items."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import BeforeValidator

from services.kernel.language.events.parts import Content, Hop, SignOff, UnitRef
from services.kernel.language.vocabulary import AdoptionMode, InfoType, LeaderRank, Level, ReviewStatus, Share, System
from services.kernel.runtime.passage.views import HistoryLineView
from services.kernel.runtime.web.views import Named, View
from services.review.model import Adoption, AdoptionStatus, Issue, Periodical, ReviewItem
from services.review.model.item import ForwardMark
from services.review.model.passage import ProposalState
from services.review.policy import Check, CheckState, Offer, Verb, arrival_checks
from services.review.store.sheet import ItemSheet, outward_status

Filled = Annotated[str | None, BeforeValidator(lambda text: text or None)]
"""A text, null when there is none."""


class RowView(View):
    """An item as a list shows it."""

    origin_id: UUID
    number: str
    title: str
    unit_id: UUID
    unit_name: str
    sender_name: str
    info_type: InfoType
    system: System
    status: ReviewStatus
    version: int
    submission_version: int
    arrived_at: datetime
    received_at: datetime | None
    handle_by: datetime
    due_at: datetime | None
    forward: ForwardMark | None
    open_questions: int

    @classmethod
    def of(cls, item: ReviewItem, *, is_office: bool) -> Self:
        """The row of an item, as far as the reader may know how it stands."""
        return cls.read(item, **_as_seen(item, is_office=is_office))


class StandingView(View):
    """What an action answers: where the item stands now."""

    origin_id: UUID
    status: ReviewStatus
    version: int


class EditedView(StandingView):
    """After a saving of this office's edition: its number."""

    edition: int


class AskedView(StandingView):
    """After a question to the author."""

    question_id: UUID


class SelectedView(StandingView):
    """After a selection: the place in the draft of an issue."""

    adoption_id: UUID
    issue_id: UUID


class ForwardStandingView(StandingView):
    """Where the forwarding stands."""

    forward: ForwardMark


class ProposedView(ForwardStandingView):
    """After a proposal to send the item on: to which node."""

    forward_id: UUID
    to: str


class SentOnView(ForwardStandingView):
    """After the item was sent on: to which node, as which hop."""

    to: str
    hop: int


class SentView(View):
    """A version as it was sent here."""

    version: int
    hop: int
    attempt: int
    title: str
    body: str
    from_node: str
    sender_name: str
    told_at: datetime
    arrived_at: datetime


class EditionView(View):
    """A saving of this office's edition."""

    number: int
    title: str
    body: str
    edited_by: Named
    edited_at: datetime
    submission_version: int
    changes: int
    figures_changed: list[str]


class QuestionView(View):
    """A question with its answer, if any."""

    question_id: UUID
    asked_node: str
    question: str
    asked_by: Named | None
    asked_at: datetime | None
    answer: str | None
    answered_by: Named | None
    answered_at: datetime | None


class AnsweredView(QuestionView):
    """The question that was answered, and whose item it is of."""

    origin_id: UUID


class InstructionView(View):
    """An instruction as far as the reader may see it."""

    instruction_id: UUID
    node: str
    level: Level
    leader_name: Filled
    leader_rank: LeaderRank
    text: str | None
    given_on: date
    share: Share


class RecordedView(InstructionView):
    """The instruction that was recorded, and for which item."""

    origin_id: UUID


class ForwardView(View):
    """A proposal to send the item on."""

    to: str
    to_name: str
    hop: int
    state: ProposalState
    reason: str


class AdoptionView(View):
    """A place in an issue."""

    adoption_id: UUID
    status: AdoptionStatus
    mode: AdoptionMode
    periodical_id: UUID
    periodical_title: str
    issue_id: UUID
    issue_no: int | None
    issue_year: int | None

    @classmethod
    def of(cls, adoption: Adoption, issue: Issue, periodical: Periodical) -> Self:
        """The view of a place."""
        return cls.read(adoption, periodical_title=periodical.title, issue_no=issue.number, issue_year=issue.year)


class HistoryView(HistoryLineView):
    """A line of the history; `data` is what its fact says besides."""

    data: dict[str, Any]


class OfferView(View):
    """An action on offer and what stands in its way."""

    action: Verb
    label: str
    is_open: bool
    reasons: tuple[str, ...]

    @classmethod
    def of(cls, offer: Offer) -> Self:
        """The view of an offer."""
        return cls.read(offer, action=offer.verb, label=offer.verb.label)


class CheckView(View):
    """One line of the checks of what arrived."""

    label: str
    state: CheckState
    note: str


class TextView(View):
    """The text in force here; `is_own` when it is this office's edition."""

    title: str
    body: str
    is_own: bool


class SheetView(RowView):
    """An item in full."""

    origin_node: str
    co_units: tuple[UnitRef, ...]
    hop: int
    hops: tuple[Hop, ...]
    received_by: Named | None
    reviewer_name: Filled
    sign_off: SignOff | None
    note: str
    text: TextView
    content: Content | None
    sent: list[SentView]
    editions: list[EditionView]
    questions: list[QuestionView]
    forwards: list[ForwardView]
    instructions: list[InstructionView]
    adoptions: list[AdoptionView]
    timeline: list[HistoryView]
    actions: list[OfferView]
    checks: list[CheckView]

    @classmethod
    def whole(cls, sheet: ItemSheet, *, present: Collection[str]) -> Self:
        """The view of all that is known of an item; `present` holds the digests of the files that are here."""
        return cls.read(
            sheet.item,
            **_as_seen(sheet.item, is_office=sheet.is_office),
            text=sheet.text,
            content=sheet.latest.content if sheet.latest else None,
            sent=[SentView.read(one, **_words_of(one.content)) for one in sheet.sent],
            editions=sheet.editions,
            questions=sheet.questions,
            forwards=[ForwardView.read(one, to=one.to_node) for one in sheet.forwards],
            instructions=sheet.instructions,
            adoptions=[AdoptionView.of(*place) for place in sheet.adoptions],
            timeline=sheet.history,
            actions=[OfferView.of(offer) for offer in sheet.offers.values()],
            checks=_checks(sheet, present),
        )


def _as_seen(item: ReviewItem, *, is_office: bool) -> dict[str, Any]:
    status = outward_status(item.status, is_office=is_office)
    return {"status": status, "forward": item.forward if is_office else None}


def _words_of(content: Content) -> dict[str, str]:
    return {"title": content.edition.title, "body": content.edition.body}


def _checks(sheet: ItemSheet, present: Collection[str]) -> list[Check]:
    item, latest = sheet.item, sheet.latest
    if latest is None:
        return []
    return arrival_checks(latest.content, item.info_type, via=latest.via, is_carried=latest.is_carried, present=present)
