"""Wiring of intake: what it serves, listens to and tells."""

from __future__ import annotations

from pathlib import Path

from services.intake import metrics, store
from services.intake.actions.reading import may_hear
from services.intake.agents import LISTENS_TO, REPLAYS
from services.intake.api import ROUTERS as API
from services.intake.model import METADATA
from services.intake.model.erasing import TEXTS
from services.intake.pages import ROUTERS as PAGES
from services.intake.pages.agenda import agenda_of
from services.kernel.runtime.service import Service, ServiceContext

_HERE = Path(__file__).parent


def intake_service() -> Service:
    """报送: takes items in from the node's own units."""
    return Service(
        name="intake",
        title="信息报送",
        metadata=METADATA,
        migrations=_HERE / "migrations",
        texts=TEXTS,
        tells=tuple(REPLAYS),
        listens_to=LISTENS_TO,
        replays=REPLAYS,
        routers=(*API, *PAGES),
        templates=_HERE / "templates",
        may_hear=may_hear,
        agenda=agenda_of,
        gauges=_measure,
    )


async def _measure(context: ServiceContext) -> None:
    node = context.node.node_id
    async with context.database.reading() as session:
        figures = await store.node_figures(session, context.clock())
    metrics.DRAFTS.labels(node).set(figures["drafts"])
    metrics.RETURNED_WAITING.labels(node).set(figures["returned"])
    metrics.UNDELIVERED_AGE.labels(node).set(figures["undelivered_age_s"])
