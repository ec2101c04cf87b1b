"""The editors' queue: every decision about an item is a form on its page."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query, Request, Response

from services.kernel.language.refusal import Refusal, StaleVersion
from services.kernel.language.vocabulary import Role
from services.kernel.runtime.pages.comparing import compare_texts
from services.kernel.runtime.pages.export import ExportForm
from services.kernel.runtime.pages.templating import back_to, page
from services.kernel.runtime.service import ServiceContext
from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.web.asking import named_in
from services.kernel.runtime.web.dependencies import (
    Begin,
    Context,
    IfMatch,
    LiveMe,
    Me,
    Now,
    OfferedVersion,
    Officer,
    Opened,
    Reading,
    Tx,
    edge_router,
)
from services.kernel.runtime.web.forms import Typed, comes_back, read_form
from services.review.actions import deciding, editing, forwarding, instructing, selecting
from services.review.model.inputs import (
    EditionChange,
    ForwardWithdrawal,
    NewAdoption,
    NewDecline,
    NewForward,
    NewInstruction,
    NewQuestion,
)
from services.review.pages.desks import QUEUE, AskedList
from services.review.pages.pane import PaneRequest, item_pane
from services.review.pages.split import ReturnForm, after_decision, again, export_desk, show_item, show_list, show_rows
from services.review.policy import Verb, may_do
from services.review.policy.texts import edition_texts
from services.review.store.items import find_item, item_to_act_on
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


async def _edited_again(request: Request, session: AsyncSession, typed: Typed, refusal: Refusal) -> Response:
    """After a lost race, the other's text beside one's own, which is ready to be saved on top of it."""
    title, body = typed.get("title"), typed.get("body")
    if isinstance(refusal, StaleVersion):
        try:
            edition_texts(title, body)  # one beyond the limits is not compared with what is there
        except Refusal as wrong:
            typed = Typed.refused(typed.fields, wrong)
        else:
            return await _conflict(request, session, typed, f"{title}\n{body}".replace("\r\n", "\n"))
    return await again(QUEUE, "edit")(request, session, typed, refusal)


async def _conflict(request: Request, session: AsyncSession, typed: Typed, mine: str) -> Response:
    me, context, now = request.state.officer, request.app.state.context, request.state.now
    origin_id = named_in(request, "origin_id", UUID)
    pane = await item_pane(session, origin_id, me, PaneRequest(view="edit"), context=context, now=now)
    diff = await compare_texts(f"{pane.sheet.text.title}\n{pane.sheet.text.body}", mine)
    return page(request, "review/conflict.html", status_code=typed.status, pane=pane, typed=typed, diff=diff)


@router.post("/{origin_id}/edit")
@comes_back(_edited_again)
async def edit(
    request: Request, origin_id: UUID, me: Me, *, version: IfMatch, begin: Begin, context: Context, asked: AskedList
) -> Response:
    new = await read_form(request, EditionChange)
    text = editing.NewText(new.title, new.body)
    compared = await editing.compare_edition(context.database, origin_id, text, Verb.EDIT, by=me, version=version)
    await editing.edit_submission(await begin(), origin_id, compared, by=me, version=version)
    return back_to(asked.place(QUEUE).href(f"/{origin_id}"), "本级稿已保存。")


@router.post("/{origin_id}/ask")
@comes_back(again(QUEUE, "questions"))
async def ask(request: Request, origin_id: UUID, me: Me, *, tx: Tx, asked: AskedList) -> Response:
    new = await read_form(request, NewQuestion)
    await editing.ask_author(tx, origin_id, by=me, question=new.question)
    return back_to(asked.place(QUEUE).href(f"/{origin_id}", view="questions"), "已发给报送单位核实。")


@router.post("/{origin_id}/return")
@comes_back(again(QUEUE, "return"))
async def return_item(
    request: Request, origin_id: UUID, me: Me, *, version: OfferedVersion, tx: Tx, asked: AskedList
) -> Response:
    await QUEUE.admit_to(tx.session, me, origin_id)
    new = await read_form(request, ReturnForm)
    after = await after_decision(tx, QUEUE, me, origin_id, asked)
    await deciding.return_submission(
        tx, origin_id, by=me, reason_code=new.reason_code, reason=new.reason, version=version
    )
    return back_to(after, "已退回修改，报送单位会看到理由。")


@router.post("/{origin_id}/decline")
@comes_back(again(QUEUE, "decline"))
async def decline(
    request: Request, origin_id: UUID, me: Me, *, version: OfferedVersion, tx: Tx, asked: AskedList
) -> Response:
    new = await read_form(request, NewDecline)
    after = await after_decision(tx, QUEUE, me, origin_id, asked)
    await deciding.decline_submission(
        tx, origin_id, by=me, reason_code=new.reason_code, reason=new.reason, version=version
    )
    return back_to(after, "已标为未采用。")


@router.post("/{origin_id}/keep")
@comes_back(again(QUEUE))
async def keep(origin_id: UUID, me: Me, *, version: OfferedVersion, tx: Tx, asked: AskedList) -> Response:
    after = await after_decision(tx, QUEUE, me, origin_id, asked)
    item = await deciding.keep_submission(tx, origin_id, by=me, version=version)
    undo = f"{QUEUE.path}/{origin_id}/reopen"
    return back_to(after, f"《{item.title[:30]}》已留作备用。", undo=undo, version=item.version)


@router.post("/{origin_id}/reopen")
@comes_back(again(QUEUE))
async def reopen(origin_id: UUID, me: Me, *, version: OfferedVersion, tx: Tx, asked: AskedList) -> Response:
    await deciding.reopen_submission(tx, origin_id, by=me, version=version)
    return back_to(asked.place(QUEUE).href(f"/{origin_id}"), "已放回待处理。")


@router.post("/{origin_id}/adopt")
@comes_back(again(QUEUE))
async def adopt(
    request: Request, origin_id: UUID, me: Me, *, version: OfferedVersion, tx: Tx, asked: AskedList
) -> Response:
    new = await read_form(request, NewAdoption)
    after = await after_decision(tx, QUEUE, me, origin_id, asked)
    await selecting.select_submission(
        tx, origin_id, by=me, periodical_id=new.periodical_id, mode=new.mode, version=version
    )
    item = await item_to_act_on(tx.session, origin_id)
    undo = f"{QUEUE.path}/{origin_id}/unselect"
    return back_to(after, f"《{item.title[:30]}》已列为拟采用，刊物签发后才算采用。", undo=undo, version=item.version)


@router.post("/{origin_id}/unselect")
@comes_back(again(QUEUE))
async def unselect(origin_id: UUID, me: Me, *, version: OfferedVersion, tx: Tx, asked: AskedList) -> Response:
    await selecting.unselect_submission(tx, origin_id, by=me, version=version)
    return back_to(asked.place(QUEUE).href(f"/{origin_id}"), "已移出刊物。")


@router.post("/{origin_id}/forward")
@comes_back(again(QUEUE))
async def propose(request: Request, origin_id: UUID, me: Me, *, tx: Tx, asked: AskedList) -> Response:
    new = await read_form(request, NewForward)
    row = await forwarding.propose_forward(tx, origin_id, by=me, to=new.to)
    return back_to(asked.place(QUEUE).href(f"/{origin_id}"), f"已提请转报{row.to_name}，待刊物签发人签发。")


@router.post("/{origin_id}/forward/withdraw")
@comes_back(again(QUEUE))
async def withdraw(request: Request, origin_id: UUID, me: Me, *, tx: Tx, asked: AskedList) -> Response:
    new = await read_form(request, ForwardWithdrawal)
    await forwarding.withdraw_forward(tx, origin_id, by=me, reason=new.reason)
    return back_to(asked.place(QUEUE).href(f"/{origin_id}"), "已撤回转报提请。")


@router.post("/{origin_id}/forward/sign")
@comes_back(again(QUEUE))
async def sign_on(origin_id: UUID, me: LiveMe, *, version: OfferedVersion, tx: Tx, asked: AskedList) -> Response:
    after = await after_decision(tx, QUEUE, me, origin_id, asked)
    row = await forwarding.sign_forward(tx, origin_id, by=me, version=version)
    return back_to(after, f"已签发，转报{row.to_name}。")


@router.post("/{origin_id}/instructions")
@comes_back(again(QUEUE, "instructions"))
async def record(request: Request, origin_id: UUID, me: Me, *, tx: Tx, asked: AskedList) -> Response:
    new = await read_form(request, NewInstruction)
    await instructing.record_instruction(tx, origin_id, by=me, new=new)
    return back_to(asked.place(QUEUE).href(f"/{origin_id}", view="instructions"), "批示已登记。")


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
