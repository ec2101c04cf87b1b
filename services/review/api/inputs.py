"""What callers send."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.kernel.language.vocabulary import (
    AdoptionMode,
    DeclineReason,
    LeaderRank,
    ReturnReason,
    Share,
    SignMode,
)
from services.review.actions.signing import Signature
from services.review.model import Series

Sentence = Annotated[str, Field(max_length=20_000)]


class Input(BaseModel):
    """What every input shares: unknown fields are passed over."""

    model_config = ConfigDict(extra="ignore")


class NewCheck(Input):
    """A reviewer's check; a reason is needed to check what one submitted oneself."""

    alone_reason: Sentence = ""


class NewSignature(Input):
    """How a sign-off was given: online by the signer, or recorded as given on paper or orally."""

    signed_by_name: str = Field(default="", max_length=120)
    sign_mode: SignMode = SignMode.ONLINE

    def as_signature(self) -> Signature:
        """The value that actions take."""
        return Signature(self.signed_by_name, self.sign_mode)


class EditionChange(Input):
    """A change of this office's edition; what is left out stays."""

    title: str | None = None
    body: str | None = None


class NewQuestion(Input):
    """Something to verify."""

    question: Sentence


class NewAnswer(Input):
    """An answer to the oldest open question, or to the one named."""

    answer: Sentence
    question_id: UUID | None = None


class NewReturn(Input):
    """Why an item goes back."""

    reason_code: ReturnReason
    reason: Sentence = ""


class NewDecline(Input):
    """Why an item is not used."""

    reason_code: DeclineReason
    reason: Sentence = ""


class NewAdoption(Input):
    """Into which periodical, and how; `issue_id` names one of several drafts."""

    periodical_id: UUID
    mode: AdoptionMode = AdoptionMode.SINGLE
    issue_id: UUID | None = None


class LeavingIssue(Input):
    """Which place is given up, where an item has several."""

    adoption_id: UUID | None = None


class NewForward(Input):
    """Where to send the item on, and the text if it differs."""

    to: str = Field(default="", max_length=60)
    title: str | None = None
    body: str | None = None


class ForwardWithdrawal(Input):
    """Why a proposal is withdrawn."""

    reason: Sentence = ""


class InstructionInput(Input):
    """A leader's instruction."""

    leader_name: str = Field(max_length=120)
    leader_rank: LeaderRank
    text: Sentence
    given_on: date
    share: Share = Share.FACT


class NewIssue(Input):
    """Which periodical gets another draft."""

    periodical_id: UUID
    series: Series = Series.REGULAR


class IssueInput(Input):
    """A change of a draft issue; what is left out stays."""

    adoption_ids: list[UUID] | None = Field(default=None, max_length=200)
    note: str | None = None
    mark: str | None = None
    report_to: str | None = None
    send_to: str | None = None
    distribute_to: str | None = None
    copies: int | None = Field(default=None, ge=0, le=100_000)
