"""The books of a world, read from the files of its nodes: what was told, what came, and what took effect."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

NODES = ("township", "district", "city")
SERVICES = ("directory", "intake", "review", "disclosure", "stats", "exchange")

_TOLD = "SELECT topic, key, sequence, epoch, event_id, type, body FROM outbox"


@dataclass(frozen=True)
class Told:
    """A fact in an outbox."""

    node: str
    service: str
    topic: str
    key: str
    sequence: int
    epoch: int
    event_id: str
    type: str
    body: bytes = field(repr=False)

    @property
    def place(self) -> tuple[str, str]:
        """Topic and key."""
        return self.topic, self.key

    @property
    def is_returned(self) -> bool:
        """Whether it is a fact of a restored node that a neighbour gave back, told within the node once more."""
        return self.topic.startswith(f"{self.node}.exchange.returned")

    @property
    def data(self) -> dict[str, Any]:
        """The fact itself."""
        found: dict[str, Any] = json.loads(self.body)
        return found

    def __str__(self) -> str:
        """How a report names it."""
        return f"{self.topic} {self.key} #{self.sequence} (epoch {self.epoch}) {self.type} {self.event_id}"


class Ledger:
    """One service's database of one node, opened for reading."""

    def __init__(self, node: str, service: str, file: Path) -> None:
        self.node, self.service, self.file = node, service, file

    def rows(self, query: str, *values: Any) -> list[sqlite3.Row]:
        """What a query finds."""
        with closing(sqlite3.connect(f"file:{self.file}?mode=ro", uri=True, timeout=30)) as connection:
            connection.row_factory = sqlite3.Row
            return connection.execute(query, values).fetchall()

    def told(self) -> Iterator[Told]:
        """Every fact that this service told."""
        for row in self.rows(f"{_TOLD} ORDER BY id"):
            yield Told(self.node, self.service, *row)

    def gone(self, *, besides: Collection[str]) -> Iterator[Told]:
        """Every fact of which the broker has said that it holds it, without those of known ids."""
        published = self.rows("SELECT id, event_id FROM outbox WHERE published_at IS NOT NULL")
        fresh = [row["id"] for row in published if row["event_id"] not in besides]
        for row in self.rows(f"{_TOLD} WHERE id IN (SELECT value FROM json_each(?))", json.dumps(fresh)):
            if not (one := Told(self.node, self.service, *row)).is_returned:
                yield one

    def column(self, query: str, *values: Any) -> list[Any]:
        """The first column of what a query finds."""
        return [row[0] for row in self.rows(query, *values)]


def ledgers(base: Path) -> dict[tuple[str, str], Ledger]:
    """Every database of the world that lies in this folder, by node and service."""
    return {
        (node, service): Ledger(node, service, base / node / "data" / f"{service}.db")
        for node in NODES
        for service in SERVICES
    }
