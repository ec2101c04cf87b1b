"""The officer who acts or reads, as far as the rules of any service look."""

from __future__ import annotations

from typing import Protocol
from uuid import UUID

from services.kernel.language.vocabulary import Role, UnitKind


class Actor(Protocol):
    """Who he is, in which unit, with which roles."""

    @property
    def officer_id(self) -> UUID: ...  # noqa: D102
    @property
    def unit_id(self) -> UUID: ...  # noqa: D102
    @property
    def unit_kind(self) -> UnitKind: ...  # noqa: D102
    @property
    def roles(self) -> frozenset[Role]: ...  # noqa: D102
