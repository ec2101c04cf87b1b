"""The page of one text: write, hand over, review, publish, revoke, files and history."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import ValidationError

from services.disclosure import actions
from services.disclosure.actions.admitting import open_information
from services.disclosure.actions.examining import Examined
from services.disclosure.actions.taking_in import take_in_file
from services.disclosure.metrics import PUBLISHED, REVOKED
from services.disclosure.model import NewReview
from services.disclosure.pages.forms import fields_of, read_text_form, sentences_of
from services.disclosure.pages.listing import WORDS, category_options
from services.disclosure.pages.portal import laid_out
from services.disclosure.pages.sheet import Sheet, open_sheet, open_steps
from services.disclosure.policy import header_rows
from services.disclosure.policy.permission import Act
from services.disclosure.policy.point import ReviewPoint
from services.kernel.language.calendar import local_date
from services.kernel.language.field_error import FieldError
from services.kernel.language.refusal import InvalidInput, Refusal, StaleVersion
from services.kernel.runtime.pages.comparing import compare_texts
from services.kernel.runtime.pages.templating import back_to, page
from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.uploads import CheckedUpload
from services.kernel.runtime.uploads.files import StoredFile
from services.kernel.runtime.web.dependencies import Context, IfMatch, LiveMe, Me, Reading, Tx, edge_router, let_go
from services.kernel.runtime.web.forms import Typed

router = edge_router(prefix="/information/{information_id}", include_in_schema=False)

_NOTHING_SAID: dict[str, Any] = {"outcome": "", "opinion": "", "ground": "", "points": [], "doubts": [], "passages": ""}


@router.get("")
async def show(request: Request, information_id: UUID, me: Me, session: Reading, context: Context) -> Response:
    return await _page(request, session, me, information_id, context)


@router.post("")
async def change(
    request: Request, information_id: UUID, version: IfMatch, *, me: Me, tx: Tx, context: Context
) -> Response:
    form = await request.form()
    typed = read_text_form(form)
    if typed.errors:
        return await _again(request, me, information_id, context, typed=typed)
    try:
        await actions.change_information(tx, me, information_id, typed.values, version=version)
        said = "已保存。"
        if form.get("then") == "send":
            await actions.send_to_review(tx, me, information_id)
            said = "已送保密审查。"
    except Refusal as refusal:
        conflict = isinstance(refusal, StaleVersion)
        return await _again(
            request, me, information_id, context, typed=Typed.refused(typed.fields, refusal), conflict=conflict
        )
    return _back(information_id, said)


@router.post("/send")
async def send(
    request: Request, information_id: UUID, version: IfMatch, *, me: Me, tx: Tx, context: Context
) -> Response:
    try:
        await actions.send_to_review(tx, me, information_id, version=version)
    except Refusal as refusal:
        return await _again(request, me, information_id, context, refusal=refusal)
    return _back(information_id, "已送保密审查。")


@router.post("/review")
async def review(
    request: Request, information_id: UUID, version: IfMatch, *, me: Me, tx: Tx, context: Context
) -> Response:
    form = await request.form()
    said = {name: str(form.get(name) or "") for name in ("outcome", "opinion", "ground")}
    for name in ("points", "doubts"):
        said[name] = [str(point) for point in form.getlist(name)]  # type: ignore[assignment]
    said["passages"] = str(form.get("passages") or "")
    try:
        new = _read_review(said)
        decision = actions.decision_of(new)
        await actions.review_confidentiality(tx, me, information_id, decision, version=version)
    except Refusal as refusal:
        return await _again(request, me, information_id, context, refusal=refusal, reviewed=said)
    return _back(information_id, f"审查意见已记下：{decision.label}。")


@router.get("/publish")
async def preview(request: Request, information_id: UUID, me: Me, session: Reading, context: Context) -> Response:
    information = await open_information(session, information_id, Act.PUBLISH, by=me)
    sheet = await open_sheet(session, information, context.files, request.state.now)
    metadata = sheet.information.metadata_with(sheet.category.name if sheet.category else "")
    return page(
        request, "disclosure/publish.html", sheet=sheet, header=laid_out(header_rows(metadata)), shown=sheet.information
    )


@router.post("/publish")
async def publish(
    request: Request, information_id: UUID, version: IfMatch, *, me: LiveMe, tx: Tx, context: Context
) -> Response:
    try:
        information = await actions.publish_information(tx, me, information_id, files=context.files, version=version)
    except Refusal as refusal:
        return await _again(request, me, information_id, context, refusal=refusal)
    tx.after_commit(lambda: PUBLISHED.labels(context.node.node_id).inc())
    return _back(information_id, f"已发布，索引号 {information.index_no}。几秒后可在门户上看到。")


@router.post("/revoke")
async def revoke(
    request: Request, information_id: UUID, version: IfMatch, *, me: LiveMe, tx: Tx, context: Context
) -> Response:
    reason = str((await request.form()).get("reason") or "")
    try:
        await actions.revoke_information(tx, me, information_id, reason=reason, version=version)
    except Refusal as refusal:
        return await _again(request, me, information_id, context, refusal=refusal, reason=reason)
    tx.after_commit(lambda: REVOKED.labels(context.node.node_id).inc())
    return _back(information_id, "已从门户撤下，原网址只显示索引号、撤销原因和日期。")


async def taken_in(
    request: Request, information_id: UUID, me: Me, context: Context
) -> tuple[CheckedUpload, StoredFile, Examined] | Refusal:
    """The uploaded file, checked, stored and examined before the transaction begins; or why not."""
    try:
        return await take_in_file(request, context, me, information_id)
    except Refusal as refusal:
        return refusal


@router.post("/attachments")
async def attach(
    request: Request, information_id: UUID, me: Me, *,
    upload: Annotated[tuple[CheckedUpload, StoredFile, Examined] | Refusal, Depends(taken_in)], tx: Tx, context: Context,
) -> Response:  # fmt: skip
    try:
        if isinstance(upload, Refusal):
            raise upload
        file = await actions.attach_file(tx, me, information_id, upload)
    except Refusal as refusal:
        return await _again(request, me, information_id, context, refusal=refusal)
    return _back(
        information_id, "附件已添加，但现在还不能公开，原因见附件栏。" if file.obstacle_code else "附件已添加。"
    )


@router.post("/attachments/{attachment_id}/remove")
async def remove(information_id: UUID, attachment_id: UUID, me: Me, tx: Tx) -> Response:
    await actions.remove_file(tx, me, information_id, attachment_id)
    return _back(information_id, "附件已移除。")


async def _again(request: Request, me: Me, information_id: UUID, context: Context, **said: Any) -> HTMLResponse:
    """The page after a refusal, once nothing is being written any more."""
    await let_go(request)
    async with context.database.reading() as session:
        return await _page(request, session, me, information_id, context, **said)


async def _page(
    request: Request, session: AsyncSession, me: Me, information_id: UUID, context: Context, *,
    typed: Typed | None = None, refusal: Refusal | None = None, conflict: bool = False,
    reviewed: dict[str, Any] | None = None, reason: str = "",
) -> HTMLResponse:  # fmt: skip
    """The whole page; after a refusal with what was typed and why it was refused."""
    information = await open_information(session, information_id, by=me)
    sheet = await open_sheet(session, information, context.files, request.state.now)
    typed = typed or Typed(fields_of(information))
    refused = Typed.refused({}, refusal) if refusal else Typed()
    return page(
        request, "disclosure/information.html", status_code=max(typed.status, refused.status),
        sheet=sheet, information=information, typed=typed, refused=refused, may=open_steps(information, me),
        conflict=await compare_texts(information.body, str(typed.fields.get("body", ""))) if conflict else None,
        reviewed=reviewed or _NOTHING_SAID, reason=reason,
        points=[(point, point.label, point.source) for point in ReviewPoint],
        header=laid_out(header_rows(information.metadata_with(sheet.category.name if sheet.category else ""))),
        shown=information,
        categories=await category_options(session, request.state.now), today=local_date(request.state.now), cut=await _cut(sheet),
        **WORDS,
    )  # fmt: skip


async def _cut(sheet: Sheet) -> Any:
    """What was changed since the reviewer saw the text, for 删减后公开 and second reviews."""
    information = sheet.information
    if not sheet.reviews or information.reviewed_body == information.body:
        return None
    return await compare_texts(information.reviewed_body, information.body)


def _read_review(said: dict[str, Any]) -> NewReview:
    try:
        passages = [line for line in said["passages"].splitlines() if line.strip()]
        return NewReview.model_validate({**said, "ground": said["ground"] or None, "passages": passages})
    except ValidationError as fault:
        said_of = sentences_of(fault)
        errors = [FieldError(name, "invalid", sentence).as_dict() for name, sentence in said_of.items()]
        raise InvalidInput(errors=errors) from fault


def _back(information_id: UUID, text: str) -> Response:
    return back_to(f"/disclosure/information/{information_id}", text)
