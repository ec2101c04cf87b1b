"""The common ground of disclosure's tables: the collection they stand in, words and officers as columns."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, Dialect, String, TypeDecorator
from sqlmodel import SQLModel

from services.kernel.language.events.parts import OfficerRef
from services.kernel.language.vocabulary import Word
from services.kernel.runtime.tables import service_metadata

METADATA = service_metadata()


class Table(SQLModel):
    """What every table of disclosure stands in."""

    metadata = METADATA


class Coded(TypeDecorator[Any]):
    """A word of a closed list, stored as its code."""

    impl = String(32)
    cache_ok = True

    def __init__(self, word: type[Word]) -> None:
        super().__init__()
        self.word = word

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """Store the code; refuse what is no word of the list."""
        return None if value is None else self.word(value).value

    def process_result_value(self, value: Any, dialect: Dialect) -> Word | None:
        """Read the word back."""
        return None if value is None else self.word(value)


class KeptOfficer(TypeDecorator[Any]):
    """Who did it, stored as JSON, so that the name stays what it was then."""

    impl = JSON(none_as_null=True)
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """Store the reference as plain JSON."""
        return None if value is None else value.model_dump(mode="json")

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """Read the reference back."""
        return None if value is None else OfficerRef.model_validate(value)
