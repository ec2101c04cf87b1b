"""The editors' queue: every decision about an item is a form on its page."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Request, Response

from services.kernel.language.refusal import Refusal
from services.kernel.language.vocabulary import Role
from services.kernel.runtime.pages.comparing import compare_texts
from services.kernel.runtime.pages.export import ExportForm
from services.kernel.runtime.pages.templating import back_to, page
from services.kernel.runtime.service import ServiceContext
from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.web.dependencies import (
    Begin,
    Context,
    LiveMe,
    Me,
    Now,
    Officer,
    Opened,
    Reading,
    Tx,
    edge_router,
    let_go,
)
from services.review.actions import deciding, editing, forwarding, instructing, selecting
from services.review.pages.desks import QUEUE, Asked, AskedList
from services.review.pages.forms import (
    AdoptForm,
    DeclineForm,
    EditionForm,
    FormVersion,
    InstructionForm,
    ReasonForm,
    ReturnForm,
    Typed,
    read_form,
)
from services.review.pages.pane import PaneRequest, item_pane
from services.review.pages.split import export_desk, show_item, show_list, show_rows
from services.review.policy import Verb, may_do
from services.review.policy.texts import edition_texts
from services.review.store.items import find_item
from services.review.store.standing import standing_of

router = edge_router(prefix="/queue")

View = Annotated[str, Query(max_length=20)]


@router.get("")
async def show_queue(request: Request, me: Me, session: Reading, asked: AskedList) -> Response:
    return await show_list(request, session, QUEUE, me, asked)


@router.get("/rows")
async def show_queue_rows(request: Request, me: Me, session: Reading, asked: AskedList) -> Response:
    return await show_rows(request, session, QUEUE, me, asked)


@router.get("/export.{form}")
async def export(form: ExportForm, me: Me, session: Reading, asked: AskedList) -> Response:
    return await export_desk(session, QUEUE, me, asked, form)


@router.get("/{origin_id}")
async def show_queue_item(
    request: Request,
    origin_id: UUID,
    me: Me,
    *,
    context: Context,
    now: Now,
    session: Reading,
    asked: AskedList,
    is_opened: Opened,
    view: View = "",
    before: View = "",
    after: View = "",
) -> Response:
    if is_opened:
        await _take_in_by_opening(context, me, origin_id, now)
    return await show_item(
        request, session, QUEUE, me, origin_id, asked=asked, wanted=PaneRequest(view=view, before=before, after=after)
    )


@router.get("/{origin_id}/state")
async def show_state(
    request: Request, origin_id: UUID, me: Me, *, now: Now, session: Reading, context: Context, version: int = 0
) -> Response:
    pane = await item_pane(session, origin_id, me, PaneRequest(view="history"), context=context, now=now)
    return page(request, "review/_state.html", pane=pane, seen_version=version)


@router.post("/{origin_id}/edit")
async def edit(
    request: Request, origin_id: UUID, me: Me, *, version: FormVersion, session: Reading, begin: Begin, context: Context
) -> Response:
    typed = await read_form(request, EditionForm)
    if typed.value is None or version is None:
        return await _again(request, session, me, origin_id, view="edit", typed=typed)
    text = editing.NewText(typed.value.title, typed.value.body)
    compared = await editing.compare_edition(context.database, origin_id, text, Verb.EDIT, by=me, version=version)
    try:
        await editing.edit_submission(await begin(), origin_id, compared, by=me, version=version)
    except Refusal as refusal:
        wrong = _too_much_in(typed)
        if refusal.code == "stale_version" and not wrong:
            return await _conflict(request, session, me, origin_id, typed=typed, context=context)
        return await _again(request, session, me, origin_id, view="edit", typed=typed.refused(wrong or refusal))
    return back_to(f"{QUEUE.path}/{origin_id}", "本级稿已保存。")


@router.post("/{origin_id}/ask")
async def ask(request: Request, origin_id: UUID, me: Me, *, session: Reading, tx: Tx) -> Response:
    typed = await read_form(request, ReasonForm)
    try:
        await editing.ask_author(tx, origin_id, by=me, question=typed.fields.get("text", ""))
    except Refusal as refusal:
        return await _again(request, session, me, origin_id, view="questions", typed=typed.refused(refusal))
    return back_to(f"{QUEUE.path}/{origin_id}?view=questions", "已发给报送单位核实。")


@router.post("/{origin_id}/return")
async def return_item(
    request: Request, origin_id: UUID, me: Me, *, version: FormVersion, session: Reading, tx: Tx
) -> Response:
    QUEUE.admit(me)
    typed = await read_form(request, ReturnForm)
    if typed.value is None:
        return await _again(request, session, me, origin_id, view="return", typed=typed)
    try:
        await deciding.return_submission(
            tx, origin_id, by=me, reason_code=typed.value.reason_code, reason=typed.value.reason, version=version
        )
    except Refusal as refusal:
        return await _again(request, session, me, origin_id, view="return", typed=typed.refused(refusal))
    return back_to(QUEUE.path, "已退回修改，报送单位会看到理由。")


@router.post("/{origin_id}/decline")
async def decline(
    request: Request, origin_id: UUID, me: Me, *, version: FormVersion, session: Reading, tx: Tx
) -> Response:
    typed = await read_form(request, DeclineForm)
    if typed.value is None:
        return await _again(request, session, me, origin_id, view="decline", typed=typed)
    try:
        await deciding.decline_submission(
            tx, origin_id, by=me, reason_code=typed.value.reason_code, reason=typed.value.reason, version=version
        )
    except Refusal as refusal:
        return await _again(request, session, me, origin_id, view="decline", typed=typed.refused(refusal))
    return back_to(QUEUE.path, "已标为未采用。")


@router.post("/{origin_id}/keep")
async def keep(origin_id: UUID, me: Me, version: FormVersion, tx: Tx) -> Response:
    await deciding.keep_submission(tx, origin_id, by=me, version=version)
    return back_to(QUEUE.path, "已留作备用。")


@router.post("/{origin_id}/reopen")
async def reopen(origin_id: UUID, me: Me, version: FormVersion, tx: Tx) -> Response:
    await deciding.reopen_submission(tx, origin_id, by=me, version=version)
    return back_to(f"{QUEUE.path}/{origin_id}", "已放回待处理。")


@router.post("/{origin_id}/adopt")
async def adopt(
    request: Request, origin_id: UUID, me: Me, *, version: FormVersion, session: Reading, tx: Tx
) -> Response:
    typed = await read_form(request, AdoptForm)
    if typed.value is None:
        return await _again(request, session, me, origin_id, view="", typed=typed)
    await selecting.select_submission(
        tx, origin_id, by=me, periodical_id=typed.value.periodical_id, mode=typed.value.mode, version=version
    )
    return back_to(QUEUE.path, "已列为拟采用，刊物签发后才算采用。")


@router.post("/{origin_id}/unselect")
async def unselect(origin_id: UUID, me: Me, version: FormVersion, tx: Tx) -> Response:
    await selecting.unselect_submission(tx, origin_id, by=me, version=version)
    return back_to(f"{QUEUE.path}/{origin_id}", "已移出刊物。")


@router.post("/{origin_id}/forward")
async def propose(request: Request, origin_id: UUID, me: Me, tx: Tx) -> Response:
    to = str((await request.form()).get("to", ""))[:60]
    row = await forwarding.propose_forward(tx, origin_id, by=me, to=to)
    return back_to(f"{QUEUE.path}/{origin_id}", f"已提请转报{row.to_name}，待刊物签发人签发。")


@router.post("/{origin_id}/forward/withdraw")
async def withdraw(request: Request, origin_id: UUID, me: Me, tx: Tx) -> Response:
    reason = str((await request.form()).get("text", ""))
    await forwarding.withdraw_forward(tx, origin_id, by=me, reason=reason)
    return back_to(f"{QUEUE.path}/{origin_id}", "已撤回转报提请。")


@router.post("/{origin_id}/forward/sign")
async def sign_on(origin_id: UUID, me: LiveMe, version: FormVersion, tx: Tx) -> Response:
    row = await forwarding.sign_forward(tx, origin_id, by=me, version=version)
    return back_to(f"{QUEUE.path}?show=forward", f"已签发，转报{row.to_name}。")


@router.post("/{origin_id}/instructions")
async def record(request: Request, origin_id: UUID, me: Me, *, session: Reading, tx: Tx) -> Response:
    typed = await read_form(request, InstructionForm)
    if typed.value is None:
        return await _again(request, session, me, origin_id, view="instructions", typed=typed)
    try:
        new = instructing.NewInstruction(**typed.value.model_dump())
        await instructing.record_instruction(tx, origin_id, by=me, new=new)
    except Refusal as refusal:
        return await _again(request, session, me, origin_id, view="instructions", typed=typed.refused(refusal))
    return back_to(f"{QUEUE.path}/{origin_id}?view=instructions", "批示已登记。")


async def _take_in_by_opening(context: ServiceContext, me: Officer, origin_id: UUID, now: datetime) -> None:
    """Opening the page is how an editor signs for an item (已签收): the one GET that writes."""
    if not me.has(Role.EDITOR):
        return
    async with context.database.reading() as session:
        item = await find_item(session, origin_id)
    if item is None or item.received_at is not None or not may_do(me, Verb.RECEIVE, standing_of(item)):
        return
    with suppress(Refusal):  # somebody decided in between: the page then shows that
        async with context.database.transaction(now) as tx:
            await deciding.receive_submission(tx, origin_id, by=me)


def _too_much_in(typed: Typed[EditionForm]) -> Refusal | None:
    """What is wrong with the text itself; one beyond the limits is not compared with what is there."""
    try:
        edition_texts(typed.get("title"), typed.get("body"))
    except Refusal as refusal:
        return refusal
    return None


async def _again(
    request: Request, session: AsyncSession, me: Officer, origin_id: UUID, *, view: str, typed: Typed[Any]
) -> Response:
    """The same page with what was typed and what is wrong with it."""
    await let_go(request)
    return await show_item(
        request, session, QUEUE, me, origin_id, asked=Asked(), wanted=PaneRequest(view=view, typed=typed)
    )


async def _conflict(
    request: Request,
    session: AsyncSession,
    me: Officer,
    origin_id: UUID,
    *,
    typed: Typed[EditionForm],
    context: ServiceContext,
) -> Response:
    """The other's text beside one's own, and one's own ready to be saved on top of it."""
    pane = await item_pane(session, origin_id, me, PaneRequest(view="edit"), context=context, now=request.state.now)
    theirs = f"{pane.sheet.text.title}\n{pane.sheet.text.body}"
    mine = f"{typed.get('title')}\n{typed.get('body')}".replace("\r\n", "\n")
    return page(
        request, "review/conflict.html", status_code=412, pane=pane, typed=typed, diff=await compare_texts(theirs, mine)
    )
