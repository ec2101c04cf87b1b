"""What a service has for an officer, answered to a home page: in the same process by a call, in another one over HTTP."""

from __future__ import annotations

from fastapi import APIRouter

from services.kernel.runtime.pages.agenda import Agenda
from services.kernel.runtime.service import AskAgenda, ReadAgenda, Service, ServiceContext
from services.kernel.runtime.web.dependencies import Context, Me, Now, Reading, edge_router
from services.kernel.runtime.web.identity import Officer


def agenda_router(read: ReadAgenda) -> APIRouter:
    """`GET /api/v1/agenda`: what the service has for whoever asks."""
    router = edge_router()

    @router.get("/api/v1/agenda")
    async def show_agenda(me: Me, session: Reading, now: Now, context: Context) -> Agenda:
        return await read(session, me, now, context)

    return router


def tell_each_other(services: dict[str, Service], contexts: dict[str, ServiceContext]) -> None:
    """Let every service of the process ask the others without a request."""
    readers = {name: _reader(service.agenda, contexts[name]) for name, service in services.items() if service.agenda}
    for context in contexts.values():
        context.agendas = readers


def _reader(read: ReadAgenda, context: ServiceContext) -> AskAgenda:
    async def ask(officer: Officer) -> Agenda:
        async with context.database.reading() as session:
            return await read(session, officer, context.clock(), context)

    return ask
