"""What a service is made of, and what its running parts are given."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import httpx
import typer
from fastapi import APIRouter
from sqlalchemy import MetaData

from services.kernel.language.actor import Actor
from services.kernel.language.events import Fact, urgent_twins
from services.kernel.language.rulebooks import Rulebook
from services.kernel.runtime.heard.ended import EndedSessions
from services.kernel.runtime.keeping.erasure.texts import Texts
from services.kernel.runtime.pages.agenda import Agenda
from services.kernel.runtime.rulebooks.hooks import Hooks
from services.kernel.runtime.storing.database import Database
from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.storing.transaction import Transaction
from services.kernel.runtime.surroundings.clock import utc_now
from services.kernel.runtime.surroundings.settings import NodeInfo, Settings
from services.kernel.runtime.surroundings.signals import NamedChannel, Signals
from services.kernel.runtime.telling.inbox import Handler, ListensTo, in_both_lanes
from services.kernel.runtime.telling.returned import listens_to_returned
from services.kernel.runtime.uploads.files import FileStore
from services.kernel.runtime.web.tokens import KeyPair

if TYPE_CHECKING:
    from services.kernel.runtime.web.identity import Officer

AskAgenda = Callable[["Officer"], Awaitable[Agenda]]
"""What a service of the same process has for an officer to do."""


@dataclass
class ServiceContext:
    """What one running service works with; `request.app.state.context` in its handlers.

    `http` reaches every service of this node under its public paths (`/review/…`), in the
    process itself or over the network. `agendas` asks those of the same process without a request.
    """

    name: str
    settings: Settings
    database: Database
    files: FileStore
    signals: Signals
    http: httpx.AsyncClient
    token_keys: KeyPair
    node_keys: KeyPair
    clock: Callable[[], datetime] = utc_now
    agendas: Mapping[str, AskAgenda] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Which sign-ins have ended is read from this service's own database."""
        self.ended = EndedSessions(self.database, self.signals)

    @property
    def node(self) -> NodeInfo:
        """The node this service belongs to."""
        return self.settings.node


Worker = Callable[[ServiceContext, asyncio.Event], Awaitable[None]]
"""Runs unasked until the event is set; started again with back-off when it raises."""

Prune = Callable[[Transaction, Settings], Awaitable[int]]
"""Removes a small batch of what the service need not keep any more; how many rows, 0 when there is nothing left."""


MayHear = Callable[[AsyncSession, Actor, NamedChannel, NodeInfo], Awaitable[bool]]
"""Whether an officer may hear that what a channel shows has changed."""


ReadAgenda = Callable[[AsyncSession, "Officer", datetime, ServiceContext], Awaitable[Agenda]]
"""Reads from the service's own tables what it has for an officer to do."""


async def _no_rows(_where: object, _origin_id: UUID) -> int:
    return 0


@dataclass(frozen=True)
class Beyond:
    """Copies of an item that a service keeps beside `texts`.

    `count` and `erase` answer how many rows; `clear` drops what it has made of texts on the disk,
    and whatever it would do with these files, which are about to be deleted.
    """

    clear: Callable[[ServiceContext, Collection[str]], Awaitable[None]]
    count: Callable[[AsyncSession, UUID], Awaitable[int]] = _no_rows
    erase: Callable[[Transaction, UUID], Awaitable[int]] = _no_rows


@dataclass(frozen=True)
class Service:
    """One service's wiring: what it serves, listens to, tells and runs.

    `replays` has a handler for every fact of `tells`: it puts what the fact says back into the
    service's own tables, after a restore from a backup. Such a handler tells nothing, may meet
    state that is there already, and takes its time from the fact.

    `rulebooks` are the rules that its administrators change without us; `rulebook_hooks` says by their
    names what the service adds to some of them.

    `is_public` says that its port is for citizens: a process of such services alone shows there what
    is under `/open`, and the rest only on the inside port.
    """

    name: str
    title: str
    metadata: MetaData
    migrations: Path
    tells: tuple[type[Fact], ...] = ()
    listens_to: ListensTo = field(default_factory=dict)
    replays: Mapping[type[Fact], Handler] = field(default_factory=dict)
    routers: Sequence[APIRouter] = ()
    root_routers: Sequence[APIRouter] = ()
    workers: Sequence[Worker] = ()
    prune: Prune | None = None
    texts: Sequence[Texts] = ()
    beyond: Beyond | None = None
    templates: Path | None = None
    cli: typer.Typer | None = None
    rulebooks: Sequence[Rulebook[Any]] = ()
    rulebook_hooks: Mapping[str, Hooks] = field(default_factory=dict)
    may_hear: MayHear | None = None
    agenda: ReadAgenda | None = None
    setup: Callable[[ServiceContext], Awaitable[None]] | None = None
    gauges: Callable[[ServiceContext], Awaitable[None]] | None = None
    is_public: bool = False

    def __post_init__(self) -> None:
        """One row serves both lanes, and every service takes its own facts back that a neighbour returns."""
        rows = {**self.listens_to, **listens_to_returned(self)}
        object.__setattr__(self, "listens_to", in_both_lanes(rows))

    def hooks_of(self, book: Rulebook[Any]) -> Hooks:
        """What the service adds to one of its rulebooks."""
        return self.rulebook_hooks.get(book.name, Hooks())

    @property
    def urgent_topics(self) -> list[str]:
        """Topics of the urgent lane that it listens to, without prefix."""
        urgent = set(urgent_twins().values())
        return [topic for topic in self.listens_to if topic in urgent]

    @property
    def routine_topics(self) -> list[str]:
        """All other topics that it listens to, without prefix."""
        return [topic for topic in self.listens_to if topic not in self.urgent_topics]
