"""Watches the links: tells a changed state, wakes the pages that show it, sets the gauges."""

from __future__ import annotations

import asyncio

import structlog

from services.exchange import metrics
from services.exchange.actions import note_link_state
from services.exchange.store.lanes import count_conflicts, list_links
from services.exchange.store.overview import LaneStanding, LinkStanding, link_standings
from services.kernel.language.vocabulary import LinkState
from services.kernel.runtime.service import ServiceContext
from services.kernel.runtime.surroundings.clock import pause

log = structlog.get_logger()

LOOK_EVERY_S = 3.0
GOES = frozenset({LinkState.UP, LinkState.CATCHING_UP})


async def watch_links(context: ServiceContext, stop: asyncio.Event) -> None:
    """Look at every link until `stop`."""
    shown = ""
    while not stop.is_set():
        found = await standings(context)
        await _tell_changes(context, found)
        if (now_shown := _what_pages_show(found)) != shown:
            shown = now_shown
            context.signals.publish("links")
        await pause(stop, LOOK_EVERY_S)


async def read_gauges(context: ServiceContext) -> None:
    """Set the gauges from the ledger, when metrics are asked for."""
    async with context.database.reading() as session:
        conflicts = await count_conflicts(session)
    metrics.CONFLICTS.labels(context.node.node_id).set(conflicts)
    for link in await standings(context):
        metrics.MISSING_FILES.labels(context.node.node_id, link.peer.peer).set(len(link.missing_files))
        metrics.LINK_UP.labels(context.node.node_id, link.peer.peer).set(int(link.state in GOES))
        for lane in link.lanes:
            where = (context.node.node_id, link.peer.peer, lane.lane.value)
            metrics.UNRECEIPTED_AGE.labels(*where).set(lane.oldest_age_s)
            metrics.UNRECEIPTED.labels(*where).set(lane.unreceipted)
            metrics.WAITING.labels(*where).set(lane.waiting)


async def standings(context: ServiceContext) -> list[LinkStanding]:
    """How every link of this node stands now."""
    async with context.database.reading() as session:
        return await link_standings(
            session,
            own=context.node.node_id,
            now=context.clock(),
            idle_head_s=context.settings.link_heartbeat_s,
        )


async def _tell_changes(context: ServiceContext, found: list[LinkStanding]) -> None:
    async with context.database.reading() as session:
        told = {peer: link.state for peer, link in (await list_links(session)).items()}
    changed = [link for link in found if told.get(link.peer.peer) != link.state.value]
    for link in changed:
        log.info("exchange.link.changed", peer=link.peer.peer, state=link.state.value)
        async with context.database.transaction(context.clock()) as tx:
            await note_link_state(tx, link.peer.peer, link.state)


def _what_pages_show(found: list[LinkStanding]) -> str:
    """A text that differs when a page would look different, ages apart."""
    return repr(
        [
            (link.peer.peer, link.state, len(link.conflicts), link.missing_files, [_numbers(one) for one in link.lanes])
            for link in found
        ]
    )


def _numbers(lane: LaneStanding) -> list[object]:
    chains = (lane.out, lane.inward)
    numbers = [(one.epoch, one.n, one.receipted_n, one.claimed_n, one.forked_at) for one in chains if one]
    return [lane.waiting, *numbers]
