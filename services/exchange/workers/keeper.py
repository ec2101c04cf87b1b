"""Keeps one carrier per peer and lane running: starts it for a new peer, stops it while paused."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial

from services.exchange.actions import Border, forget_connections
from services.exchange.policy.signature import Signer
from services.exchange.store.lanes import list_links
from services.exchange.workers.lane import LaneCarrier
from services.exchange.workers.road import place_of
from services.kernel.language.events.directory import PeerRegistered
from services.kernel.runtime.heard.organisation import list_peers
from services.kernel.runtime.service import ServiceContext
from services.kernel.runtime.surroundings.clock import pause_until
from services.kernel.runtime.surroundings.supervision import keep_running
from services.kernel.runtime.web.tokens import public_key_from_text

LOOK_AGAIN_S = 3.0
CUT_AFTER_S = 3.0
"""A carrier that is just connecting to a broker that does not answer is not waited for longer."""


@dataclass
class _Running:
    """The carriers of one peer, as it was registered when they were started."""

    peer: PeerRegistered
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    task: asyncio.Task[None] | None = None


async def carry_links(context: ServiceContext, stop: asyncio.Event) -> None:
    """Carry every link that is registered and not paused, until `stop`."""
    async with context.database.transaction(context.clock()) as tx:
        await forget_connections(tx)
    running: dict[str, _Running] = {}
    woken = asyncio.Event()
    listening = asyncio.create_task(_listen(context, woken))
    try:
        while not stop.is_set():
            woken.clear()
            wanted = await _wanted(context)
            gone = [name for name, link in running.items() if wanted.get(name) != link.peer]
            await _end(running, gone)
            for name, peer in wanted.items():
                if name not in running:
                    running[name] = _start(context, peer)
            await pause_until(stop, woken, LOOK_AGAIN_S)
    finally:
        listening.cancel()
        await _end(running, list(running))


def signer_of(context: ServiceContext) -> Signer:
    """This node's key as statements are signed with it."""
    return Signer(context.node_keys.key_id, context.node_keys.private)


def border_of(context: ServiceContext, peer: PeerRegistered, lane: str) -> Border:
    """What a lane to this peer needs to know.

    Raises:
        KeyUnreadable: The peer's registered key is none.
    """
    keys = {peer.key_id: public_key_from_text(peer.public_key).public_bytes_raw()}
    return Border(
        context.node.node_id, peer.peer, lane, keys, signer_of(context), peer_is_above=peer.direction == "superior"
    )


async def _wanted(context: ServiceContext) -> dict[str, PeerRegistered]:
    async with context.database.reading() as session:
        links = await list_links(session)
        peers = await list_peers(session)
    return {peer.peer: peer for peer in peers if not (peer.peer in links and links[peer.peer].is_paused)}


def _start(context: ServiceContext, peer: PeerRegistered) -> _Running:
    link = _Running(peer)
    carry = partial(_carry, context, peer, link.stop)
    link.task = asyncio.create_task(_keep(context, f"link {peer.peer}", carry, link.stop))
    return link


async def _carry(context: ServiceContext, peer: PeerRegistered, stop: asyncio.Event) -> None:
    """All lanes of one peer."""
    own, broker = context.node.node_id, context.settings.kafka
    places = {lane: place_of(own, broker, peer, lane) for lane in peer.lanes}
    carriers = [LaneCarrier(context, border_of(context, peer, lane), place) for lane, place in places.items()]
    async with asyncio.TaskGroup() as lanes:
        for lane, carrier in zip(places, carriers, strict=True):
            name = f"lane {peer.peer} {lane}"
            lanes.create_task(_keep(context, name, partial(carrier.run, stop), stop))


async def _keep(context: ServiceContext, task: str, work: Callable[[], Awaitable[None]], stop: asyncio.Event) -> None:
    await keep_running(task, work, where=(context.node.node_id, context.name), stop=stop)


async def _end(running: dict[str, _Running], names: list[str]) -> None:
    ended = [running.pop(name) for name in names]
    for link in ended:
        link.stop.set()
    tasks = [link.task for link in ended if link.task]
    if tasks:
        _done, late = await asyncio.wait(tasks, timeout=CUT_AFTER_S)
        for task in late:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _listen(context: ServiceContext, woken: asyncio.Event) -> None:
    async for _ in context.signals.changes(["link settings"], ""):
        woken.set()
