"""Wiring of disclosure, and of the portal alone.

`disclosure_service()` is the office's part with the portal beside it, in one process. Offices that
keep the public network apart run `portal_service()` there (`python -m services.disclosure portal`):
the same public pages on a database of their own (made by `python -m services disclosure
migrate-portal`), fed only by the topic `disclosure.information`; files are copied by their digests.
"""

from __future__ import annotations

from pathlib import Path

from services.disclosure import metrics
from services.disclosure.actions.admitting import may_hear
from services.disclosure.actions.ruling import RULEBOOK_HOOKS
from services.disclosure.agents import LISTENS_TO, PORTAL_LISTENS_TO, REPLAYS
from services.disclosure.api import PORTAL_ROUTERS as PORTAL_API
from services.disclosure.api import ROUTERS as API
from services.disclosure.cli import cli
from services.disclosure.model import METADATA
from services.disclosure.model.erasing import TEXTS
from services.disclosure.pages import PORTAL_ROUTERS as PORTAL_PAGES
from services.disclosure.pages import ROUTERS as PAGES
from services.disclosure.pages.agenda import agenda_of
from services.disclosure.policy import due_dates
from services.disclosure.policy.rulebooks import RULEBOOKS
from services.disclosure.store import information as store
from services.disclosure.store.portal import count_public
from services.disclosure.store.rules import categories_by_code
from services.disclosure.workers import examine_files
from services.kernel.language.calendar import local_date
from services.kernel.language.vocabulary import InformationStatus
from services.kernel.runtime.heard.organisation import working_days
from services.kernel.runtime.service import Service, ServiceContext
from services.kernel.runtime.storing.session import AsyncSession

_HERE = Path(__file__).parent


def disclosure_service() -> Service:
    """信息公开: decides, reviews, publishes and revokes; with the public portal under /open."""
    return Service(
        name="disclosure",
        title="信息公开",
        metadata=METADATA,
        migrations=_HERE / "migrations",
        texts=TEXTS,
        tells=tuple(REPLAYS),
        listens_to=LISTENS_TO,
        replays=REPLAYS,
        routers=(*API, *PAGES),
        root_routers=(*PORTAL_API, *PORTAL_PAGES),
        templates=_HERE / "templates",
        cli=cli,
        workers=(examine_files,),
        rulebooks=RULEBOOKS,
        rulebook_hooks=RULEBOOK_HOOKS,
        may_hear=may_hear,
        agenda=agenda_of,
        gauges=measure,
    )


def portal_service() -> Service:
    """公开门户 alone, in a process of its own: public pages, public facts, nothing else."""
    return Service(
        name="portal",
        title="公开门户",
        metadata=METADATA,
        migrations=_HERE / "migrations",
        texts=TEXTS,
        listens_to=PORTAL_LISTENS_TO,
        root_routers=(*PORTAL_API, *PORTAL_PAGES),
        templates=_HERE / "templates",
        rulebooks=RULEBOOKS,
        rulebook_hooks=RULEBOOK_HOOKS,
        gauges=measure_portal,
        is_public=True,
    )


async def measure(context: ServiceContext) -> None:
    """Measure what waits, what is late and what is on the portal, for Prometheus."""
    now, node = context.clock(), context.node.node_id
    async with context.database.reading() as session:
        counts = await store.count_by_status(session, None)
        oldest = await store.oldest_touched(session, None, InformationStatus.IN_REVIEW)
        internal, statutory = await _count_overdue(session, context)
    for status in (InformationStatus.DRAFT, InformationStatus.IN_REVIEW, InformationStatus.APPROVED):
        metrics.WAITING.labels(node, status.value).set(counts.get(status, 0))
    metrics.OLDEST_REVIEW_AGE.labels(node).set(max(0.0, (now - oldest).total_seconds()) if oldest else 0)
    metrics.OVERDUE.labels(node, "internal").set(internal)
    metrics.OVERDUE.labels(node, "statutory").set(statutory)
    await measure_portal(context)


async def measure_portal(context: ServiceContext) -> None:
    """Measure what is on the portal."""
    async with context.database.reading() as session:
        counted = await count_public(session)
    for state, count in counted.items():
        metrics.ON_PORTAL.labels(context.node.node_id, state).set(count)


async def _count_overdue(session: AsyncSession, context: ServiceContext) -> tuple[int, int]:
    categories, days = await categories_by_code(session, context.clock()), await working_days(session)
    today = local_date(context.clock())
    dues = [
        due_dates(one.formed_on, categories[one.category_id], days)
        for one in await store.list_unpublished(session)
        if one.formed_on and one.category_id in categories
    ]
    return sum(due.is_overdue(today) for due in dues), sum(due.is_unlawfully_late(today) for due in dues)
