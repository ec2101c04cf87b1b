"""What a service is made of, and what its running parts are given."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import httpx
import typer
from fastapi import APIRouter
from sqlalchemy import MetaData

from services.kernel.language.events import Fact
from services.kernel.runtime.database import Database
from services.kernel.runtime.files import FileStore
from services.kernel.runtime.inbox import ListensTo
from services.kernel.runtime.live import Signals
from services.kernel.runtime.naps import utc_now
from services.kernel.runtime.settings import NodeInfo, Settings
from services.kernel.runtime.tokens import KeyPair


@dataclass
class ServiceContext:
    """What one running service works with; `request.app.state.context` in its handlers.

    `http` reaches every service of this node under its public paths (`/review/…`), in the
    process itself or over the network.
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

    @property
    def node(self) -> NodeInfo:
        """The node this service belongs to."""
        return self.settings.node


Worker = Callable[[ServiceContext, asyncio.Event], Awaitable[None]]
"""Runs unasked until the event is set; started again with back-off when it raises."""


@dataclass(frozen=True)
class Service:
    """One service's wiring: what it serves, listens to, tells and runs."""

    name: str
    title: str
    metadata: MetaData
    migrations: Path
    tells: tuple[type[Fact], ...] = ()
    listens_to: ListensTo = field(default_factory=dict)
    routers: Sequence[APIRouter] = ()
    root_routers: Sequence[APIRouter] = ()
    workers: Sequence[Worker] = ()
    templates: Path | None = None
    cli: typer.Typer | None = None
    setup: Callable[[ServiceContext], Awaitable[None]] | None = None
    gauges: Callable[[ServiceContext], Awaitable[None]] | None = None

    @property
    def urgent_topics(self) -> list[str]:
        """Topics of the urgent lane that it listens to, without prefix."""
        return [topic for topic in self.listens_to if topic.endswith((".emergency", "_urgent"))]

    @property
    def routine_topics(self) -> list[str]:
        """All other topics that it listens to, without prefix."""
        return [topic for topic in self.listens_to if topic not in self.urgent_topics]
