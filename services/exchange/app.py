"""Wiring of the exchange: what it serves, listens to, tells and runs."""

from __future__ import annotations

from pathlib import Path

from services.exchange import api, pages
from services.exchange.actions.erasing import erase_item, give_up_files
from services.exchange.actions.pruning import prune
from services.exchange.agents import LISTENS_TO, REPLAYS
from services.exchange.cli import app as cli
from services.exchange.model import METADATA
from services.exchange.pages.agenda import agenda_of
from services.exchange.store.ledger import count_rows_naming
from services.exchange.workers import WORKERS, read_gauges
from services.kernel.runtime.service import Beyond, Service

_HERE = Path(__file__).parent


def exchange_service() -> Service:
    """交换: carries facts between nodes."""
    return Service(
        name="exchange",
        title="交换",
        metadata=METADATA,
        migrations=_HERE / "migrations",
        tells=tuple(REPLAYS),
        listens_to=LISTENS_TO,
        replays=REPLAYS,
        routers=(api.router, pages.router),
        workers=WORKERS,
        prune=prune,
        beyond=Beyond(clear=give_up_files, count=count_rows_naming, erase=erase_item),
        templates=_HERE / "templates",
        cli=cli,
        agenda=agenda_of,
        gauges=read_gauges,
    )
