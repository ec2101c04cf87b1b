"""Column types that several services keep: words of the vocabulary, and parts of facts as JSON."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, Dialect, String, TypeDecorator

from services.kernel.language.events.parts import Hop, OfficerRef, Part, UnitRef
from services.kernel.language.vocabulary import Word


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


class Kept(TypeDecorator[Any]):
    """A part of a fact (frozen value), stored as JSON, so that it stays what it was then."""

    impl = JSON(none_as_null=True)
    cache_ok = True

    def __init__(self, part: type[Part]) -> None:
        super().__init__()
        self.part = part

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """Store the value as plain JSON."""
        return None if value is None else value.model_dump(mode="json")

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """Read the value back."""
        return None if value is None else self.part.model_validate(value)


class KeptList(TypeDecorator[Any]):
    """Parts of facts in their order, stored as a JSON list."""

    impl = JSON
    cache_ok = True

    def __init__(self, part: type[Part]) -> None:
        super().__init__()
        self.part = part

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """Store the values as plain JSON."""
        return [self.part.model_validate(one).model_dump(mode="json") for one in value or ()]

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """Read the values back."""
        return tuple(self.part.model_validate(one) for one in value or ())


KEPT_HOPS = KeptList(Hop)
KEPT_UNITS = KeptList(UnitRef)
KEPT_OFFICER = Kept(OfficerRef)
