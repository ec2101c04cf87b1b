"""The services of a node opened for a command: their databases, files and keys, closed again afterwards."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import httpx

from services.kernel.runtime.running.app import make_context
from services.kernel.runtime.service import Service, ServiceContext
from services.kernel.runtime.surroundings.settings import Settings


@asynccontextmanager
async def opened(services: Sequence[Service], settings: Settings) -> AsyncIterator[dict[str, ServiceContext]]:
    """The contexts of these services, by name."""
    async with httpx.AsyncClient(base_url=settings.node_url or f"http://{settings.host}:{settings.port}") as http:
        contexts = {service.name: make_context(service, settings, http) for service in services}
        try:
            yield contexts
        finally:
            for context in contexts.values():
                await context.database.close()
