"""Posted forms: what was typed, what it means, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Annotated, Any, Generic, Self, TypeVar
from uuid import UUID

from fastapi import Depends, Request
from pydantic import BaseModel, BeforeValidator, Field, ValidationError

from services.kernel.language.refusal import Refusal
from services.kernel.language.vocabulary import (
    AdoptionMode,
    DeclineReason,
    LeaderRank,
    ReturnReason,
    Share,
    SignMode,
)

_SENTENCES = {
    "missing": "请填写。",
    "enum": "请从列出的选项中选择。",
    "uuid_parsing": "请选择。",
    "date_from_datetime_parsing": "日期写作 年-月-日。",
    "int_parsing": "请填写数字。",
}

Value = TypeVar("Value", bound=BaseModel)


@dataclass(frozen=True)
class Typed(Generic[Value]):
    """A form: `fields` as typed (kept when it fails), `value` when all is well, `errors` by field."""

    fields: Mapping[str, str] = field(default_factory=dict)
    value: Value | None = None
    errors: Mapping[str, str] = field(default_factory=dict)
    message: str = ""
    status: int = 200

    def refused(self, refusal: Refusal) -> Self:
        """The form as it comes back when a rule said no."""
        errors = {str(error["field"]): str(error["message"]) for error in refusal.details.get("errors", ())}
        return replace(self, value=None, errors=errors, message="" if errors else str(refusal), status=refusal.status)

    def get(self, name: str, otherwise: object = "") -> str:
        """What was typed into a field, else what it starts from."""
        return self.fields.get(name, str(otherwise or ""))


async def read_form(request: Request, model: type[Value]) -> Typed[Value]:
    """What a posted form means as `model`."""
    typed = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
    try:
        return Typed(typed, model.model_validate(typed))
    except ValidationError as fault:
        errors = {str(error["loc"][0]): _SENTENCES.get(error["type"], "填写有误。") for error in fault.errors()}
        return Typed(typed, errors=errors, status=422)


async def _form_version(request: Request) -> int | None:
    given = str((await request.form()).get("version", ""))
    return int(given) if given.isdecimal() and len(given) <= 18 else None


FormVersion = Annotated[int | None, Depends(_form_version)]
"""The version that the posted button was offered for."""

Blank = BeforeValidator(lambda value: None if value == "" else value)


class EditionForm(BaseModel):
    """This office's edition."""

    title: str = ""
    body: str = ""


class ReasonForm(BaseModel):
    """A question, or a reason without a code."""

    text: str = ""


class ReturnForm(BaseModel):
    """Why an item goes back."""

    reason_code: ReturnReason
    reason: str = ""


class DeclineForm(BaseModel):
    """Why an item is not used."""

    reason_code: DeclineReason
    reason: str = ""


class AdoptForm(BaseModel):
    """Into which periodical, and how."""

    periodical_id: UUID
    mode: AdoptionMode = AdoptionMode.SINGLE


class InstructionForm(BaseModel):
    """A leader's instruction."""

    leader_name: str = ""
    leader_rank: LeaderRank
    text: str = ""
    given_on: date
    share: Share = Share.FACT


class CheckForm(BaseModel):
    """A reviewer's check with the ticks of a person."""

    is_true: bool = False
    is_clear: bool = False
    is_not_secret: bool = False
    alone_reason: str = ""

    @property
    def is_ticked(self) -> bool:
        """Whether everything was confirmed."""
        return self.is_true and self.is_clear and self.is_not_secret


class SignForm(BaseModel):
    """How a sign-off was given."""

    sign_mode: SignMode = SignMode.ONLINE
    signed_by_name: str = Field(default="", max_length=120)


class AnswerForm(BaseModel):
    """An answer to a question."""

    question_id: Annotated[UUID | None, Blank] = None
    answer: str = ""
    back: str = ""


class IssueForm(BaseModel):
    """What stands around the items of an issue."""

    note: str = ""
    mark: str = ""
    report_to: str = ""
    send_to: str = ""
    distribute_to: str = ""
    copies: Annotated[int | None, Blank, Field(ge=0, le=100_000)] = None

    def texts(self) -> dict[str, Any]:
        """The parts that are text."""
        return self.model_dump(exclude={"copies"})
