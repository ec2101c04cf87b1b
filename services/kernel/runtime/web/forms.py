"""A posted form: what it means as an input model, and how it comes back when it was refused."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import NoneType, UnionType
from typing import Annotated, Any, Self, TypeVar, Union, get_args, get_origin

from fastapi import Request, Response
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from starlette.datastructures import FormData

from services.kernel.language.refusal import InvalidInput, NotFound, NotHereYet, NotPermitted, NotSignedIn, Refusal
from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.web.repeats import form_of
from services.kernel.runtime.web.sentences import error_of, label_at

Value = TypeVar("Value", bound=BaseModel)
Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])

_NOT_OF_THE_FORM = {NotFound, NotHereYet, NotPermitted, NotSignedIn}
"""Who is refused so has no form before him that he could send again; a kind of its own says what to change."""


@dataclass(frozen=True)
class Typed:
    """A form as a page shows it: `fields` as typed, `errors` by field, `message` about the whole."""

    fields: Mapping[str, Any] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    message: str = ""
    status: int = 200

    @classmethod
    def refused(cls, fields: Mapping[str, Any], refusal: Refusal) -> Self:
        """The form as it comes back when a rule said no; where each field says what is wrong, that is said once."""
        errors = {str(error["field"]): str(error["message"]) for error in refusal.details.get("errors", ())}
        message = "" if errors and isinstance(refusal, InvalidInput) else str(refusal)
        return cls(fields, errors, message, refusal.status)

    def get(self, name: str, otherwise: object = "") -> str:
        """What was typed into a field, else what it starts from."""
        return str(self.fields.get(name, str(otherwise or "")))


Show = Callable[[Request, AsyncSession, Typed, Refusal], Awaitable[Response]]
"""The page of a form that was refused, read anew: by then nothing is being written any more."""


def comes_back(show: Show) -> Callable[[Endpoint], Endpoint]:
    """Mark the function of a page's form: where a rule refuses it, the edge rolls back and answers with `show`."""

    def mark(endpoint: Endpoint) -> Endpoint:
        endpoint.comes_back = show  # type: ignore[attr-defined]
        return endpoint

    return mark


async def bring_back(endpoint: Callable[..., Any], request: Request, refusal: Refusal) -> Response:
    """The form with all that was typed and what is wrong with it.

    Raises:
        Refusal: The same one, where there is no form to come back.
    """
    show: Show | None = getattr(endpoint, "comes_back", None)
    accepted = request.headers.get("accept", "")
    is_program = "json" in accepted and "html" not in accepted
    if show is None or is_program or type(refusal) in _NOT_OF_THE_FORM:
        raise refusal
    form = await form_of(request)
    typed = {name: value for name, value in form.items() if isinstance(value, str)}
    fields = typed | getattr(request.state, "typed", {})
    async with request.app.state.context.database.reading() as session:
        answer = await show(request, session, Typed.refused(fields, refusal), refusal)
    answer.headers.update(refusal.headers)
    return answer


async def read_form(
    request: Request, model: type[Value], *, parted: Mapping[str, re.Pattern[str]] | None = None
) -> Value:
    """What a posted form means as `model`.

    Args:
        parted: Lists that are typed in one control, with what stands between their entries.

    Raises:
        InvalidInput: `errors` names each field that does not fit.
    """
    form, parted = await request.form(), parted or {}
    written = {name: str(form.get(name) or "") for name in parted}
    request.state.typed = typed = typed_as(model, form) | written
    said = {name: _said(model.model_fields.get(name), value) for name, value in typed.items()}
    return meant(model, said | {name: list(filter(None, parted[name].split(text))) for name, text in written.items()})


def meant(model: type[Value], said: Mapping[str, Any]) -> Value:
    """The fields of a form as `model`.

    Raises:
        InvalidInput: See `read_form`.
    """
    try:
        return model.model_validate(said)
    except ValidationError as fault:
        found: dict[str, dict[str, str]] = {}
        for error in fault.errors(include_url=False):
            name = str(next(iter(error["loc"]), ""))
            found.setdefault(name, error_of(error, name, label_at(model, error["loc"])))
        raise InvalidInput(errors=list(found.values())) from fault


def typed_as(model: type[BaseModel], form: FormData) -> dict[str, Any]:
    """The fields as they were typed: the lists of `model` with all their values, its boxes as ticked or not."""
    typed: dict[str, Any] = {name: value for name, value in form.items() if isinstance(value, str)}
    for name, info in model.model_fields.items():
        kinds = set(_kinds(info.annotation))
        if kinds & {list, tuple, set, frozenset}:
            typed[name] = [value for value in form.getlist(name) if isinstance(value, str)]
        elif bool in kinds:
            typed[name] = bool(form.get(name))
    return typed


def _said(info: FieldInfo | None, value: Any) -> Any:
    """A control that may be left blank says nothing when it is, unless blank is a text."""
    kinds = set(_kinds(info.annotation)) if info else set()
    return None if value == "" and NoneType in kinds and str not in kinds else value


def _kinds(annotation: Any) -> Iterator[Any]:
    """What a value may be, by its plain types: those of a union each, of a list the list."""
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from _kinds(get_args(annotation)[0])
    elif origin in {Union, UnionType}:
        for one in get_args(annotation):
            yield from _kinds(one)
    else:
        yield origin or annotation
