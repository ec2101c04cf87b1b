"""The audit log of a service, read page by page: by officer, by day, by what was done; and as a file."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from sqlalchemy import select

from services.kernel.language.calendar import SHANGHAI
from services.kernel.language.vocabulary import Role
from services.kernel.runtime.pages.audit_log.wording import OTHER, VERBS
from services.kernel.runtime.pages.event_desk.pages import SERVICE_TITLES
from services.kernel.runtime.pages.export import ExportForm, local_text
from services.kernel.runtime.pages.listing import Cursor, Place, export_list
from services.kernel.runtime.pages.paging import Order, Part
from services.kernel.runtime.pages.templating import page
from services.kernel.runtime.pages.wording import zh_date
from services.kernel.runtime.service import Service
from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.storing.tables import AUDIT
from services.kernel.runtime.surroundings.settings import ALL_SERVICES
from services.kernel.runtime.web.dependencies import Me, Reading, edge_router

PAGE_SIZE = 50
NOBODY = "系统"
_UUID_CHARACTERS = 36
_NEWEST = Order(AUDIT.c.id, is_falling=True)


@dataclass(frozen=True)
class Deed:
    """One row of the audit chain in words; of what was done to whom, only the end of a long number."""

    at: datetime
    who: str
    what: str
    subject: str
    why: str

    @classmethod
    def of(cls, row: Any) -> Deed:
        """The row as people read it."""
        details = json.loads(row.details)
        why = next((str(details[name]) for name in ("reason", "note", "name", "username") if details.get(name)), "")
        who, what = row.officer_name or NOBODY, VERBS.get(row.verb, OTHER)
        return cls(row.at, who, what, _readable(row.subject), why)


@dataclass(frozen=True)
class Asked:
    """What the address of the log asks for."""

    who: Annotated[str, Query(max_length=60)] = ""
    day: Annotated[str, Query(max_length=10)] = ""
    verb: Annotated[str, Query(max_length=80)] = ""
    cursor: Cursor = ""

    def place(self, service: str) -> Place:
        """Which part of the log that is."""
        narrowed = {"who": self.who, "day": self.day, "verb": self.verb}
        return Place(f"/{service}/audit", narrowed, cursor=self.cursor)

    async def read(self, session: AsyncSession, cursor: str, limit: int) -> Part[Deed]:
        """What was done, the newest first, after a cursor."""
        query = select(AUDIT)
        if self.who:
            query = query.where(AUDIT.c.officer_name == self.who.strip())
        if begin := _begin_of(self.day):
            query = query.where(AUDIT.c.at >= begin, AUDIT.c.at < begin + timedelta(days=1))
        if self.verb in VERBS:
            query = query.where(AUDIT.c.verb == self.verb)
        found = await _NEWEST.read(session, query, cursor=cursor, limit=limit)
        return Part([Deed.of(row) for row in found.rows], found.next)


AskedFor = Annotated[Asked, Depends()]


def audit_router(service: Service) -> APIRouter:
    """The pages of one service's log."""
    router = edge_router(include_in_schema=False)

    @router.get("/audit")
    async def show_audit(request: Request, session: Reading, me: Me, asked: AskedFor) -> Response:
        me.require(Role.ADMIN)
        found, place = await asked.read(session, asked.cursor, PAGE_SIZE), asked.place(service.name)
        return page(
            request,
            "kernel/audit.html",
            title=service.title,
            deeds=found.rows,
            asked=asked,
            place=place,
            next_href=place.next_href(found),
            verbs=list(VERBS.items()),
            tabs=[
                {"href": f"/{one}/audit", "label": SERVICE_TITLES[one], "current": one == service.name}
                for one in ALL_SERVICES
            ],
        )

    @router.get("/audit/export.{form}")
    async def export(form: ExportForm, session: Reading, me: Me, asked: AskedFor) -> Response:
        me.require(Role.ADMIN)

        async def read(cursor: str, limit: int) -> Part[Deed]:
            return await asked.read(session, cursor, limit)

        def line(deed: Deed) -> list[object]:
            return [local_text(deed.at), deed.who, deed.what, deed.subject, deed.why]

        head = ["时间", "谁", "做了什么", "对象", "说明"]
        return await export_list(form, f"操作记录-{service.title}", head, read=read, line=line)

    return router


def _readable(subject: str) -> str:
    """A day as people write it, the end of a long number; all else as it is."""
    try:
        return zh_date(date.fromisoformat(subject))
    except ValueError:
        return subject[-12:] if len(subject) == _UUID_CHARACTERS else subject


def _begin_of(day: str) -> datetime | None:
    """When a day begins in China; None for no day at all."""
    try:
        return datetime.combine(date.fromisoformat(day), time.min, SHANGHAI)
    except ValueError:
        return None
