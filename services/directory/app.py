"""Wiring of the directory: what it serves, tells and runs."""

from __future__ import annotations

from pathlib import Path

from services.directory.actions.measuring import measure
from services.directory.agents import REPLAYS
from services.directory.api import router as api
from services.directory.cli import app as command_line
from services.directory.model import METADATA
from services.directory.pages import root_router
from services.directory.pages import router as pages
from services.directory.workers import forget_ended_sign_ins
from services.kernel.runtime.service import Service, ServiceContext

_HERE = Path(__file__).parent


def directory_service() -> Service:
    """机构人员: units, officers, sign-in, neighbouring nodes and working days."""
    return Service(
        name="directory",
        title="机构人员",
        metadata=METADATA,
        migrations=_HERE / "migrations",
        tells=tuple(REPLAYS),
        replays=REPLAYS,
        routers=(api, pages),
        root_routers=(root_router,),
        workers=(forget_ended_sign_ins,),
        templates=_HERE / "templates",
        cli=command_line,
        gauges=_measure,
    )


async def _measure(context: ServiceContext) -> None:
    async with context.database.reading() as session:
        await measure(session, node_id=context.node.node_id, now=context.clock())
