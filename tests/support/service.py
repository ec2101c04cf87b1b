"""A service under test: migrated database, officers with real tokens, a client without a network."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import httpx

from services.kernel.language.vocabulary import Level, Role, UnitKind
from services.kernel.runtime.running.app import make_node
from services.kernel.runtime.running.process import NodeProcess
from services.kernel.runtime.service import Service
from services.kernel.runtime.storing.database import Database
from services.kernel.runtime.storing.standing import StillStarting
from services.kernel.runtime.surroundings.identifiers import derived_id
from services.kernel.runtime.surroundings.settings import NodeInfo, Settings
from services.kernel.runtime.web.identity import Officer
from services.kernel.runtime.web.tokens import Claims, KeyPair, sign_token
from tests.support.schemas import make_schemas

NOW = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
TOWNSHIP = NodeInfo("township", "安澜市云岭区龙潭乡", Level.TOWNSHIP)
DISTRICT = NodeInfo("district", "安澜市云岭区", Level.COUNTY)
CITY = NodeInfo("city", "安澜市", Level.CITY)


def unit_id(name: str) -> UUID:
    """A unit id that is the same in every test: `township`, `district`, `district-water`, …"""
    return derived_id("unit", name)


def officer(*roles: Role, name: str = "张三", unit: str = "district", kind: UnitKind = UnitKind.HEAD_OFFICE) -> Officer:
    """An officer with these roles in a unit known by `unit_id(unit)`."""
    username = "-".join(roles) or "nobody"
    return Officer(
        derived_id("officer", unit, username, name),
        username,
        name,
        unit_id(unit),
        unit,
        kind,
        "办公室",
        frozenset(roles),
    )


def token_for(who: Officer, keys: KeyPair, node_id: str, now: datetime | None = None) -> str:
    """A token as the directory would sign it, valid for ten minutes from `now`."""
    now = now or datetime.now(UTC)
    claims = Claims(
        who.officer_id, who.username, who.name, who.unit_id, who.unit_name, who.unit_kind, who.section, who.roles,
        node_id, secrets.token_hex(8), now, now + timedelta(minutes=10),
    )  # fmt: skip
    return sign_token(claims, keys.private)


@asynccontextmanager
async def service_database(service: Service, url: str, node: NodeInfo = DISTRICT) -> AsyncIterator[Database]:
    """The migrated database of one service on `url` (see the fixture `database_url`)."""
    database = Database(url, service=service.name, node=node)
    await make_schemas([(database, service.migrations)])
    try:
        yield database
    finally:
        await database.close()


def settings_for(node: NodeInfo, folder: Path, *, database_url: str = "", kafka: str = "127.0.0.1:1") -> Settings:
    """Settings of a test node; the broker's address leads nowhere unless given."""
    return Settings(
        node_id=node.node_id, node_name=node.name, level=node.level, data_dir=folder, database_url=database_url,
        kafka=kafka, demo=True, fonts_dir=Path(".run/fonts"),
    )  # fmt: skip


@asynccontextmanager
async def running_node(
    services: list[Service], settings: Settings, *, with_agents: bool = False, clock: object = None
) -> AsyncIterator[NodeProcess]:
    """A node process of these services, schema migrated, lifespan entered."""
    more = {"clock": clock} if clock else {}
    process = make_node(services, settings, with_agents=with_agents, **more)  # type: ignore[arg-type]
    await make_schemas([(process.contexts[service.name].database, service.migrations) for service in services])
    async with process.app.router.lifespan_context(process.app):
        for context in process.contexts.values():
            while isinstance(await context.database.gate.refusal(), StillStarting):  # it bounds itself
                await asyncio.sleep(0.05)
                context.database.gate.changed()
        yield process


def client_of(process: NodeProcess, who: Officer | None = None, **options: object) -> httpx.AsyncClient:
    """A client of the node's pages and APIs, signed in as `who` by a real token.

    What it sends as a page carries a key of its own, as each form of ours does.
    """
    headers = {}
    if who is not None:
        context = next(iter(process.contexts.values()))
        token = token_for(who, context.token_keys, context.node.node_id, context.clock())
        headers["Authorization"] = f"Bearer {token}"
    transport = httpx.ASGITransport(app=process.app, raise_app_exceptions=False)
    client = httpx.AsyncClient(transport=transport, base_url="http://node.test", headers=headers, **options)  # type: ignore[arg-type]
    client.event_hooks["request"].append(_key_of_a_page)
    return client


async def _key_of_a_page(request: httpx.Request) -> None:
    is_page = request.method == "POST" and "text/html" in request.headers.get("accept", "")
    if is_page and b"idempotency_key" not in await request.aread():
        request.headers.setdefault("Idempotency-Key", secrets.token_hex(8))
