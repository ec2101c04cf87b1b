"""Wiring of the review service."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Collection
from pathlib import Path

from services.kernel.language.moments import age_s
from services.kernel.language.vocabulary import ReviewStatus
from services.kernel.runtime.service import Beyond, Service, ServiceContext
from services.review import metrics
from services.review.actions.seeding import PERIODICAL_HOOKS
from services.review.agents import LISTENS_TO, REPLAYS
from services.review.api import ROUTERS as API
from services.review.api.documents import prints_folder
from services.review.cli import cli
from services.review.model import METADATA
from services.review.model.erasing import TEXTS
from services.review.pages import ROUTERS as PAGES
from services.review.pages.agenda import agenda_of
from services.review.policy.rulebooks import PERIODICALS, RULEBOOKS
from services.review.store.gauges import queue_figures
from services.review.store.sheet import may_hear

_HERE = Path(__file__).parent


def review_service() -> Service:
    """The review service: 审核采用."""
    return Service(
        name="review",
        title="审核采用",
        metadata=METADATA,
        migrations=_HERE / "migrations",
        texts=TEXTS,
        tells=tuple(REPLAYS),
        listens_to=LISTENS_TO,
        replays=REPLAYS,
        routers=(*API, *PAGES),
        templates=_HERE / "templates",
        cli=cli,
        rulebooks=RULEBOOKS,
        rulebook_hooks={PERIODICALS.name: PERIODICAL_HOOKS},
        beyond=Beyond(clear=drop_prints),
        may_hear=may_hear,
        agenda=agenda_of,
        gauges=refresh_gauges,
    )


async def drop_prints(context: ServiceContext, _digests: Collection[str]) -> None:
    """Printed issues and items are made anew when they are asked for: none may go on showing what was erased."""
    await asyncio.to_thread(shutil.rmtree, prints_folder(context.settings), ignore_errors=True)


async def refresh_gauges(context: ServiceContext) -> None:
    """Measure the queue for Prometheus."""
    now, node = context.clock(), context.node.node_id
    async with context.database.reading() as session:
        figures = await queue_figures(session, now)
    for status in ReviewStatus:
        if status in figures.waiting:
            metrics.WAITING.labels(node, status.value).set(figures.waiting[status])
    metrics.OLDEST_OPEN_AGE.labels(node).set(age_s(now, figures.oldest_arrival))
    metrics.OVERDUE.labels(node, "true").set(figures.overdue_urgent)
    metrics.OVERDUE.labels(node, "false").set(figures.overdue_routine)
