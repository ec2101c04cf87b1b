"""Wiring of stats: what it serves and listens to."""

from __future__ import annotations

from pathlib import Path

from services.kernel.runtime.service import Service, ServiceContext
from services.stats import metrics
from services.stats.actions.ruling import SCORING_HOOKS
from services.stats.agents import LISTENS_TO
from services.stats.api import router as api
from services.stats.model import METADATA, TEXTS
from services.stats.pages import ROUTERS as PAGES
from services.stats.pages.agenda import agenda_of
from services.stats.policy.rulebooks import RULEBOOKS, SCORING
from services.stats.store.events import count_unmatched

_HERE = Path(__file__).parent


def stats_service() -> Service:
    """考核统计: scores the units that this node governs."""
    return Service(
        name="stats",
        title="考核统计",
        metadata=METADATA,
        migrations=_HERE / "migrations",
        texts=TEXTS,
        listens_to=LISTENS_TO,
        routers=(api, *PAGES),
        templates=_HERE / "templates",
        rulebooks=RULEBOOKS,
        rulebook_hooks={SCORING.name: SCORING_HOOKS},
        agenda=agenda_of,
        gauges=_measure,
    )


async def _measure(context: ServiceContext) -> None:
    async with context.database.reading() as session:
        unmatched = await count_unmatched(session)
    metrics.UNMATCHED.labels(context.node.node_id).set(unmatched)
