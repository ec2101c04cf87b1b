"""Lanes and links: their state, locked where it is about to change."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, inspect, select, tuple_, update

from services.exchange.model import Conflict, Dispatch, Lane, Link
from services.exchange.policy.chain import ZERO, Chain, link_name
from services.exchange.store.dialect import insert_unless_there
from services.kernel.runtime.storing.session import AsyncSession


async def lock_lanes(session: AsyncSession, chains: Iterable[Chain], *, own: str) -> dict[Chain, Lane]:
    """The lanes of these chains, made when new, locked in a fixed order until the commit."""
    wanted = sorted(set(chains), key=lambda chain: (chain.link, chain.lane))
    found = await _lanes(session, wanted, lock=True)
    if len(found) < len(wanted):
        rows = [_new_lane(chain, own) for chain in wanted if chain not in found]
        await insert_unless_there(session, Lane, rows)
        found = await _lanes(session, wanted, lock=True)
    return found


async def find_lane(session: AsyncSession, chain: Chain) -> Any:
    """A lane as it stands, not locked: a plain row with the columns of `Lane`, or None."""
    return (await session.execute(_ONE_LANE, {"of_link": chain.link, "of_lane": chain.lane})).one_or_none()


async def list_lanes(session: AsyncSession, peer: str | None = None) -> list[Lane]:
    """Lanes of one peer, or of all."""
    query = select(Lane).order_by(Lane.peer, Lane.link, Lane.lane)
    return list((await session.execute(query.where(Lane.peer == peer) if peer else query)).scalars())


async def change_lane(session: AsyncSession, chain: Chain, **values: Any) -> None:
    """Set columns of a lane."""
    await session.execute(update(Lane).where(Lane.link == chain.link, Lane.lane == chain.lane).values(**values))


async def list_links(session: AsyncSession) -> dict[str, Link]:
    """What is set for every peer."""
    return {link.peer: link for link in (await session.execute(select(Link))).scalars()}


async def lock_link(session: AsyncSession, peer: str) -> Link:
    """The settings of a peer, made when new, locked until the commit."""
    await insert_unless_there(session, Link, [{"peer": peer, "is_paused": False, "paused_by": "", "state": ""}])
    return (await session.execute(select(Link).where(Link.peer == peer).with_for_update())).scalar_one()


async def oldest_unreceipted(session: AsyncSession) -> dict[Chain, datetime]:
    """Per outgoing chain, when its oldest row without a receipt was written."""
    query = (
        select(Dispatch.link, Dispatch.lane, Dispatch.at)
        .join(Lane, (Lane.link == Dispatch.link) & (Lane.lane == Dispatch.lane) & (Lane.epoch == Dispatch.epoch))
        .where(Lane.is_out, Dispatch.n == Lane.receipted_n + 1)
    )
    return {Chain(link, lane): at for link, lane, at in await session.execute(query)}


async def open_conflicts(session: AsyncSession, links: Iterable[str] | None = None) -> list[Conflict]:
    """Conflicts that nobody has settled yet, newest first."""
    query = select(Conflict).where(Conflict.settled_at.is_(None)).order_by(Conflict.id.desc())
    if links is not None:
        query = query.where(Conflict.link.in_(list(links)))
    return list((await session.execute(query)).scalars())


async def count_conflicts(session: AsyncSession) -> int:
    """How many conflicts wait for a person."""
    return int(
        (await session.execute(select(func.count(Conflict.id)).where(Conflict.settled_at.is_(None)))).scalar_one()
    )


_COLUMNS = inspect(Lane).local_table
_ONE_LANE = select(_COLUMNS).where(_COLUMNS.c.link == bindparam("of_link"), _COLUMNS.c.lane == bindparam("of_lane"))


async def _lanes(session: AsyncSession, chains: list[Chain], *, lock: bool) -> dict[Chain, Lane]:
    places = [(chain.link, chain.lane) for chain in chains]
    query = select(Lane).where(tuple_(Lane.link, Lane.lane).in_(places)).order_by(Lane.link, Lane.lane)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return {Chain(lane.link, lane.lane): lane for lane in (await session.execute(query)).scalars()}


def _new_lane(chain: Chain, own: str) -> dict[str, Any]:
    sender, receiver = chain.link.split(">")
    is_out = chain.link == link_name(own, receiver)
    numbers = dict.fromkeys(
        ("n", "carried_n", "receipted_n", "restoring_n", "claimed_n", "read_offset", "catching_up_from_n"), 0
    )
    return {
        "link": chain.link,
        "lane": chain.lane,
        "peer": receiver if is_out else sender,
        "is_out": is_out,
        "epoch": 1,
        "h": ZERO,
        **numbers,
    }
