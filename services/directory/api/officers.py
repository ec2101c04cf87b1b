"""Officers: who I am now, list, read, appoint, change, set passwords."""

from __future__ import annotations

from uuid import UUID

from fastapi import Request, Response

from services.directory import store
from services.directory.actions import officers as actions
from services.directory.actions import own_password, sessions
from services.directory.actions.admitting import allowed
from services.directory.api.asked import Limit, Searched, UnitFilter
from services.directory.api.views import OfficerView
from services.directory.model import NewOfficer, NewPassword, Officer, OfficerChange, OwnPassword
from services.directory.policy.administration import Administration, may, require
from services.directory.policy.sign_in import SessionOver
from services.kernel.language.refusal import NotFound
from services.kernel.language.vocabulary import Role
from services.kernel.runtime.pages.listing import Cursor, Sort
from services.kernel.runtime.web.dependencies import (
    Context,
    IfMatch,
    LiveMe,
    Me,
    Now,
    Reading,
    Tx,
    asked_first,
    edge_router,
    etag,
)
from services.kernel.runtime.web.identity import read_token
from services.kernel.runtime.web.views import Page

router = edge_router()


@router.get("/officers/me")
async def read_own_standing(request: Request, context: Context, reading: Reading, now: Now) -> OfficerView:
    """The officer of this token as of now: what other services ask before a signature."""
    claims = read_token(context, request.state.token) if request.state.token else None
    if claims is None:
        raise SessionOver
    officer, unit = await sessions.standing_of(reading, claims, now=now)
    return OfficerView.of(officer, unit, with_phone=True)


@router.post("/officers/me/password", status_code=204)
@asked_first(allowed(Administration.CHANGE_OWN_PASSWORD))
async def change_own_password(asked: OwnPassword, request: Request, context: Context, me: LiveMe, now: Now) -> Response:
    keep = sessions.session_id_of(read_token(context, request.state.token))
    refusal = await own_password.change_own_password(
        context.database, asked, by=me, keep_session=keep, demo=context.settings.demo, now=now
    )
    if refusal:
        raise refusal
    return Response(status_code=204)


@router.get("/officers")
async def list_officers(
    me: Me,
    reading: Reading,
    *,
    q: Searched,
    unit_id: UnitFilter = None,
    role: Role | None = None,
    is_without_password: bool = False,
    sort: Sort = "",
    limit: Limit = 50,
    cursor: Cursor = "",
) -> Page[OfficerView]:
    require(me.roles, Administration.READ_OFFICERS)
    found = await store.list_officers(
        reading,
        unit_id=unit_id,
        role=role,
        q=q,
        is_without_password=is_without_password,
        order=sort,
        cursor=cursor,
        limit=limit,
    )
    with_phone = may(me.roles, Administration.READ_PHONES)
    return Page[OfficerView](
        items=[OfficerView.of(officer, unit, with_phone=with_phone) for officer, unit in found.rows],
        next=found.next,
    )


@router.get("/officers/{officer_id}")
async def read_officer(officer_id: UUID, me: Me, reading: Reading, response: Response) -> OfficerView:
    require(me.roles, Administration.READ_OFFICERS)
    officer = await store.find_officer(reading, officer_id)
    if officer is None:
        raise NotFound
    etag(response, officer.version)
    unit = await store.unit_of(reading, officer)
    return OfficerView.of(officer, unit, with_phone=may(me.roles, Administration.READ_PHONES))


@router.post("/officers", status_code=201)
@asked_first(allowed(Administration.CHANGE_OFFICERS))
async def appoint_officer(new: NewOfficer, context: Context, me: LiveMe, tx: Tx, response: Response) -> OfficerView:
    password_hash = (
        await actions.hash_aside(new.password, username=new.username, name=new.name, demo=context.settings.demo)
        if new.password
        else ""
    )
    officer = await actions.appoint_officer(tx, new, password_hash=password_hash, by=me)
    return await _changed(tx, officer, response)


@router.patch("/officers/{officer_id}")
@asked_first(allowed(Administration.CHANGE_OFFICERS))
async def change_officer(
    officer_id: UUID, change: OfficerChange, *, me: LiveMe, version: IfMatch, tx: Tx, response: Response
) -> OfficerView:
    officer = await actions.change_officer(tx, officer_id, change, version=version, by=me)
    return await _changed(tx, officer, response)


@router.post("/officers/{officer_id}/password", status_code=204)
@asked_first(allowed(Administration.CHANGE_OFFICERS))
async def set_password(officer_id: UUID, asked: NewPassword, context: Context, me: LiveMe, tx: Tx) -> Response:
    officer = await store.find_officer(tx.session, officer_id)
    if officer is None:
        raise NotFound
    password_hash = await actions.hash_aside(
        asked.password, username=officer.username, name=officer.name, demo=context.settings.demo
    )
    await actions.set_password(tx, officer_id, password_hash, by=me)
    return Response(status_code=204)


async def _changed(tx: Tx, officer: Officer, response: Response) -> OfficerView:
    etag(response, officer.version)
    return OfficerView.of(officer, await store.unit_of(tx.session, officer), with_phone=True)
