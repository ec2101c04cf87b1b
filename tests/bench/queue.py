"""The review queue and its search at 100,000 items: how long a page takes."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import sqlalchemy as sa

from services.kernel.language.vocabulary import InfoType, ReviewStatus, Role
from services.kernel.runtime.storing.database import Database
from services.kernel.runtime.storing.search import terms_of
from services.kernel.runtime.surroundings.clock import utc_now
from services.kernel.runtime.surroundings.identifiers import new_id
from services.review.app import review_service
from services.review.model import ReviewItem
from tests.bench.figures import Figure, at_most, percentile
from tests.bench.surroundings import Surroundings
from tests.support.service import client_of, officer, running_node, unit_id

ITEMS = 100_000
LOOKS = 60
WARM_UP = 5
UNITS = 40
_PLACES = ("龙潭", "白沙", "青石", "云台", "大河", "双桥", "石门", "新安")
_THINGS = ("泵站", "道路", "学校", "茶园", "桥梁", "水库", "农贸市场", "卫生院")
_STATES = ("老化", "积水", "维修完成", "资金缺口", "群众反映强烈", "开工建设", "通过验收", "存在隐患")


async def measure_queue(around: Surroundings) -> list[Figure]:
    """Each database in turn."""
    figures: list[Figure] = []
    for kind in around.kinds:
        figures += await _measure(around, kind)
    return figures


async def _measure(around: Surroundings, kind: str) -> list[Figure]:
    settings = around.settings(kind)
    async with running_node([review_service()], settings) as process:
        began = time.perf_counter()
        await _load(process.contexts["review"].database, settings.node_id)
        loaded_s = time.perf_counter() - began
        async with client_of(process, officer(Role.EDITOR, name="钱六", unit=settings.node_id)) as client:
            times = {
                "queue page": await _times_ms(client, lambda: "/review/queue"),
                "search of a common word, page": await _times_ms(client, lambda: f"/review/queue?q={_any(_THINGS)}"),
                "search of a rare word, page": await _times_ms(client, lambda: f"/review/queue?q={_rare()}"),
                "search by API": await _times_ms(client, lambda: f"/review/api/v1/submissions?q={_any(_STATES)}"),
            }
    part = f"queue {kind}"
    figures = [Figure(part, f"{ITEMS:,} items loaded", loaded_s, "s")]
    for what, (found, cpu_ms) in times.items():
        figures.append(Figure(part, f"{what}, processor time of ours", cpu_ms, "ms"))
        figures.append(Figure(part, f"{what}, p50", percentile(found, 50), "ms"))
        figures.append(at_most(part, f"{what}, p95", percentile(found, 95), "ms", 100))
    return figures


_chance = random.Random(11)


def _any(words: tuple[str, ...]) -> str:
    return _chance.choice(words)


def _rare() -> str:
    return f"第{_chance.randrange(ITEMS)}号"


async def _times_ms(client: httpx.AsyncClient, path: Callable[[], str]) -> tuple[list[float], float]:
    """How long each look took, and the processor time of one, in milliseconds."""
    times = []
    began_cpu_s = 0.0
    for n in range(LOOKS + WARM_UP):
        if n == WARM_UP:
            began_cpu_s = time.process_time()
        began = time.perf_counter()
        answer = await client.get(path())
        assert answer.status_code == 200, answer.text[:300]
        times.append((time.perf_counter() - began) * 1000)
    return times[WARM_UP:], (time.process_time() - began_cpu_s) / LOOKS * 1000


async def _load(database: Database, node_id: str) -> None:
    now = utc_now()
    table = ReviewItem.metadata.tables[str(ReviewItem.__tablename__)]
    statuses = [ReviewStatus.OPEN] * 6 + [
        ReviewStatus.KEPT,
        ReviewStatus.DECLINED,
        ReviewStatus.ADOPTED,
        ReviewStatus.ADOPTED,
    ]
    for start in range(0, ITEMS, 5_000):
        items, texts = [], []
        for n in range(start, start + 5_000):
            title = f"{_any(_PLACES)}乡反映：第{n}号{_any(_THINGS)}{_any(_STATES)}"
            unit = f"unit-{n % UNITS}"
            at = now - timedelta(minutes=n)
            item = ReviewItem(
                origin_id=new_id(), status=_chance.choice(statuses), is_here=True, hop=1, info_type=InfoType.DYNAMIC,
                title=title, body_length=600, origin_node=node_id, unit_id=unit_id(unit), unit_name=unit,
                arrived_at=at, handle_by=at + timedelta(days=3), touched_at=at,
            )  # fmt: skip
            items.append({column.name: getattr(item, column.name) for column in table.columns})
            texts.append((n + 1, item.origin_id, terms_of(title)))
        async with database.transaction(now) as tx:
            await tx.session.execute(sa.insert(table), items)
            await _index(tx.session, texts, is_sqlite=database.is_sqlite)
    async with database.transaction(now) as tx:
        await tx.session.execute(sa.text("ANALYZE"))


async def _index(session: Any, texts: list[tuple[int, Any, list[str]]], *, is_sqlite: bool) -> None:
    if is_sqlite:
        keys = [{"n": n, "id": id_.hex} for n, id_, _ in texts]
        await session.execute(sa.text("INSERT INTO review_text_keys (n, id) VALUES (:n, :id)"), keys)
        rows = [{"n": n, "terms": " ".join(terms)} for n, _, terms in texts]
        await session.execute(sa.text("INSERT INTO review_text_fts (rowid, terms) VALUES (:n, :terms)"), rows)
        return
    insert = "INSERT INTO review_text_terms (id, terms) VALUES (CAST(:id AS UUID), array_to_tsvector(CAST(:terms AS TEXT[])))"
    await session.execute(sa.text(insert), [{"id": id_, "terms": terms} for _, id_, terms in texts])
