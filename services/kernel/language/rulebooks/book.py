"""What a rulebook is: a named text with a checked model, a first version beside the code, and those who keep it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import BaseModel

from services.kernel.language.rulebooks.reading import read_kept
from services.kernel.language.vocabulary import Role

Rules = TypeVar("Rules", bound=BaseModel)


@dataclass(frozen=True)
class Rulebook(Generic[Rules]):
    """One rulebook of a service.

    `default` is the file that is version 1. `about` says in a sentence what the rules govern, `how`
    what their author has to know. Who saves a version says from which day on it holds; one that is
    not `is_dated` holds from the day on which it is saved; and where `span` is given, the text itself
    says its first day and, where it has one, its last. `redraft` makes of a kept text the one from
    which its next version is written: the text, all versions, and today.
    """

    name: str
    title: str
    model: type[Rules]
    default: Path
    about: str
    how: Sequence[str] = ()
    editors: frozenset[Role] = frozenset({Role.ADMIN})
    is_dated: bool = True
    span: Callable[[Rules], tuple[date, date | None]] | None = None
    redraft: Callable[[str, Sequence[Rules], date], str] | None = None

    def read(self, text: str) -> Rules:
        """What a kept text says."""
        return read_kept(text, self.model)

    @property
    def asks_for_a_day(self) -> bool:
        """Whether whoever saves a version has to say from which day on it holds."""
        return self.is_dated and self.span is None
