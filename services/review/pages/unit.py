"""The desks inside a unit: checking, signing, and answering questions."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from starlette.datastructures import UploadFile

from services.kernel.language.field_error import FieldError
from services.kernel.language.refusal import InvalidInput
from services.kernel.language.vocabulary import SignMode
from services.kernel.runtime.pages.export import ExportForm
from services.kernel.runtime.pages.templating import back_to
from services.kernel.runtime.uploads import take_in
from services.kernel.runtime.web.dependencies import (
    Begin,
    Context,
    LiveMe,
    Me,
    OfferedVersion,
    Reading,
    Tx,
    edge_router,
)
from services.kernel.runtime.web.forms import comes_back, read_form
from services.review.actions.deciding import return_submission
from services.review.actions.editing import answer_question
from services.review.actions.signing import Signature, check_submission, is_signer_of, sign_submission
from services.review.model.inputs import NewAnswer, NewCheck, NewSignature
from services.review.pages.desks import ANSWERS, CHECK, SIGN, UNIT_DESKS, AskedList, Desk
from services.review.pages.pane import PaneRequest
from services.review.pages.split import ReturnForm, after_decision, again, export_desk, show_item, show_list, show_rows

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
    @comes_back(again(desk, "return"))
    async def return_item(
        request: Request, origin_id: UUID, me: Me, *, version: OfferedVersion, asked: AskedList, tx: Tx
    ) -> Response:
        await desk.admit_to(tx.session, me, origin_id)
        new = await read_form(request, ReturnForm)
        after = await after_decision(tx, desk, me, origin_id, asked)
        await return_submission(tx, origin_id, by=me, reason_code=new.reason_code, reason=new.reason, version=version)
        return back_to(after, "已退回撰稿人修改。")

    return router


router = edge_router()
for one in UNIT_DESKS:
    router.include_router(desk_router(one))


TICKS = {
    "is_true": "事实、数字、时间、地点属实",
    "is_clear": "表述准确，没有评价性用语",
    "is_not_secret": "内容和附件都不涉密",
}
"""What a person confirms; the form has a box for each."""


class TickedCheck(NewCheck):
    """A check with the ticks of a person."""

    is_true: bool = False
    is_clear: bool = False
    is_not_secret: bool = False

    def require_ticks(self) -> None:
        """Refuse unless everything was confirmed.

        Raises:
            InvalidInput: Something was not.
        """
        lacking = [name for name in TICKS if not getattr(self, name)]
        if lacking:
            errors = [FieldError(name, "required", f"请确认：{TICKS[name]}。").as_dict() for name in lacking]
            raise InvalidInput(errors=errors)


class AnswerFrom(NewAnswer):
    """An answer, and the page that it is given on."""

    back: str = ""


@router.post("/check/{origin_id}")
@comes_back(again(CHECK))
async def check(
    request: Request, origin_id: UUID, me: Me, *, version: OfferedVersion, asked: AskedList, tx: Tx
) -> Response:
    new = await read_form(request, TickedCheck)
    new.require_ticks()
    after = await after_decision(tx, CHECK, me, origin_id, asked)
    await check_submission(tx, origin_id, by=me, version=version, alone_reason=new.alone_reason)
    return back_to(after, "审核通过，已送签发人。")


@router.post("/sign/{origin_id}")
@comes_back(again(SIGN))
async def sign(
    request: Request,
    origin_id: UUID,
    me: LiveMe,
    *,
    version: OfferedVersion,
    asked: AskedList,
    begin: Begin,
    context: Context,
) -> Response:
    new = await read_form(request, NewSignature)
    is_signer = await is_signer_of(context.database, origin_id, by=me)
    signature = Signature.of(new, await _scan_in(request, new, context) if is_signer else "")
    tx = await begin()
    after = await after_decision(tx, SIGN, me, origin_id, asked)
    item = await sign_submission(tx, origin_id, by=me, signature=signature, version=version)
    to = "本级采编" if item.is_here else "上级"
    return back_to(after, f"已签发，报送{to}。")


@router.post("/answers/{origin_id}")
@comes_back(again(ANSWERS, "questions"))
async def answer(request: Request, origin_id: UUID, me: Me, tx: Tx) -> Response:
    new = await read_form(request, AnswerFrom)
    await answer_question(tx, origin_id, by=me, answer=new.answer, question_id=new.question_id)
    # The item's own page in intake posts here too and names itself; nothing but a path of ours is followed.
    back = new.back if new.back.startswith("/intake/") else ANSWERS.path
    return back_to(back, "已答复，提问的单位会看到。")


async def _scan_in(request: Request, new: NewSignature, context: Context) -> str:
    """The scan of the signed paper, checked and stored; its digest, "" without one."""
    scan = (await request.form()).get("scan")
    if new.sign_mode is not SignMode.PAPER or not isinstance(scan, UploadFile) or not scan.filename:
        return ""
    limit = context.settings.attachment_limit_mb * 1024 * 1024
    _, stored = await take_in(context.files, scan.filename, scan.file, limit_bytes=limit)
    return stored.sha256
