"""One process of a node: the chosen services as mounted apps, their relays, agents and workers on one loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import structlog
from fastapi import APIRouter, FastAPI
from starlette.staticfiles import StaticFiles

from services.kernel.language.catalogue import asyncapi
from services.kernel.language.refusal import NotFound
from services.kernel.language.vocabulary import VOCABULARIES, vocabulary
from services.kernel.runtime.database import Database, database_url
from services.kernel.runtime.desk import desk_router
from services.kernel.runtime.errors import add_error_answers
from services.kernel.runtime.files import FileStore
from services.kernel.runtime.health import health_router
from services.kernel.runtime.live import Signals, live_router
from services.kernel.runtime.middleware import Surroundings
from services.kernel.runtime.migrations import require_current
from services.kernel.runtime.naps import utc_now
from services.kernel.runtime.process import VERSION, NodeProcess
from services.kernel.runtime.running import ServiceRunner
from services.kernel.runtime.service import Service, ServiceContext
from services.kernel.runtime.settings import Settings
from services.kernel.runtime.templating import STATIC_DIR, make_templates
from services.kernel.runtime.tokens import ensure_key_pair
from services.kernel.runtime.topics import ensure_topics

log = structlog.get_logger()


def make_context(
    service: Service, settings: Settings, http: httpx.AsyncClient, clock: Callable[[], datetime] = utc_now
) -> ServiceContext:
    """What `service` works with under these settings."""
    keys = Path(settings.data_dir) / "keys"
    context = ServiceContext(
        name=service.name,
        settings=settings,
        database=Database(database_url(settings, service.name), service=service.name, node=settings.node),
        files=FileStore(Path(settings.data_dir) / "files"),
        signals=Signals(),
        http=http,
        token_keys=ensure_key_pair(keys / "token.key"),
        node_keys=ensure_key_pair(keys / "node.key"),
        clock=clock,
    )
    context.database.on_signal = context.signals.publish
    return context


def make_node(
    services: Sequence[Service],
    settings: Settings,
    *,
    with_agents: bool = True,
    clock: Callable[[], datetime] = utc_now,
) -> NodeProcess:
    """Compose services into one process. `with_agents=False` serves HTTP alone (tests, a second replica)."""
    root = FastAPI(title=f"上达 · {settings.node_name}", version=VERSION, docs_url=None, redoc_url=None)
    http = _client(root, settings)
    contexts = {service.name: make_context(service, settings, http, clock) for service in services}
    runners = [ServiceRunner(service, contexts[service.name]) for service in services] if with_agents else []
    process = NodeProcess(root, contexts, runners, settings)
    first = next(iter(contexts.values()))
    _prepare(root, first, _template_folders(services))
    for service in services:
        for router in service.root_routers:
            root.include_router(router)
        root.mount(f"/{service.name}", _service_app(service, contexts[service.name]))
    root.mount("/static", StaticFiles(directory=STATIC_DIR), name="static")
    root.include_router(health_router(process, services))
    root.add_api_route("/asyncapi.json", asyncapi, include_in_schema=False)
    root.add_middleware(Surroundings, context=first)
    root.router.lifespan_context = _lifespan(process, services)
    _root_context(root, services, contexts)
    return process


def _root_context(root: FastAPI, services: Sequence[Service], contexts: dict[str, ServiceContext]) -> None:
    """Root pages belong to the service that brings them; each finds its own context by path."""
    root.state.contexts = contexts
    owner = next((service.name for service in services if service.root_routers), services[0].name)
    root.state.context = contexts[owner]


def _service_app(service: Service, context: ServiceContext) -> FastAPI:
    app = FastAPI(title=f"上达 · {service.title}", version=VERSION, docs_url=None, redoc_url=None)
    folders = [service.templates] if service.templates else []
    _prepare(app, context, folders)
    for router in service.routers:
        app.include_router(router)
    app.include_router(_vocabulary_router())
    app.include_router(live_router())
    app.include_router(desk_router(service))
    return app


def describe_services(services: Sequence[Service]) -> dict[str, Any]:
    """The OpenAPI document of each service, and of the root pages' own APIs, without running anything."""
    found = {}
    for service in services:
        app = FastAPI(title=f"上达 · {service.title}", version=VERSION)
        for router in service.routers:
            app.include_router(router)
        for router in service.root_routers:
            app.include_router(router, prefix="/..")
        app.include_router(_vocabulary_router())
        app.include_router(desk_router(service))
        found[service.name] = app.openapi()
    return found


def _prepare(app: FastAPI, context: ServiceContext, folders: Sequence[Path]) -> None:
    app.state.context = context
    app.state.node = context.node
    app.state.clock = context.clock
    app.state.templates = make_templates(*folders)
    add_error_answers(app)


def _template_folders(services: Sequence[Service]) -> list[Path]:
    return [service.templates for service in services if service.templates and service.root_routers]


def _vocabulary_router() -> APIRouter:
    router = APIRouter()

    @router.get("/api/v1/vocabulary/{name}")
    async def list_words(name: str) -> dict[str, Any]:
        if name not in VOCABULARIES:
            raise NotFound
        return {"items": vocabulary(name), "next": None}

    return router


def _client(root: FastAPI, settings: Settings) -> httpx.AsyncClient:
    if settings.node_url:
        return httpx.AsyncClient(base_url=settings.node_url, timeout=5.0)
    transport = httpx.ASGITransport(app=root, raise_app_exceptions=False)
    return httpx.AsyncClient(base_url="http://node.internal", transport=transport, timeout=5.0)


def _lifespan(process: NodeProcess, services: Sequence[Service]) -> Callable[[FastAPI], Any]:
    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        for service in services:
            await require_current(process.contexts[service.name].database, service.migrations)
        for service in services:
            if service.setup:
                await service.setup(process.contexts[service.name])
        async with AsyncExitStack() as stack:
            stop = asyncio.Event()
            if process.runners:
                tasks = [asyncio.create_task(_with_topics(process, stop))]
                stack.push_async_callback(_finish, stop, tasks)
            yield
        for context in process.contexts.values():
            await context.database.close()
        await next(iter(process.contexts.values())).http.aclose()

    return lifespan


async def _with_topics(process: NodeProcess, stop: asyncio.Event) -> None:
    """Make the topics as soon as the broker answers, then run everything; pages serve meanwhile."""
    delay_s = 0.5
    while not stop.is_set():
        try:
            await ensure_topics(process.settings)
            break
        except Exception as fault:  # noqa: BLE001 - the broker may come later than the node
            log.warning("node.broker.away", kafka=process.settings.kafka, fault=repr(fault)[:200])
            try:
                await asyncio.wait_for(stop.wait(), delay_s)
            except TimeoutError:
                delay_s = min(delay_s * 2, 10)
    runs: list[Awaitable[None]] = [runner.run(stop) for runner in process.runners]
    await asyncio.gather(*runs)


async def _finish(stop: asyncio.Event, tasks: Sequence[asyncio.Task[None]]) -> None:
    """Graceful stop: finish, commit, leave the group; what is not done after 25 s is cut."""
    stop.set()
    _done, late = await asyncio.wait(tasks, timeout=25)
    for task in late:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
