"""Officers: the list, a new one, one of them, a new password."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Request, Response

from services.directory import store
from services.directory.actions import officers as actions
from services.directory.actions.admitting import allowed
from services.directory.model import NewOfficer, NewPassword, Officer, OfficerChange, Unit, names
from services.directory.policy.administration import Administration, leaving_blocker, may, require
from services.kernel.language.refusal import NotFound, Refusal
from services.kernel.language.vocabulary import Role, UnitKind
from services.kernel.runtime.pages.export import ExportForm
from services.kernel.runtime.pages.listing import Cursor, Place, Sort, export_list
from services.kernel.runtime.pages.paging import Part
from services.kernel.runtime.pages.templating import back_to, page
from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.surroundings.identifiers import id_in
from services.kernel.runtime.web.asking import named_in
from services.kernel.runtime.web.dependencies import (
    Context,
    IfMatch,
    LiveMe,
    Me,
    Reading,
    Tx,
    asked_first,
    edge_router,
)
from services.kernel.runtime.web.forms import Typed, comes_back, read_form

router = edge_router()

_LIST = "/directory/officers"
_PAGE = 50
_SORTS = {"username": "用户名", "name": "姓名"}


@dataclass(frozen=True)
class Asked:
    """What the address of the list asks for."""

    q: Annotated[str, Query(max_length=200)] = ""
    role: str = ""
    unit: str = ""
    password: Annotated[str, Query(max_length=20)] = ""
    sort: Sort = ""
    cursor: Cursor = ""

    @property
    def place(self) -> Place:
        """Which part of the list that is."""
        narrowed = {"q": self.q, "role": self.role, "unit": self.unit, "password": self.password}
        return Place(_LIST, narrowed, _SORTS, self.sort, self.cursor)

    async def read(self, session: AsyncSession, cursor: str, limit: int) -> Part[tuple[Officer, Unit]]:
        """The officers it means, after a cursor."""
        return await store.list_officers(
            session,
            q=_searched(self.q),
            role=Role(self.role) if self.role in set(Role) else None,
            unit_id=id_in(self.unit),
            is_without_password=self.password == "missing",
            order=self.sort,
            cursor=cursor,
            limit=limit,
        )


AskedFor = Annotated[Asked, Depends()]


@router.get("/officers")
async def show_officers(request: Request, me: Me, reading: Reading, asked: AskedFor) -> Response:
    require(me.roles, Administration.READ_OFFICERS)
    found = await asked.read(reading, asked.cursor, _PAGE)
    return page(
        request,
        "directory/officers.html",
        found=found.rows,
        asked=asked,
        place=asked.place,
        next_href=asked.place.next_href(found),
        units=await _places(reading),
        roles=list(Role),
        without_password=await store.count_without_password(reading),
        may_change=may(me.roles, Administration.CHANGE_OFFICERS),
        sees_phones=may(me.roles, Administration.READ_PHONES),
    )


@router.get("/officers/export.{form}")
async def export(form: ExportForm, me: Me, reading: Reading, asked: AskedFor) -> Response:
    require(me.roles, Administration.READ_OFFICERS)
    head = ["姓名", "用户名", "单位", "科室", "岗位", "状态"]
    sees_phones = may(me.roles, Administration.READ_PHONES)

    def line(row: tuple[Officer, Unit]) -> list[object]:
        one, unit = row
        roles = "、".join(role.label for role in Role if role in one.roles)
        cells: list[object] = [
            one.name,
            one.username,
            unit.name,
            one.section,
            roles,
            "在岗" if one.is_active else "已停用",
        ]
        return [*cells, one.phone] if sees_phones else cells

    return await export_list(
        form, "人员", [*head, "电话"] if sees_phones else head, read=partial(asked.read, reading), line=line
    )


@router.get("/officers/new")
async def show_new_officer(request: Request, me: Me, reading: Reading, unit: str = "") -> Response:
    require(me.roles, Administration.CHANGE_OFFICERS)
    return await _new_page(request, reading, Typed(fields={"unit_id": unit}))


async def _new_again(request: Request, session: AsyncSession, typed: Typed, _: Refusal) -> Response:
    return await _new_page(request, session, typed)


async def _officer_again(request: Request, session: AsyncSession, typed: Typed, _: Refusal) -> Response:
    officer = await _officer(session, named_in(request, "officer_id", UUID))
    return await _officer_page(request, session, officer, typed)


async def _password_again(request: Request, session: AsyncSession, typed: Typed, _: Refusal) -> Response:
    officer = await _officer(session, named_in(request, "officer_id", UUID))
    return await _officer_page(request, session, officer, replace(typed, fields=officer.model_dump()))


@router.post("/officers")
@comes_back(_new_again)
@asked_first(allowed(Administration.CHANGE_OFFICERS))
async def appoint_officer(request: Request, context: Context, me: LiveMe, tx: Tx) -> Response:
    new = await read_form(request, NewOfficer)
    password_hash = await _hash(context, new.password, username=new.username, name=new.name) if new.password else ""
    await actions.appoint_officer(tx, new, password_hash=password_hash, by=me)
    told = "请当面告知初始口令，第一次登录时要换成自己的。" if password_hash else "还没有口令，设了以后才能登录。"
    return back_to(_LIST, f"已任命{new.name}，用户名 {new.username}。{told}")


@router.get("/officers/{officer_id}")
async def show_officer(officer_id: UUID, request: Request, me: Me, reading: Reading) -> Response:
    require(me.roles, Administration.CHANGE_OFFICERS)
    officer = await _officer(reading, officer_id)
    return await _officer_page(request, reading, officer, Typed(fields=officer.model_dump()))


@router.post("/officers/{officer_id}")
@comes_back(_officer_again)
@asked_first(allowed(Administration.CHANGE_OFFICERS))
async def change_officer(officer_id: UUID, request: Request, *, me: LiveMe, version: IfMatch, tx: Tx) -> Response:
    await actions.change_officer(tx, officer_id, await read_form(request, OfficerChange), version=version, by=me)
    return back_to(_LIST, "已保存，岗位和单位的变动立即生效，对方不用重新登录。")


@router.post("/officers/{officer_id}/password")
@comes_back(_password_again)
@asked_first(allowed(Administration.CHANGE_OFFICERS))
async def set_password(officer_id: UUID, request: Request, *, context: Context, me: LiveMe, tx: Tx) -> Response:
    new, officer = await read_form(request, NewPassword), await _officer(tx.session, officer_id)
    password_hash = await _hash(context, new.password, username=officer.username, name=officer.name)
    await actions.set_password(tx, officer_id, password_hash, by=me)
    return back_to(_LIST, f"已为{officer.name}重设口令，原有登录全部退出；下次登录时要换成自己的。")


async def _hash(context: Context, password: str, *, username: str, name: str) -> str:
    return await actions.hash_aside(password, username=username, name=name, demo=context.settings.demo)


async def _new_page(request: Request, session: AsyncSession, typed: Typed) -> Response:
    return page(
        request,
        "directory/officer_new.html",
        status_code=typed.status,
        typed=typed,
        units=await _places(session),
        roles=list(Role),
    )


async def _officer_page(request: Request, session: AsyncSession, officer: Officer, typed: Typed) -> Response:
    others = await store.count_other_admins(session, officer.officer_id)
    return page(
        request,
        "directory/officer.html",
        status_code=typed.status,
        shown=officer,
        leaving=leaving_blocker(officer.roles, frozenset(), other_admins=others) if officer.is_active else None,
        typed=typed,
        units=await _places(session, also=officer.unit_id),
        roles=list(Role),
    )


async def _places(session: AsyncSession, also: UUID | None = None) -> list[tuple[str, str]]:
    """The units in which officers of this node sit, for a select."""
    units = (await store.list_units(session, limit=1000)).rows
    return [
        (str(unit.unit_id), unit.name)
        for unit in units
        if (unit.kind is not UnitKind.SUBORDINATE and unit.is_active) or unit.unit_id == also
    ]


async def _officer(session: AsyncSession, officer_id: UUID) -> Officer:
    officer = await store.find_officer(session, officer_id)
    if officer is None:
        raise NotFound
    return officer


def _searched(q: str) -> str:
    """What to search for; what cannot be printed finds nothing in particular."""
    try:
        return names.plain_line(q)[: names.MAX_NAME_CHARACTERS]
    except ValueError:
        return ""
