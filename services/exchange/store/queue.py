"""What waits for a number: read in the order in which it is numbered."""

from __future__ import annotations

import enum
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, func, inspect, select, update

from services.exchange.model import Dispatch, Queued
from services.exchange.policy.chain import Chain
from services.exchange.policy.wire import fitting
from services.kernel.runtime.storing import many_values
from services.kernel.runtime.storing.session import AsyncSession

_QUEUED = inspect(Queued).local_table
_DISPATCH = inspect(Dispatch).local_table


MOST_AT_ONCE = 300
"""Rows numbered, and so received, in one transaction; the lane's pace keeps it to some 50 ms."""


class Rank(enum.IntEnum):
    """What is numbered first: rows of an epoch that was closed, then files of emergencies, then all else."""

    AGAIN = 0
    URGENT = 1
    USUAL = 2


@dataclass(frozen=True, slots=True)
class Waiting:
    """What of a chain has no number yet: how much, and when the oldest was written."""

    count: int
    since: datetime


async def has_queued(session: AsyncSession, chain: Chain) -> bool:
    """Whether something waits for a number."""
    found = await session.execute(_ONE, {"of_link": chain.link, "of_lane": chain.lane})
    return found.first() is not None


async def next_queued(session: AsyncSession, chain: Chain, *, most: int = MOST_AT_ONCE) -> list[Any]:
    """What is numbered next, as much as one batch takes and no more than `most`."""
    mine = (_QUEUED.c.link == chain.link, _QUEUED.c.lane == chain.lane)
    order = (_QUEUED.c.rank, _QUEUED.c.id)
    sizes = select(_QUEUED.c.size).where(*mine).order_by(*order).limit(min(most, MOST_AT_ONCE))
    count = fitting(list((await session.execute(sizes)).scalars()))
    if not count:
        return []
    return list(await session.execute(select(_QUEUED).where(*mine).order_by(*order).limit(count)))


async def drop_queued(session: AsyncSession, ids: Collection[int]) -> None:
    """Take these away: they have their numbers, or need none."""
    await session.execute(delete(Queued).where(_QUEUED.c.id.in_(many_values.numbers(session, ids))))


async def queued_again(session: AsyncSession, chain: Chain) -> list[Any]:
    """What waits to be sent again in an epoch that was opened."""
    query = select(_QUEUED).where(_QUEUED.c.link == chain.link, _QUEUED.c.lane == chain.lane)
    return list(await session.execute(query.where(_QUEUED.c.rank == Rank.AGAIN.value).order_by(_QUEUED.c.id)))


async def waiting_by_chain(session: AsyncSession) -> dict[Chain, Waiting]:
    """Of every chain, what waits for a number."""
    chain = (_QUEUED.c.link, _QUEUED.c.lane)
    counted = select(*chain, func.count().label("count"), func.min(_QUEUED.c.id).label("first")).group_by(*chain)
    groups = counted.subquery()
    # One statement: between two, a carrier may number the first of them away.
    query = select(groups, _QUEUED.c.at).join(_QUEUED, _QUEUED.c.id == groups.c.first)
    return {Chain(row.link, row.lane): Waiting(row.count, row.at) for row in await session.execute(query)}


async def dispatched_before(session: AsyncSession, chain: Chain, event_ids: Iterable[str]) -> set[tuple[str, int]]:
    """Which of these facts stand in the ledger for the same neighbour, with the epochs in which they do."""
    wanted = sorted({one for one in event_ids if one})
    if not wanted:
        return set()
    query = select(_DISPATCH.c.event_id, _DISPATCH.c.epoch).where(
        _DISPATCH.c.event_id.in_(many_values.texts(session, wanted)), _DISPATCH.c.link == chain.link
    )
    return {(row.event_id, row.epoch) for row in await session.execute(query)}


async def erase_queued(session: AsyncSession, event_id: str) -> int:
    """Remove the bytes of a fact that has no number yet; it travels as an erased row."""
    change = update(Queued).where(_QUEUED.c.event_id == event_id, _QUEUED.c.body.is_not(None)).values(body=None)
    done: Any = await session.execute(change)
    return int(done.rowcount)


_ONE = (
    select(_QUEUED.c.id).where(_QUEUED.c.link == bindparam("of_link"), _QUEUED.c.lane == bindparam("of_lane")).limit(1)
)
