"""What comes in by API or form, one model for each verb; `title` is what people call a field."""

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
from services.review.model.issue import Series
from services.review.policy.texts import ALONE_LIMIT, ANSWER_LIMIT, NAME_LIMIT, SENTENCE_LIMIT

Sentence = Annotated[str, Field(max_length=SENTENCE_LIMIT)]


class Input(BaseModel):
    """What every input shares: unknown fields are passed over."""

    model_config = ConfigDict(extra="ignore")


class NewCheck(Input):
    """A reviewer's check; a reason is needed to check what one submitted oneself."""

    alone_reason: str = Field(default="", max_length=ALONE_LIMIT, title="一人办理的理由")


class NewSignature(Input):
    """How a sign-off was given: online by the signer, or recorded as given on paper or orally."""

    signed_by_name: str = Field(default="", max_length=120, title="签发人姓名")
    sign_mode: SignMode = Field(default=SignMode.ONLINE, title="签发方式")


class EditionChange(Input):
    """A change of this office's edition; what is left out stays."""

    title: str | None = None
    body: str | None = None


class NewQuestion(Input):
    """Something to verify."""

    question: Sentence = Field(title="要核实的问题")


class NewAnswer(Input):
    """An answer to the oldest open question, or to the one named."""

    answer: str = Field(max_length=ANSWER_LIMIT, title="答复")
    question_id: UUID | None = Field(default=None, title="核实")


class NewReturn(Input):
    """Why an item goes back."""

    reason_code: ReturnReason = Field(title="原因")
    reason: Sentence = Field(default="", title="退回理由")


class NewDecline(Input):
    """Why an item is not used."""

    reason_code: DeclineReason = Field(title="原因")
    reason: Sentence = Field(default="", title="说明")


class NewAdoption(Input):
    """Into which periodical, and how (as it was reported where nothing is said); `issue_id` names one of several drafts."""

    periodical_id: UUID = Field(title="刊物")
    mode: AdoptionMode | None = Field(default=None, title="采用方式")
    issue_id: UUID | None = Field(default=None, title="期")


class LeavingIssue(Input):
    """Which place is given up, where an item has several."""

    adoption_id: UUID | None = Field(default=None, title="编入的稿件")


class NewForward(Input):
    """Where to send the item on, and the text if it differs."""

    to: str = Field(default="", max_length=60, title="转报单位")
    title: str | None = None
    body: str | None = None


class ForwardWithdrawal(Input):
    """Why a proposal is withdrawn."""

    reason: Sentence = Field(default="", title="理由")


class NewInstruction(Input):
    """A leader's instruction."""

    leader_name: str = Field(max_length=NAME_LIMIT, title="领导姓名")
    leader_rank: LeaderRank = Field(title="职务")
    text: Sentence = Field(title="批示内容")
    given_on: date = Field(title="批示日期")
    share: Share = Field(default=Share.FACT, title="告知下级")


class NewIssue(Input):
    """Which periodical gets another draft."""

    periodical_id: UUID = Field(title="刊物")
    series: Series = Field(default=Series.REGULAR, title="系列")


class IssueInput(Input):
    """A change of a draft issue; what is left out stays."""

    adoption_ids: list[UUID] | None = Field(default=None, max_length=200, title="编入的稿件")
    note: str | None = Field(default=None, title="按语")
    mark: str | None = Field(default=None, title="报头标注")
    report_to: str | None = Field(default=None, title="报")
    send_to: str | None = Field(default=None, title="送")
    distribute_to: str | None = Field(default=None, title="发")
    copies: int | None = Field(default=None, ge=0, le=100_000, title="印数")

    @property
    def texts(self) -> dict[str, str]:
        """The parts that are text, as far as they are given."""
        return self.model_dump(exclude={"adoption_ids", "copies"}, exclude_none=True)
