"""What callers send: a public text, whole or in part, a review, a revocation."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.disclosure.policy.fields import LABELS, OPINION_LIMIT, REASON_LIMIT
from services.disclosure.policy.point import ReviewPoint
from services.kernel.language.vocabulary import DisclosureAttribute, NonDisclosureGround, ReviewOutcome, Validity

# Long enough that the rules can say in a sentence what is too long, short enough to be read at all.
_Text = Annotated[str, Field(max_length=2_000_000)]


class Input(BaseModel):
    """What every input shares: unknown fields are passed over, and each known one has its label in the catalogue."""

    model_config = ConfigDict(extra="ignore", field_title_generator=lambda name, _info: LABELS[name])


class InformationChange(Input):
    """Any subset of the fields; what is left out stays as it is."""

    title: _Text | None = None
    body: _Text | None = None
    summary: _Text | None = None
    category_id: Annotated[str, Field(max_length=40)] | None = None
    attribute: DisclosureAttribute | None = None
    document_no: _Text | None = None
    formed_on: date | None = None
    subject: _Text | None = None
    genre: _Text | None = None
    audience: _Text | None = None
    keywords: Annotated[list[_Text], Field(max_length=200)] | None = None
    is_normative: bool | None = None
    effective_on: date | None = None
    repealed_on: date | None = None
    validity: Validity | None = None
    source: _Text | None = None
    responsible_section: _Text | None = None

    @property
    def values(self) -> dict[str, Any]:
        """The fields of the text that were sent."""
        return {name: getattr(self, name) for name in self.model_fields_set - {"origin_id"}}


class NewInformation(InformationChange):
    """A new public text, from nothing or from an internal item."""

    title: _Text
    body: _Text
    category_id: Annotated[str, Field(max_length=40)]
    attribute: DisclosureAttribute
    origin_id: UUID | None = None


class NewReview(Input):
    """A confidentiality review: the decision, the opinion, the ground where nothing is opened.

    `points` are those in which nothing was found, `doubts` the others; without `points` the
    opinion speaks for all of them, unless the text has hints and is to be opened. `passages` are quoted from the text and are to be cut.
    """

    outcome: ReviewOutcome
    opinion: Annotated[str, Field(max_length=OPINION_LIMIT)] = ""
    ground: NonDisclosureGround | None = None
    points: Annotated[list[ReviewPoint], Field(max_length=20)] | None = None
    doubts: list[ReviewPoint] = Field(default_factory=list, max_length=20)
    passages: list[Annotated[str, Field(max_length=OPINION_LIMIT)]] = Field(default_factory=list, max_length=50)


class NewRevocation(Input):
    """Why a text is taken off the portal; the sentence is shown there."""

    reason: Annotated[str, Field(min_length=1, max_length=REASON_LIMIT)]
