"""Routes of items: the nodes that they went up through."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import select, update

from services.exchange.model import Route as RouteRow
from services.exchange.policy.routing import Route, Ways
from services.exchange.store.dialect import insert_unless_there
from services.kernel.runtime.session import AsyncSession

LONGEST_TEXT = 600


async def routes_of(session: AsyncSession, origin_ids: Iterable[str]) -> dict[str, Route]:
    """The present routes of these items."""
    return {origin_id: ways[0] for origin_id, ways in (await ways_of(session, origin_ids)).items()}


async def ways_of(session: AsyncSession, origin_ids: Iterable[str]) -> dict[str, Ways]:
    """Every route on which these items are known here, the present one first."""
    wanted = sorted(set(origin_ids))
    found: dict[str, Ways] = {}
    for at in range(0, len(wanted), 500):
        query = select(RouteRow).where(RouteRow.origin_id.in_(wanted[at : at + 500]))
        for row in (await session.execute(query)).scalars():
            found[row.origin_id] = tuple(tuple(way.split(",")) for way in row.nodes.split(";"))
    return found


async def keep_ways(session: AsyncSession, wanted: Mapping[str, Ways], *, known: Mapping[str, Ways]) -> None:
    """Store the ways of items where they differ from those `known`."""
    fresh = [{"origin_id": id_, "nodes": _text(ways)} for id_, ways in wanted.items() if id_ not in known]
    await insert_unless_there(session, RouteRow, fresh)
    for id_, ways in wanted.items():
        if id_ in known and ways != known[id_]:
            change = update(RouteRow).where(RouteRow.origin_id == id_).values(nodes=_text(ways))
            await session.execute(change)


def _text(ways: Ways) -> str:
    """As the table keeps them; the oldest go when they are too long for it."""
    while len(text := ";".join(",".join(way) for way in ways)) > LONGEST_TEXT and len(ways) > 1:
        ways = ways[:-1]
    return text
