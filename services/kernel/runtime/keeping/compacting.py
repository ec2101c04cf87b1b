"""Compaction: every service thins out what it need not keep, in small batches between which others have their turn."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime, timedelta

import structlog

from services.kernel.runtime.keeping import listeners, retention, sizes
from services.kernel.runtime.keeping.pacing import DOUBTFUL, next_round_at
from services.kernel.runtime.service import Service, ServiceContext, Worker
from services.kernel.runtime.storing.transaction import Transaction
from services.kernel.runtime.storing.turns import Rank
from services.kernel.runtime.surroundings import metrics
from services.kernel.runtime.surroundings.clock import pause
from services.kernel.runtime.surroundings.settings import ALL_SERVICES, Settings

log = structlog.get_logger()

ROUND_EVERY_S = 600.0
BETWEEN_BATCHES_S = 0.2
UNFINISHED_KEEP_DAYS = 60
KEPT_TIMES_FOR_LISTENERS = 2
"""So many times as long as else a fact keeps its data at most while a listener has not applied it, with an alarm."""
ALL = 2**62

Batch = Callable[[Transaction], Awaitable[int]]


def compactor(service: Service) -> Worker:
    """The worker that keeps one service small, round after round."""

    async def keep_small(context: ServiceContext, stop: asyncio.Event) -> None:
        while not stop.is_set():
            await compact(service, context, stop)
            await pause(stop, ROUND_EVERY_S)

    return keep_small


async def compact(service: Service, context: ServiceContext, stop: asyncio.Event) -> dict[str, int]:
    """One round: thin out until nothing is left to do; how many rows of each kind."""
    removed: dict[str, int] = {}
    now = await _time_of_round(context)
    for kind, batch in _kinds(service, context.settings):
        removed[kind] = await _until_done(context, batch, stop, now=now)
        metrics.KEEPING_REMOVED.labels(context.node.node_id, context.name, kind).inc(removed[kind])
    await _until_done(context, lambda tx: sizes.give_back_pages(tx.session), stop, now=now)
    if context.name == context.settings.service_names[0]:  # the files are the whole node's
        before = now - timedelta(days=UNFINISHED_KEEP_DAYS)
        removed["unfinished_files"] = await asyncio.to_thread(context.files.sweep_incoming, before)
    await _tell_of_late(context, now)
    async with context.database.reading() as session:
        size = await sizes.size_bytes(session)
    metrics.DATABASE_SIZE.labels(context.node.node_id, context.name).set(size)
    if any(removed.values()):
        log.info("keeping.round.done", service=context.name, size_bytes=size, **removed)
    return removed


def _kinds(service: Service, settings: Settings) -> Iterator[tuple[str, Batch]]:
    if settings.outbox_keep_days:
        yield "facts", lambda tx: _empty_aged_facts(tx, timedelta(days=settings.outbox_keep_days))
    answered = timedelta(hours=settings.answer_keep_hours)
    yield "answers", lambda tx: retention.forget_answers(tx, tx.now - answered)
    prune = service.prune
    if prune is not None:
        yield "own", lambda tx: prune(tx, settings)


async def _empty_aged_facts(tx: Transaction, kept: timedelta) -> int:
    applied = await listeners.applied_by(tx.session)
    applied_to = min(applied.values(), default=ALL)
    at_last = tx.now - kept * KEPT_TIMES_FOR_LISTENERS
    return await retention.empty_aged_facts(tx, tx.now - kept, applied_to=applied_to, at_last=at_last)


async def _tell_of_late(context: ServiceContext, now: datetime) -> None:
    """Say for which listeners content is kept beyond its time, and for how long by now."""
    kept = timedelta(days=context.settings.outbox_keep_days)
    late = []
    if kept:
        async with context.database.reading() as session:
            late = await listeners.list_late(session, now - kept)
    beyond_s = {one.listener: (now - kept - one.since).total_seconds() for one in late}
    for listener in ALL_SERVICES:
        place = (context.node.node_id, context.name, listener)
        metrics.KEEPING_KEPT_FOR.labels(*place).set(beyond_s.get(listener, 0))
    for one in late:
        log.error("keeping.listener.late", service=context.name, listener=one.listener, since=one.since.isoformat())


async def _time_of_round(context: ServiceContext) -> datetime:
    """The time by which all of this round judges what is old; an alarm while the clock is far from it."""
    clock = context.clock()
    async with context.database.transaction(clock, rank=Rank.ROUTINE) as tx:
        now = await next_round_at(tx)
    ahead = clock - now
    metrics.KEEPING_CLOCK_AHEAD.labels(context.node.node_id, context.name).set(ahead.total_seconds())
    if ahead > DOUBTFUL:
        log.error("keeping.clock.doubted", service=context.name, clock=clock.isoformat(), kept_to=now.isoformat())
    return now


async def _until_done(context: ServiceContext, batch: Batch, stop: asyncio.Event, *, now: datetime) -> int:
    total = 0
    while not stop.is_set():
        async with context.database.transaction(now, rank=Rank.ROUTINE) as tx:
            done = await batch(tx)
        total += done
        if not done:
            break
        await pause(stop, BETWEEN_BATCHES_S)
    return total
