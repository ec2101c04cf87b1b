"""Units: the list, a new one, one of them; and what the node says of itself."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Request, Response
from fastapi.responses import RedirectResponse

from services.directory import store
from services.directory.actions import units as actions
from services.directory.actions.admitting import allowed
from services.directory.model import NewUnit, ProfileChange, Unit, UnitChange
from services.directory.policy.administration import Administration, blocker_of, may, require
from services.directory.policy.units import ReportsTo, activity_blocker, reports_to
from services.kernel.language.refusal import NotFound, Refusal
from services.kernel.language.vocabulary import UnitKind
from services.kernel.runtime.pages.export import ExportForm
from services.kernel.runtime.pages.listing import Cursor, Place, Sort, export_list
from services.kernel.runtime.pages.paging import Part
from services.kernel.runtime.pages.templating import back_to, page
from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.web.asking import named_in
from services.kernel.runtime.web.dependencies import (
    Context,
    IfMatch,
    LiveMe,
    Me,
    Officer,
    Reading,
    Tx,
    asked_first,
    edge_router,
)
from services.kernel.runtime.web.forms import Typed, comes_back, read_form

router = edge_router()

_LIST = "/directory/units"
_PAGE = 100
_SORTS = {"registered": "按登记先后", "name": "按名称", "group": "按考核分组"}
_GOES_TO = {ReportsTo.SUPERIOR: "上级节点", ReportsTo.OWN_EDITORS: "本级采编"}


@dataclass(frozen=True)
class Asked:
    """What the address of the list asks for."""

    kind: Annotated[str, Query(max_length=20)] = ""
    sort: Sort = ""
    cursor: Cursor = ""

    @property
    def place(self) -> Place:
        """Which part of the list that is."""
        return Place(_LIST, {"kind": self.kind}, _SORTS, self.sort, self.cursor)

    async def read(self, session: AsyncSession, cursor: str, limit: int) -> Part[Unit]:
        """The units it means, after a cursor."""
        kind = UnitKind(self.kind) if self.kind in set(UnitKind) else None
        return await store.list_units(session, kind=kind, order=self.sort, cursor=cursor, limit=limit)


AskedFor = Annotated[Asked, Depends()]


@router.get("/")
async def enter(me: Me) -> Response:
    return RedirectResponse(_LIST if may(me.roles, Administration.READ_UNITS) else "/", status_code=303)


@router.get("/units")
async def show_units(request: Request, me: Me, reading: Reading, asked: AskedFor) -> Response:
    require(me.roles, Administration.READ_UNITS)
    return await _list_page(request, me, reading, Typed(), asked=asked)


@router.get("/units/export.{form}")
async def export(form: ExportForm, me: Me, reading: Reading, asked: AskedFor) -> Response:
    require(me.roles, Administration.READ_UNITS)

    def line(unit: Unit) -> list[object]:
        state = "在用" if unit.is_active else "已停用"
        where = _GOES_TO[reports_to(unit.kind)]
        return [
            unit.name, unit.short_name, unit.kind.label, unit.level.label, unit.ranking_group, unit.org_code, where, state
        ]  # fmt: skip

    head = ["全称", "简称", "类别", "层级", "考核分组", "机构代码", "报送去向", "状态"]
    return await export_list(form, "单位", head, read=partial(asked.read, reading), line=line)


async def _list_again(request: Request, session: AsyncSession, typed: Typed, _: Refusal) -> Response:
    return await _list_page(request, request.state.officer, session, typed)


async def _profile_again(request: Request, session: AsyncSession, typed: Typed, _: Refusal) -> Response:
    return await _list_page(request, request.state.officer, session, Typed(), profile=typed)


async def _unit_again(request: Request, session: AsyncSession, typed: Typed, _: Refusal) -> Response:
    unit = await _unit(session, named_in(request, "unit_id", UUID))
    return await _unit_page(request, request.state.officer, session, unit, typed)


@router.post("/units")
@comes_back(_list_again)
@asked_first(allowed(Administration.CHANGE_UNITS))
async def register_unit(request: Request, me: LiveMe, tx: Tx) -> Response:
    unit = await actions.register_unit(tx, await read_form(request, NewUnit), by=me)
    return back_to(_LIST, f"已登记“{unit.name}”。")


@router.get("/units/{unit_id}")
async def show_unit(unit_id: UUID, request: Request, me: Me, reading: Reading) -> Response:
    require(me.roles, Administration.READ_UNITS)
    unit = await _unit(reading, unit_id)
    return await _unit_page(request, me, reading, unit, Typed(fields=unit.model_dump()))


@router.post("/units/{unit_id}")
@comes_back(_unit_again)
@asked_first(allowed(Administration.CHANGE_UNITS))
async def change_unit(unit_id: UUID, request: Request, *, me: LiveMe, version: IfMatch, tx: Tx) -> Response:
    await actions.change_unit(tx, unit_id, await read_form(request, UnitChange), version=version, by=me)
    return back_to(_LIST, "已保存。")


@router.post("/profile")
@comes_back(_profile_again)
@asked_first(allowed(Administration.CHANGE_UNITS))
async def change_profile(request: Request, me: LiveMe, version: IfMatch, tx: Tx) -> Response:
    await actions.change_profile(tx, await read_form(request, ProfileChange), version=version, by=me)
    return back_to(_LIST, "已保存本节点信息。")


async def _list_page(
    request: Request,
    me: Officer,
    session: AsyncSession,
    typed: Typed,
    *,
    profile: Typed | None = None,
    asked: Asked = Asked(),
) -> Response:
    found = await asked.read(session, asked.cursor, _PAGE)
    context: Context = request.app.state.context
    said = await store.find_profile(session, context.node.node_id)
    profile = profile or Typed(fields=said.model_dump() if said else {})
    return page(
        request,
        "directory/units.html",
        status_code=max(typed.status, profile.status),
        units=[(unit, _GOES_TO[reports_to(unit.kind)]) for unit in found.rows],
        place=asked.place,
        asked=asked,
        all_kinds=list(UnitKind),
        next_href=asked.place.next_href(found),
        typed=typed,
        profile=profile,
        profile_version=said.version if said else 0,
        kinds=[UnitKind.BUREAU, UnitKind.HOSTED],
        may_change=may(me.roles, Administration.CHANGE_UNITS),
    )


async def _unit_page(request: Request, me: Officer, session: AsyncSession, unit: Unit, typed: Typed) -> Response:
    officers = await store.count_officers_in(session, unit.unit_id)
    is_free = unit.kind in {UnitKind.BUREAU, UnitKind.HOSTED}
    return page(
        request,
        "directory/unit.html",
        status_code=typed.status,
        unit=unit,
        typed=typed,
        kinds=[UnitKind.BUREAU, UnitKind.HOSTED] if is_free else [unit.kind],
        blocker=blocker_of(me.roles, Administration.CHANGE_UNITS),
        closing=activity_blocker(unit.kind, is_active=not unit.is_active, officers=officers),
    )


async def _unit(session: AsyncSession, unit_id: UUID) -> Unit:
    unit = await store.find_unit(session, unit_id)
    if unit is None:
        raise NotFound
    return unit
