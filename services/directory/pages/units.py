"""Units: the list, a new one, one of them; and what the node says of itself."""

from __future__ import annotations

from uuid import UUID

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from services.directory import store
from services.directory.actions import units as actions
from services.directory.model import NewUnit, ProfileChange, Unit, UnitChange
from services.directory.policy.administration import Administration, may, require
from services.directory.policy.units import reports_to
from services.kernel.language.refusal import NotFound, Refusal
from services.kernel.language.vocabulary import UnitKind
from services.kernel.runtime.pages.listing import Cursor, Place
from services.kernel.runtime.pages.templating import back_to, page
from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.web.asking import named_in
from services.kernel.runtime.web.dependencies import Context, IfMatch, LiveMe, Me, Officer, Reading, Tx, edge_router
from services.kernel.runtime.web.forms import Typed, comes_back, read_form

router = edge_router()

_LIST = "/directory/units"
_PAGE = 100


@router.get("/")
async def enter(me: Me) -> Response:
    return RedirectResponse(_LIST if may(me.roles, Administration.READ_UNITS) else "/", status_code=303)


@router.get("/units")
async def show_units(request: Request, me: Me, reading: Reading, cursor: Cursor = "") -> Response:
    require(me.roles, Administration.READ_UNITS)
    return await _list_page(request, me, reading, Typed(), cursor=cursor)


async def _list_again(request: Request, session: AsyncSession, typed: Typed, _: Refusal) -> Response:
    return await _list_page(request, request.state.officer, session, typed)


async def _profile_again(request: Request, session: AsyncSession, typed: Typed, _: Refusal) -> Response:
    return await _list_page(request, request.state.officer, session, Typed(), profile=typed)


async def _unit_again(request: Request, session: AsyncSession, typed: Typed, _: Refusal) -> Response:
    unit = await _unit(session, named_in(request, "unit_id", UUID))
    return _unit_page(request, request.state.officer, unit, typed)


@router.post("/units")
@comes_back(_list_again)
async def register_unit(request: Request, me: LiveMe, tx: Tx) -> Response:
    require(me.roles, Administration.CHANGE_UNITS)
    unit = await actions.register_unit(tx, await read_form(request, NewUnit), by=me.ref)
    return back_to(_LIST, f"已登记“{unit.name}”。")


@router.get("/units/{unit_id}")
async def show_unit(unit_id: UUID, request: Request, me: Me, reading: Reading) -> Response:
    require(me.roles, Administration.READ_UNITS)
    unit = await _unit(reading, unit_id)
    return _unit_page(request, me, unit, Typed(fields=unit.model_dump()))


@router.post("/units/{unit_id}")
@comes_back(_unit_again)
async def change_unit(unit_id: UUID, request: Request, *, me: LiveMe, version: IfMatch, tx: Tx) -> Response:
    require(me.roles, Administration.CHANGE_UNITS)
    await actions.change_unit(tx, unit_id, await read_form(request, UnitChange), version=version, by=me.ref)
    return back_to(_LIST, "已保存。")


@router.post("/profile")
@comes_back(_profile_again)
async def change_profile(request: Request, me: LiveMe, version: IfMatch, tx: Tx) -> Response:
    require(me.roles, Administration.CHANGE_UNITS)
    await actions.change_profile(tx, await read_form(request, ProfileChange), version=version, by=me.ref)
    return back_to(_LIST, "已保存本节点信息。")


async def _list_page(
    request: Request,
    me: Officer,
    session: AsyncSession,
    typed: Typed,
    *,
    profile: Typed | None = None,
    cursor: str = "",
) -> Response:
    found = await store.list_units(session, cursor=cursor, limit=_PAGE)
    context: Context = request.app.state.context
    said = await store.find_profile(session, context.node.node_id)
    profile = profile or Typed(fields=said.model_dump() if said else {})
    return page(
        request,
        "directory/units.html",
        status_code=max(typed.status, profile.status),
        units=[(unit, reports_to(unit.kind)) for unit in found.rows],
        next_href=Place(_LIST).next_href(found),
        typed=typed,
        profile=profile,
        profile_version=said.version if said else 0,
        kinds=[UnitKind.BUREAU, UnitKind.HOSTED],
        may_change=may(me.roles, Administration.CHANGE_UNITS),
    )


def _unit_page(request: Request, me: Officer, unit: Unit, typed: Typed) -> Response:
    is_free = unit.kind in {UnitKind.BUREAU, UnitKind.HOSTED}
    return page(
        request,
        "directory/unit.html",
        status_code=typed.status,
        unit=unit,
        typed=typed,
        kinds=[UnitKind.BUREAU, UnitKind.HOSTED] if is_free else [unit.kind],
        may_change=may(me.roles, Administration.CHANGE_UNITS),
    )


async def _unit(session: AsyncSession, unit_id: UUID) -> Unit:
    unit = await store.find_unit(session, unit_id)
    if unit is None:
        raise NotFound
    return unit
