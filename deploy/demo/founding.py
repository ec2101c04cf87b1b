"""Founding the demo's nodes while they do not run: tables, made-up people, neighbours' cards, calendar.

The same actions as the commands `migrate`, `directory demo` and `directory peers add`, called in this
process, because six services take two seconds to load and three nodes would load them six times.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from itertools import pairwise
from pathlib import Path

from deploy.demo.process import NodeProcess
from deploy.demo.progress import Progress
from services.directory.actions.demo import seed_demo
from services.directory.actions.neighbours import card_fingerprint, node_card, register_peer
from services.directory.model import PeerCard
from services.directory.store import list_peers
from services.kernel.runtime.storing.database import Database, database_url
from services.kernel.runtime.storing.migrations import upgrade
from services.kernel.runtime.surroundings.clock import utc_now
from services.kernel.runtime.surroundings.settings import Settings
from services.kernel.runtime.web.tokens import ensure_key_pair
from services.node import build_services


def found_nodes(chain: Sequence[NodeProcess], progress: Progress) -> None:
    """Bring every node's tables up to date and register what is missing; a second call changes nothing.

    Args:
        chain: Lowest first; each node's superior is the next.
    """
    asyncio.run(_found(chain, progress))


async def _found(chain: Sequence[NodeProcess], progress: Progress) -> None:
    for node in chain:
        with progress.doing(f"{node.plan.name}：建表，录入单位、人员和工作日历"):
            await _migrate(node)
            await _settle(node)
    with progress.doing("相邻节点交换名片"):
        for lower, upper in pairwise(chain):
            await _introduce(lower, upper)
            await _introduce(upper, lower)


async def _migrate(node: NodeProcess) -> None:
    settings = node.as_settings()
    for service in build_services(node.services):
        async with _database(settings, service.name) as database:
            await upgrade(database, service.migrations)


async def _settle(node: NodeProcess) -> None:
    settings = node.as_settings()
    for key in ("token", "node"):
        ensure_key_pair(_key(settings, key))
    async with _database(settings, "directory") as database, database.transaction(utc_now()) as tx:
        await seed_demo(tx, settings)


async def _introduce(node: NodeProcess, neighbour: NodeProcess) -> None:
    """Register the neighbour's card at the node, unless the very card is registered already."""
    card = await _card(neighbour)
    async with _database(node.as_settings(), "directory") as database, database.transaction(utc_now()) as tx:
        known = [
            (peer.node_id, peer.public_key, peer.bootstrap_servers) for peer in (await list_peers(tx.session)).rows
        ]
        if (card.node_id, card.public_key, card.bootstrap_servers) not in known:
            await register_peer(tx, card, confirmed_fingerprint=card_fingerprint(card), by=None)


async def _card(node: NodeProcess) -> PeerCard:
    settings = node.as_settings()
    async with _database(settings, "directory") as database, database.reading() as session:
        return await node_card(
            session,
            node=settings.node,
            keys=ensure_key_pair(_key(settings, "node")),
            bootstrap_servers=settings.kafka,
        )


def _key(settings: Settings, name: str) -> Path:
    return settings.data_dir / "keys" / f"{name}.key"


@asynccontextmanager
async def _database(settings: Settings, service: str) -> AsyncIterator[Database]:
    database = Database(database_url(settings, service), service=service, node=settings.node)
    try:
        yield database
    finally:
        await database.close()
