"""What a service has of an item, counted; and the order to erase it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self
from uuid import UUID

from pydantic import BaseModel, Field

from services.kernel.language.events.parts import OfficerRef


class Order(BaseModel):
    """Which item is erased, by whom and why: what each service writes into its audit."""

    origin_id: UUID
    by: OfficerRef | None = None
    reason: str = Field(max_length=400)


@dataclass(frozen=True)
class Copies:
    """What a service has of an item, or had: facts in its outbox, records, files, and the topics of its facts."""

    facts: int = 0
    rows: int = 0
    digests: frozenset[str] = frozenset()
    topics: frozenset[str] = frozenset()
    title: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing."""
        return not (self.facts or self.rows or self.digests)

    def to_wire(self) -> dict[str, Any]:
        """As another service of the node reads it."""
        sets = {"digests": sorted(self.digests), "topics": sorted(self.topics)}
        return {"facts": self.facts, "rows": self.rows, "title": self.title, **sets}

    @classmethod
    def from_wire(cls, said: Mapping[str, Any]) -> Self:
        """Read what another service said."""
        sets = {"digests": frozenset(said["digests"]), "topics": frozenset(said["topics"])}
        return cls(facts=int(said["facts"]), rows=int(said["rows"]), title=str(said["title"]), **sets)


@dataclass
class Tally:
    """What an erasure came to so far, by service; files deleted, topics cleared."""

    copies: dict[str, Copies] = field(default_factory=dict)
    files: int = 0
    topics: int = 0
