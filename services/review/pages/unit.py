"""The desks inside a unit: checking, signing, and answering questions."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from starlette.datastructures import UploadFile

from services.kernel.language.field_error import FieldError
from services.kernel.language.refusal import InvalidInput, Refusal
from services.kernel.language.vocabulary import SignMode
from services.kernel.runtime.pages.export import ExportForm
from services.kernel.runtime.pages.templating import back_to
from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.uploads import take_in
from services.kernel.runtime.web.dependencies import (
    Begin,
    Context,
    LiveMe,
    Me,
    Officer,
    Reading,
    Tx,
    edge_router,
    let_go,
)
from services.review.actions.deciding import return_submission
from services.review.actions.editing import answer_question
from services.review.actions.signing import Signature, check_submission, is_signer_of, sign_submission
from services.review.pages.desks import ANSWERS, CHECK, SIGN, UNIT_DESKS, Asked, AskedList, Desk
from services.review.pages.forms import AnswerForm, CheckForm, FormVersion, ReturnForm, SignForm, Typed, read_form
from services.review.pages.pane import PaneRequest
from services.review.pages.split import export_desk, show_item, show_list, show_rows

View = Annotated[str, Query(max_length=20)]


def desk_router(desk: Desk) -> APIRouter:
    """The pages that every unit desk has: list, rows, item, and the return to the author."""
    router = edge_router(prefix=desk.path.removeprefix("/review"))

    @router.get("")
    async def show_desk(request: Request, me: Me, session: Reading, asked: AskedList) -> Response:
        return await show_list(request, session, desk, me, asked)

    @router.get("/rows")
    async def show_desk_rows(request: Request, me: Me, session: Reading, asked: AskedList) -> Response:
        return await show_rows(request, session, desk, me, asked)

    @router.get("/export.{form}")
    async def export(form: ExportForm, me: Me, session: Reading, asked: AskedList) -> Response:
        return await export_desk(session, desk, me, asked, form)

    @router.get("/{origin_id}")
    async def show_desk_item(
        request: Request,
        origin_id: UUID,
        me: Me,
        *,
        session: Reading,
        asked: AskedList,
        view: View = "",
        before: View = "",
        after: View = "",
    ) -> Response:
        shown = view or ("questions" if desk is ANSWERS else "")
        wanted = PaneRequest(view=shown, before=before, after=after)
        return await show_item(request, session, desk, me, origin_id, asked=asked, wanted=wanted)

    @router.post("/{origin_id}/return")
    async def return_item(
        request: Request, origin_id: UUID, me: Me, *, version: FormVersion, session: Reading, tx: Tx
    ) -> Response:
        desk.admit(me)
        typed = await read_form(request, ReturnForm)
        if typed.value is None:
            return await _again(request, session, desk, me, origin_id, view="return", typed=typed)
        try:
            await return_submission(
                tx, origin_id, by=me, reason_code=typed.value.reason_code, reason=typed.value.reason, version=version
            )
        except Refusal as refusal:
            return await _again(request, session, desk, me, origin_id, view="return", typed=typed.refused(refusal))
        return back_to(desk.path, "已退回撰稿人修改。")

    return router


router = edge_router()
for one in UNIT_DESKS:
    router.include_router(desk_router(one))


@router.post("/check/{origin_id}")
async def check(
    request: Request, origin_id: UUID, me: Me, *, version: FormVersion, session: Reading, tx: Tx
) -> Response:
    typed = await read_form(request, CheckForm)
    try:
        if typed.value is None or not typed.value.is_ticked:
            raise _not_ticked()
        await check_submission(tx, origin_id, by=me, version=version, alone_reason=typed.value.alone_reason)
    except Refusal as refusal:
        return await _again(request, session, CHECK, me, origin_id, view="", typed=typed.refused(refusal))
    return back_to(CHECK.path, "审核通过，已送签发人。")


@router.post("/sign/{origin_id}")
async def sign(
    request: Request,
    origin_id: UUID,
    me: LiveMe,
    *,
    version: FormVersion,
    session: Reading,
    begin: Begin,
    context: Context,
) -> Response:
    typed = await read_form(request, SignForm)
    try:
        if typed.value is None:
            raise InvalidInput
        is_signer = await is_signer_of(context.database, origin_id, by=me)
        scan = await _scan_in(request, typed.value, context) if is_signer else ""
        signature = Signature(typed.value.signed_by_name, typed.value.sign_mode, scan)
        item = await sign_submission(await begin(), origin_id, by=me, signature=signature, version=version)
    except Refusal as refusal:
        return await _again(request, session, SIGN, me, origin_id, view="", typed=typed.refused(refusal))
    to = "本级采编" if item.is_here else "上级"
    return back_to(SIGN.path, f"已签发，报送{to}。")


@router.post("/answers/{origin_id}")
async def answer(request: Request, origin_id: UUID, me: Me, *, session: Reading, tx: Tx) -> Response:
    typed = await read_form(request, AnswerForm)
    try:
        if typed.value is None:
            raise InvalidInput
        await answer_question(tx, origin_id, by=me, answer=typed.value.answer, question_id=typed.value.question_id)
    except Refusal as refusal:
        return await _again(request, session, ANSWERS, me, origin_id, view="questions", typed=typed.refused(refusal))
    # The item's own page in intake posts here too and names itself; nothing but a path of ours is followed.
    back = typed.value.back if typed.value.back.startswith("/intake/") else ANSWERS.path
    return back_to(back, "已答复，提问的单位会看到。")


async def _again(
    request: Request, session: AsyncSession, desk: Desk, me: Officer, origin_id: UUID, *, view: str, typed: Typed[Any]
) -> Response:
    """The same page with what was typed and what is wrong with it."""
    await let_go(request)
    return await show_item(
        request, session, desk, me, origin_id, asked=Asked(), wanted=PaneRequest(view=view, typed=typed)
    )


async def _scan_in(request: Request, form: SignForm, context: Context) -> str:
    """The scan of the signed paper, checked and stored; its digest, "" without one."""
    scan = (await request.form()).get("scan")
    if form.sign_mode is not SignMode.PAPER or not isinstance(scan, UploadFile) or not scan.filename:
        return ""
    limit = context.settings.attachment_limit_mb * 1024 * 1024
    _, stored = await take_in(context.files, scan.filename, scan.file, limit_bytes=limit)
    return stored.sha256


def _not_ticked() -> InvalidInput:
    message = "请逐项确认后再审核通过。"
    return InvalidInput(message, errors=[FieldError("is_true", "required", message).as_dict()])
