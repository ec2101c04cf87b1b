"""One process of a node: the chosen services as mounted apps, their relays, agents and workers on one loop."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import structlog
from fastapi import APIRouter, FastAPI
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from services.kernel.language.catalogue import asyncapi
from services.kernel.language.events import marks
from services.kernel.language.refusal import NotFound
from services.kernel.language.vocabulary import VOCABULARIES, vocabulary
from services.kernel.runtime.apart import close_lanes
from services.kernel.runtime.keeping.erasure.answering import erasure_router
from services.kernel.runtime.pages.audit_log import audit_router
from services.kernel.runtime.pages.event_desk import desk_router
from services.kernel.runtime.pages.templating import STATIC_DIR, make_templates
from services.kernel.runtime.rulebooks import first_version
from services.kernel.runtime.rulebooks.pages import rulebooks_router
from services.kernel.runtime.running.agenda import agenda_router, tell_each_other
from services.kernel.runtime.running.health import health_router
from services.kernel.runtime.running.process import VERSION, NodeProcess, count_tasks
from services.kernel.runtime.running.service_runner import ServiceRunner
from services.kernel.runtime.service import Service, ServiceContext
from services.kernel.runtime.storing.database import Database, database_url
from services.kernel.runtime.storing.migrations import require_current
from services.kernel.runtime.storing.waking import listen_for_good
from services.kernel.runtime.surroundings import metrics
from services.kernel.runtime.surroundings.clock import pause, utc_now
from services.kernel.runtime.surroundings.settings import Settings
from services.kernel.runtime.surroundings.signals import Signals
from services.kernel.runtime.surroundings.supervision import keep_running
from services.kernel.runtime.telling.progress import Watcher, telling_router, watch
from services.kernel.runtime.telling.starting import begin_incarnation
from services.kernel.runtime.telling.topics import ensure_topics
from services.kernel.runtime.uploads.files import FileStore
from services.kernel.runtime.web.errors import add_error_answers
from services.kernel.runtime.web.live_pages import live_router
from services.kernel.runtime.web.middleware import Surroundings
from services.kernel.runtime.web.tokens import ensure_key_pair
from services.kernel.runtime.web.views import Page, WordView

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
    tell_each_other({service.name: service for service in services}, contexts)
    runners = [ServiceRunner(service, contexts[service.name]) for service in services] if with_agents else []
    heard = [service for service in services if service.listens_to] if with_agents else []
    watchers = {service.name: Watcher(service, contexts[service.name]) for service in heard}
    process = NodeProcess(root, contexts, runners, settings, watchers=watchers)
    metrics.PROCESS_TASKS.labels(settings.node_id).set_function(count_tasks)
    first = next(iter(contexts.values()))
    _prepare(root, first, _template_folders(services))
    for service in services:
        for router in service.root_routers:
            root.include_router(router)
        app = _service_app(service, contexts[service.name])
        app.state.watcher = watchers.get(service.name)
        root.mount(f"/{service.name}", app)
    root.mount("/static", StaticFiles(directory=STATIC_DIR), name="static")
    root.include_router(health_router(process, services))
    root.add_api_route("/asyncapi.json", asyncapi, include_in_schema=False)
    root.add_middleware(Surroundings, context=first, is_public=all(service.is_public for service in services))
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
    app.include_router(live_router(service))
    app.include_router(desk_router(service))
    app.include_router(audit_router(service))
    app.include_router(rulebooks_router(service))
    if service.agenda:
        app.include_router(agenda_router(service.agenda))
    app.include_router(telling_router())
    app.include_router(erasure_router(service))
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
        if service.agenda:
            app.include_router(agenda_router(service.agenda))
        app.include_router(desk_router(service))
        app.include_router(audit_router(service))
        app.include_router(rulebooks_router(service))
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


_MARKS = "timeline_marks"


def _vocabulary_router() -> APIRouter:
    router = APIRouter()

    @router.get("/api/v1/vocabulary/{name}")
    async def list_words(name: str) -> Page[WordView]:
        if name not in {*VOCABULARIES, _MARKS}:
            raise NotFound
        return Page[WordView](items=[WordView(**word) for word in (marks() if name == _MARKS else vocabulary(name))])

    return router


def _client(root: FastAPI, settings: Settings) -> httpx.AsyncClient:
    if settings.node_url:
        return httpx.AsyncClient(base_url=settings.node_url, timeout=5.0)
    transport = httpx.ASGITransport(app=root, raise_app_exceptions=False)
    return httpx.AsyncClient(base_url="http://node.internal", transport=transport, timeout=5.0)


def _lifespan(process: NodeProcess, services: Sequence[Service]) -> Callable[[FastAPI], Any]:
    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            stack.push_async_callback(_close, process)
            await _prepare_data(process, services)
            process.stop = asyncio.Event()
            work = asyncio.create_task(_run(process))
            stack.push_async_callback(_finish, process, work)
            yield

    return lifespan


async def _prepare_data(process: NodeProcess, services: Sequence[Service]) -> None:
    """What must be so before anything is served: schemas, first rules, a new incarnation, pages compiled."""
    for service in services:
        await require_current(process.contexts[service.name].database, service.migrations)
    for service in services:
        context = process.contexts[service.name]
        await _set_up(service, replace(context, database=context.database.ungated()))
    if process.runners:
        for context in process.contexts.values():
            await begin_incarnation(context.database, Path(process.settings.data_dir))
    await asyncio.to_thread(_compile_templates, process.app)


async def _close(process: NodeProcess) -> None:
    """Leave nothing open, also where the start was refused."""
    for context in process.contexts.values():
        await context.database.close()
    await next(iter(process.contexts.values())).http.aclose()
    await close_lanes()


async def _set_up(service: Service, context: ServiceContext) -> None:
    """Give a new node its first rules, then let the service begin."""
    if service.rulebooks:
        async with context.database.transaction(context.clock()) as tx:
            for book in service.rulebooks:
                await first_version(tx, book, service.hooks_of(book), context.settings)
    if service.setup:
        await service.setup(context)


def _compile_templates(root: FastAPI) -> None:
    """Before the first request: whoever asks first would else hold the loop while a page is compiled."""
    for app in (root, *(route.app for route in root.routes if isinstance(route, Mount))):
        if isinstance(app, FastAPI):
            app.state.templates.compile_all()


async def _run(process: NodeProcess) -> None:
    """All that a process does unasked: hear what others wrote, and in one with agents, everything else."""
    keep = partial(keep_running, stop=process.stop)
    async with asyncio.TaskGroup() as jobs:
        for name, context in process.contexts.items():
            hear = partial(listen_for_good, context.database, process.stop)
            jobs.create_task(keep("hearing", hear, where=(process.settings.node_id, name)))
        if process.runners:
            where = (process.settings.node_id, "node")
            jobs.create_task(keep("node", partial(_with_topics, process), where=where))
            look = partial(watch, process.watchers.values(), where[0], process.stop)
            jobs.create_task(keep("progress", look, where=where))


async def _with_topics(process: NodeProcess) -> None:
    """Make the topics as soon as the broker answers, then run everything; pages serve meanwhile."""
    delay_s = 0.5
    while not process.stop.is_set():
        try:
            await ensure_topics(process.settings)
            break
        except Exception as fault:  # noqa: BLE001 - the broker may come later than the node
            for context in process.contexts.values():
                context.database.gate.broker_is_away()
            log.warning("node.broker.away", kafka=process.settings.kafka, fault=repr(fault)[:200])
            await pause(process.stop, delay_s)
            delay_s = min(delay_s * 2, 10)
    async with asyncio.TaskGroup() as runs:
        for runner in process.runners:
            runs.create_task(runner.run(process.stop))


async def _finish(process: NodeProcess, work: asyncio.Task[None]) -> None:
    """Graceful stop: finish, commit, leave the group. Every part cuts what holds it; this cuts a part that does not."""
    process.stop.set()
    began = time.monotonic()
    _done, late = await asyncio.wait([work], timeout=process.settings.stop_within_s + 1)
    if late:
        work.cancel()
    await asyncio.wait([work], timeout=2)
    cut = [name for runner in process.runners for name in runner.cut] + ["node"] * bool(late)
    log.info("node.work.stopped", seconds=round(time.monotonic() - began, 2), cut=cut)
