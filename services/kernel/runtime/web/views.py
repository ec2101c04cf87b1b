"""What APIs answer: frozen views read from rows, and one page of a list of them."""

from __future__ import annotations

from typing import Annotated, Any, Generic, Self, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict

from services.kernel.language.events.parts import OfficerRef

Row = TypeVar("Row")


def _name_of(officer: OfficerRef | str) -> str:
    return officer.name if isinstance(officer, OfficerRef) else officer


Named = Annotated[str, BeforeValidator(_name_of)]
"""Of an officer, the name alone."""


class View(BaseModel):
    """What goes out; checked once, when it is made, and not again when it is answered."""

    model_config = ConfigDict(from_attributes=True, frozen=True)

    @classmethod
    def read(cls, row: object, **more: Any) -> Self:
        """The view of a row: every field is the row's attribute of its name, unless `more` has it."""
        own = {name: getattr(row, name) for name in cls.model_fields if name not in more}
        return cls.model_validate(own | more)


class Page(View, Generic[Row]):
    """One page of a list; `next` is the cursor of the following one, null on the last."""

    items: list[Row]
    next: str | None = None


class FieldErrorView(View):
    """One field that stands in the way: its name, a stable code and a Chinese sentence."""

    field: str
    code: str
    message: str


class WordView(View):
    """One word of a closed list: its code, and what people read for it."""

    code: str
    label: str
