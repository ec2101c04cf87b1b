"""Wiring of the exchange: what it serves, listens to, tells and runs."""

from __future__ import annotations

from pathlib import Path

from services.exchange import api, pages
from services.exchange.agents import LISTENS_TO
from services.exchange.cli import app as cli
from services.exchange.model import METADATA
from services.exchange.workers import WORKERS, read_gauges
from services.kernel.language.events.exchange import LinkStateChanged, SubmissionDelivered
from services.kernel.runtime.service import Service

_HERE = Path(__file__).parent


def exchange_service() -> Service:
    """交换: carries facts between nodes."""
    return Service(
        name="exchange",
        title="交换",
        metadata=METADATA,
        migrations=_HERE / "migrations",
        tells=(SubmissionDelivered, LinkStateChanged),
        listens_to=LISTENS_TO,
        routers=(api.router, pages.router),
        workers=WORKERS,
        templates=_HERE / "templates",
        cli=cli,
        gauges=read_gauges,
    )
