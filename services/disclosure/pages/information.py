"""The page of one text: write, hand over, review, publish, revoke, files and history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from fastapi import Request, Response

from services.disclosure import actions
from services.disclosure.actions.admitting import admitting, open_information
from services.disclosure.actions.taking_in import TakenIn
from services.disclosure.model import InformationChange, NewReview, NewRevocation
from services.disclosure.pages.forms import KEYWORDS, PASSAGES, fields_of
from services.disclosure.pages.listing import WORDS, catalogue_words
from services.disclosure.pages.portal import laid_out
from services.disclosure.pages.sheet import Sheet, open_sheet, open_steps
from services.disclosure.policy.permission import Act
from services.disclosure.policy.point import ReviewPoint
from services.kernel.language.calendar import local_date
from services.kernel.language.refusal import Refusal, StaleVersion
from services.kernel.runtime.pages.comparing import compare_texts
from services.kernel.runtime.pages.templating import back_to, page
from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.web.asking import named_in
from services.kernel.runtime.web.dependencies import Context, IfMatch, LiveMe, Me, Reading, Tx, asked_first, edge_router
from services.kernel.runtime.web.forms import Typed, comes_back, read_form

router = edge_router(prefix="/information/{information_id}", include_in_schema=False)

_UNTYPED = Typed()
_NOTHING_SAID: Mapping[str, Any] = {
    "outcome": "", "opinion": "", "ground": "", "points": (), "doubts": (), "passages": "", "reason": "",
}  # fmt: skip


@router.get("")
async def show(request: Request, _me: Me, session: Reading) -> Response:
    return await _page(request, session)


async def _again(request: Request, session: AsyncSession, refused: Typed, _: Refusal) -> Response:
    """The page with what was typed into one of the forms beside the text."""
    return await _page(request, session, refused=refused)


async def _changed_again(request: Request, session: AsyncSession, typed: Typed, refusal: Refusal) -> Response:
    """The page with the text as it was typed; after a lost race, beside what is kept."""
    return await _page(request, session, typed=typed, is_stale=isinstance(refusal, StaleVersion))


@router.post("")
@comes_back(_changed_again)
@asked_first(admitting(Act.WRITE))
async def change(request: Request, information_id: UUID, me: Me, version: IfMatch, *, tx: Tx) -> Response:
    new = await read_form(request, InformationChange, parted=KEYWORDS)
    await actions.change_information(tx, information_id, new.values, by=me, version=version)
    if (await request.form()).get("then") != "send":
        return _back(information_id, "已保存。")
    await actions.send_to_review(tx, information_id, by=me)
    return _back(information_id, "已送保密审查。")


@router.post("/send")
@comes_back(_again)
async def send(information_id: UUID, me: Me, version: IfMatch, tx: Tx) -> Response:
    await actions.send_to_review(tx, information_id, by=me, version=version)
    return _back(information_id, "已送保密审查。")


@router.post("/review")
@comes_back(_again)
@asked_first(admitting(Act.REVIEW))
async def review(request: Request, information_id: UUID, me: Me, version: IfMatch, *, tx: Tx) -> Response:
    decision = actions.decision_of(await read_form(request, NewReview, parted=PASSAGES))
    await actions.review_confidentiality(tx, information_id, decision, by=me, version=version)
    return _back(information_id, f"审查意见已记下：{decision.label}。")


@router.get("/publish")
async def preview(request: Request, information_id: UUID, me: Me, session: Reading, context: Context) -> Response:
    information = await open_information(session, information_id, Act.PUBLISH, by=me)
    sheet = await open_sheet(session, information, context.files, request.state.now)
    return page(request, "disclosure/publish.html", sheet=sheet, header=laid_out(sheet.header), shown=information)


@router.post("/publish")
@comes_back(_again)
async def publish(information_id: UUID, me: LiveMe, version: IfMatch, *, tx: Tx, context: Context) -> Response:
    information = await actions.publish_information(tx, information_id, by=me, files=context.files, version=version)
    return _back(information_id, f"已发布，索引号 {information.index_no}。几秒后可在门户上看到。")


@router.post("/revoke")
@comes_back(_again)
@asked_first(admitting(Act.PUBLISH))
async def revoke(request: Request, information_id: UUID, me: LiveMe, version: IfMatch, *, tx: Tx) -> Response:
    new = await read_form(request, NewRevocation)
    await actions.revoke_information(tx, information_id, by=me, reason=new.reason, version=version)
    return _back(information_id, "已从门户撤下，原网址只显示索引号、撤销原因和日期。")


@router.post("/attachments")
@comes_back(_again)
async def attach(information_id: UUID, me: Me, upload: TakenIn, tx: Tx) -> Response:
    file = await actions.attach_file(tx, information_id, upload, by=me)
    return _back(
        information_id, "附件已添加，但现在还不能公开，原因见附件栏。" if file.obstacle_code else "附件已添加。"
    )


@router.post("/attachments/{attachment_id}/remove")
@comes_back(_again)
async def remove(information_id: UUID, attachment_id: UUID, me: Me, tx: Tx) -> Response:
    await actions.remove_file(tx, information_id, attachment_id, by=me)
    return _back(information_id, "附件已移除。")


async def _page(
    request: Request,
    session: AsyncSession,
    *,
    typed: Typed = _UNTYPED,
    refused: Typed = _UNTYPED,
    is_stale: bool = False,
) -> Response:
    """The whole page; after a refusal `typed` is the form of the text, `refused` one of those beside it."""
    me, context = request.state.officer, request.app.state.context
    information = await open_information(session, named_in(request, "information_id", UUID), by=me)
    sheet = await open_sheet(session, information, context.files, request.state.now)
    return page(
        request, "disclosure/information.html", status_code=max(typed.status, refused.status),
        sheet=sheet, information=information, may=open_steps(information, me),
        typed=replace(typed, fields={**fields_of(information), **typed.fields}),
        refused=replace(refused, fields={**_NOTHING_SAID, **refused.fields}),
        conflict=await compare_texts(information.body, typed.get("body")) if is_stale else None,
        points=[(point, point.label, point.source) for point in ReviewPoint],
        header=laid_out(sheet.header), shown=information,
        **await catalogue_words(session, request.state.now), today=local_date(request.state.now),
        cut=await _cut(sheet), **WORDS,
    )  # fmt: skip


async def _cut(sheet: Sheet) -> Any:
    """What was changed since the reviewer saw the text, for 删减后公开 and second reviews."""
    information = sheet.information
    if not sheet.reviews or information.reviewed_body == information.body:
        return None
    return await compare_texts(information.reviewed_body, information.body)


def _back(information_id: UUID, text: str) -> Response:
    return back_to(f"/disclosure/information/{information_id}", text)
