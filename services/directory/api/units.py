"""Units: list, read, register, change."""

from __future__ import annotations

from uuid import UUID

from fastapi import Response

from services.directory import store
from services.directory.actions import units as actions
from services.directory.actions.admitting import allowed
from services.directory.api.asked import Limit
from services.directory.api.views import UnitView
from services.directory.model import NewUnit, UnitChange
from services.directory.policy.administration import Administration, require
from services.kernel.language.refusal import NotFound
from services.kernel.language.vocabulary import UnitKind
from services.kernel.runtime.pages.listing import Cursor
from services.kernel.runtime.web.dependencies import IfMatch, LiveMe, Me, Reading, Tx, asked_first, edge_router, etag
from services.kernel.runtime.web.views import Page

router = edge_router()


@router.get("/units")
async def list_units(
    me: Me, reading: Reading, kind: UnitKind | None = None, limit: Limit = 50, cursor: Cursor = ""
) -> Page[UnitView]:
    require(me.roles, Administration.READ_UNITS)
    found = await store.list_units(reading, kind=kind, cursor=cursor, limit=limit)
    return Page[UnitView](items=[UnitView.of(unit) for unit in found.rows], next=found.next)


@router.get("/units/{unit_id}")
async def read_unit(unit_id: UUID, me: Me, reading: Reading, response: Response) -> UnitView:
    require(me.roles, Administration.READ_UNITS)
    unit = await store.find_unit(reading, unit_id)
    if unit is None:
        raise NotFound
    etag(response, unit.version)
    return UnitView.of(unit)


@router.post("/units", status_code=201)
@asked_first(allowed(Administration.CHANGE_UNITS))
async def register_unit(new: NewUnit, me: LiveMe, tx: Tx, response: Response) -> UnitView:
    unit = await actions.register_unit(tx, new, by=me)
    etag(response, unit.version)
    return UnitView.of(unit)


@router.patch("/units/{unit_id}")
@asked_first(allowed(Administration.CHANGE_UNITS))
async def change_unit(
    unit_id: UUID, change: UnitChange, *, me: LiveMe, version: IfMatch, tx: Tx, response: Response
) -> UnitView:
    unit = await actions.change_unit(tx, unit_id, change, version=version, by=me)
    etag(response, unit.version)
    return UnitView.of(unit)
