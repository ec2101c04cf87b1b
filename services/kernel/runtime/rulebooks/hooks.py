"""What a service adds to a rulebook of its own: what it refuses, what a change would do, and what follows from it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.storing.transaction import Transaction
from services.kernel.runtime.surroundings.settings import Settings


@dataclass(frozen=True)
class Effect:
    """One line of what a change would do: whom it concerns, what stands there now, what would, and by how much."""

    whom: str
    before: str
    after: str
    change: str = ""
    note: str = ""


@dataclass(frozen=True)
class Foresight:
    """What a change would do, in lines; those that change first in the reader's eye."""

    title: str
    note: str
    effects: Sequence[Effect]


async def _nothing(*_: Any) -> None:
    return None


def _as_it_is(text: str, _settings: Settings) -> str:
    return text


@dataclass(frozen=True)
class Hooks:
    """`require` raises a refusal, `foresee` looks ahead, `apply` does what follows; each is given the new rules.

    `begin_with` makes of the default text the one that a new node of these settings begins with.
    """

    require: Callable[[AsyncSession, Any, datetime], Awaitable[None]] = _nothing
    foresee: Callable[[AsyncSession, Any, datetime], Awaitable[Foresight | None]] = _nothing
    apply: Callable[[Transaction, Any], Awaitable[None]] = _nothing
    begin_with: Callable[[str, Settings], str] = _as_it_is
