"""Routes of items, and files that neighbours shall have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select, update

from services.exchange.model import FileDue
from services.exchange.model import Route as RouteRow
from services.exchange.policy.routing import Route
from services.exchange.store.dialect import insert_unless_there
from services.kernel.runtime.session import AsyncSession


async def routes_of(session: AsyncSession, origin_ids: Iterable[str]) -> dict[str, Route]:
    """The known routes of these items."""
    wanted = sorted(set(origin_ids))
    found: dict[str, Route] = {}
    for at in range(0, len(wanted), 500):
        query = select(RouteRow).where(RouteRow.origin_id.in_(wanted[at : at + 500]))
        found |= {row.origin_id: tuple(row.nodes.split(",")) for row in (await session.execute(query)).scalars()}
    return found


async def keep_routes(session: AsyncSession, routes: Mapping[str, Route], *, known: Mapping[str, Route]) -> None:
    """Store routes that are new, and those that have become longer than `known`."""
    fresh = [{"origin_id": id_, "nodes": ",".join(route)} for id_, route in routes.items() if id_ not in known]
    await insert_unless_there(session, RouteRow, fresh)
    for id_, route in routes.items():
        if id_ in known and len(route) > len(known[id_]):
            change = update(RouteRow).where(RouteRow.origin_id == id_).values(nodes=",".join(route))
            await session.execute(change)


async def expect_files(session: AsyncSession, peer: str, files: Mapping[str, int], *, now: datetime) -> None:
    """Note files, by digest with their size, that a peer shall have; those noted before stay as they are."""
    rows = [{"peer": peer, "sha256": sha256, "size": size, "due_at": now} for sha256, size in files.items()]
    await insert_unless_there(session, FileDue, rows)


async def files_due(session: AsyncSession, limit: int = 50) -> Sequence[FileDue]:
    """Files whose chunks are not in the ledger yet, oldest first."""
    query = select(FileDue).where(FileDue.dispatched_at.is_(None)).order_by(FileDue.due_at).limit(limit)
    return list((await session.execute(query)).scalars())


async def mark_dispatched(session: AsyncSession, due: FileDue, *, now: datetime) -> bool:
    """Take a file for dispatch; False when that was done before."""
    change = (
        update(FileDue)
        .where(FileDue.peer == due.peer, FileDue.sha256 == due.sha256, FileDue.dispatched_at.is_(None))
        .values(dispatched_at=now)
    )
    return bool((await session.execute(change)).rowcount)
