"""Routes of items: the nodes that they went up through."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import select, update

from services.exchange.model import Route as RouteRow
from services.exchange.policy.routing import Route, Ways, with_ways
from services.exchange.store.dialect import insert_unless_there
from services.kernel.runtime.storing.outbox import slices
from services.kernel.runtime.storing.session import AsyncSession

LONGEST_TEXT = 600

_ITEM, _NODES = RouteRow.__table__.c.origin_id, RouteRow.__table__.c.nodes


async def routes_of(session: AsyncSession, origin_ids: Iterable[str]) -> dict[str, Route]:
    """The present routes of these items."""
    return {origin_id: ways[0] for origin_id, ways in (await ways_of(session, origin_ids)).items()}


async def ways_of(session: AsyncSession, origin_ids: Iterable[str], *, locked: bool = False) -> dict[str, Ways]:
    """Every route on which these items are known here, the present one first; `locked` until the commit."""
    wanted = sorted(set(origin_ids))
    found: dict[str, Ways] = {}
    for some in slices(wanted, 500):
        # Columns, not objects: a session gives back an object as it was first read, whatever another has stored since.
        query = select(_ITEM, _NODES).where(_ITEM.in_(some)).order_by(_ITEM)
        for row in await session.execute(query.with_for_update() if locked else query):
            found[row.origin_id] = tuple(tuple(way.split(",")) for way in row.nodes.split(";"))
    return found


async def keep_ways(session: AsyncSession, wanted: Mapping[str, Ways], *, known: Mapping[str, Ways]) -> None:
    """Store the ways of items where they differ from those `known`, beside what others have stored since."""
    changed = {id_: wanted[id_] for id_ in sorted(wanted) if wanted[id_] != known.get(id_)}
    fresh = [{"origin_id": id_, "nodes": _text(ways)} for id_, ways in changed.items() if id_ not in known]
    await insert_unless_there(session, RouteRow, fresh)
    present = await ways_of(session, changed, locked=True)
    for id_, there in present.items():
        ways = _beside(there, changed[id_], known=known.get(id_, ()))
        if ways != there:
            await session.execute(update(RouteRow).where(id_ == _ITEM).values(nodes=_text(ways)))


def _beside(there: Ways, wanted: Ways, *, known: Ways) -> Ways:
    """The ways wanted; when others are there than were known, those of them that are new, before what is there."""
    return wanted if there == known else with_ways(there, [wanted[0], *(way for way in wanted[1:] if way not in known)])


def _text(ways: Ways) -> str:
    """As the table keeps them; the oldest go when they are too long for it."""
    while len(text := ";".join(",".join(way) for way in ways)) > LONGEST_TEXT and len(ways) > 1:
        ways = ways[:-1]
    return text
