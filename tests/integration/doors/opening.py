"""Opening the world: all services in one process, or each in a process of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from fastapi import FastAPI
from starlette.types import Receive, Scope, Send

from services.kernel.runtime.running.process import NodeProcess
from services.node import build_services
from tests.integration.doors.world import World
from tests.support.service import DISTRICT, NOW, client_of, running_node, settings_for


@asynccontextmanager
async def open_world(folder: Path) -> AsyncIterator[World]:
    """All services in one process, SQLite, no broker."""
    node = running_node(build_services(), settings_for(DISTRICT, folder), clock=lambda: NOW)
    async with node as process, _filled(World(process)) as world:
        yield world


@asynccontextmanager
async def open_world_apart(folder: Path) -> AsyncIterator[World]:
    """Each service in a process of its own, behind one address."""
    settings = settings_for(DISTRICT, folder)
    async with AsyncExitStack() as stack:
        processes = {
            service.name: await stack.enter_async_context(running_node([service], settings, clock=lambda: NOW))
            for service in build_services()
        }
        front = cast(FastAPI, Front({name: process.app for name, process in processes.items()}))
        node = NodeProcess(front, {name: one.contexts[name] for name, one in processes.items()}, [], settings)
        for context in node.contexts.values():
            await context.http.aclose()
            context.http = client_of(node)
        yield await stack.enter_async_context(_filled(World(node)))


@asynccontextmanager
async def _filled(world: World) -> AsyncIterator[World]:
    await world.fill()
    yield world
    for client in world.clients.values():
        await client.aclose()


@dataclass(frozen=True)
class Front:
    """What stands before services that run apart: it sends each path to the service that it names."""

    apps: dict[str, FastAPI]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; what names no service is the directory's, the portal is part of disclosure."""
        first = scope["path"].split("/")[1]
        app = self.apps.get("disclosure" if first == "open" else first, self.apps["directory"])
        await app(scope, receive, send)
