"""What an office does with an item: one call per verb."""

from __future__ import annotations

from typing import Any, TypeVar
from uuid import UUID

from fastapi import Response

from services.kernel.runtime.web.dependencies import (
    Begin,
    Context,
    IfMatch,
    LiveMe,
    Me,
    OfferedVersion,
    Tx,
    asked_first,
    edge_router,
    etag,
)
from services.review.actions import deciding, editing, forwarding, instructing, selecting
from services.review.actions.admitting import granted
from services.review.actions.signing import Signature
from services.review.api.views import (
    AnsweredView,
    AskedView,
    EditedView,
    ForwardStandingView,
    ProposedView,
    RecordedView,
    SelectedView,
    SentOnView,
    StandingView,
)
from services.review.model import ReviewItem
from services.review.model.inputs import (
    EditionChange,
    ForwardWithdrawal,
    LeavingIssue,
    NewAdoption,
    NewAnswer,
    NewDecline,
    NewForward,
    NewInstruction,
    NewQuestion,
    NewReturn,
    NewSignature,
)
from services.review.policy import Verb
from services.review.store.items import item_to_act_on

router = edge_router(prefix="/api/v1/submissions/{origin_id}")

Standing = TypeVar("Standing", bound=StandingView)


@router.post("/receive")
async def receive(origin_id: UUID, me: Me, tx: Tx, response: Response) -> StandingView:
    return _answer(StandingView, response, await deciding.receive_submission(tx, origin_id, by=me))


@router.patch("")
@asked_first(granted(Verb.EDIT))
async def edit(
    origin_id: UUID,
    me: Me,
    *,
    version: IfMatch,
    context: Context,
    begin: Begin,
    response: Response,
    change: EditionChange,
) -> EditedView:
    text = editing.NewText(change.title, change.body)
    compared = await editing.compare_edition(context.database, origin_id, text, Verb.EDIT, by=me, version=version)
    item = await editing.edit_submission(await begin(), origin_id, compared, by=me, version=version)
    return _answer(EditedView, response, item, edition=item.edition_number)


@router.post("/ask")
@asked_first(granted(Verb.ASK))
async def ask(origin_id: UUID, me: Me, tx: Tx, response: Response, new: NewQuestion) -> AskedView:
    question = await editing.ask_author(tx, origin_id, by=me, question=new.question)
    item = await item_to_act_on(tx.session, origin_id)
    return _answer(AskedView, response, item, question_id=question.question_id)


@router.post("/answer")
@asked_first(granted(Verb.ANSWER))
async def answer(origin_id: UUID, me: Me, tx: Tx, new: NewAnswer) -> AnsweredView:
    question = await editing.answer_question(tx, origin_id, by=me, answer=new.answer, question_id=new.question_id)
    return AnsweredView.read(question)


@router.post("/return")
@asked_first(granted(Verb.RETURN))
async def return_item(
    origin_id: UUID, me: Me, *, tx: Tx, version: OfferedVersion, response: Response, new: NewReturn
) -> StandingView:
    item = await deciding.return_submission(
        tx, origin_id, by=me, reason_code=new.reason_code, reason=new.reason, version=version
    )
    return _answer(StandingView, response, item)


@router.post("/decline")
@asked_first(granted(Verb.DECLINE))
async def decline(
    origin_id: UUID, me: Me, *, tx: Tx, version: OfferedVersion, response: Response, new: NewDecline
) -> StandingView:
    item = await deciding.decline_submission(
        tx, origin_id, by=me, reason_code=new.reason_code, reason=new.reason, version=version
    )
    return _answer(StandingView, response, item)


@router.post("/keep")
async def keep(origin_id: UUID, me: Me, tx: Tx, version: OfferedVersion, response: Response) -> StandingView:
    return _answer(StandingView, response, await deciding.keep_submission(tx, origin_id, by=me, version=version))


@router.post("/reopen")
async def reopen(origin_id: UUID, me: Me, tx: Tx, version: OfferedVersion, response: Response) -> StandingView:
    return _answer(StandingView, response, await deciding.reopen_submission(tx, origin_id, by=me, version=version))


@router.post("/adopt")
@asked_first(granted(Verb.ADOPT))
async def adopt(
    origin_id: UUID, me: Me, *, tx: Tx, version: OfferedVersion, response: Response, new: NewAdoption
) -> SelectedView:
    adoption = await selecting.select_submission(
        tx, origin_id, by=me, periodical_id=new.periodical_id, mode=new.mode, issue_id=new.issue_id, version=version
    )
    item = await item_to_act_on(tx.session, origin_id)
    return _answer(SelectedView, response, item, adoption_id=adoption.adoption_id, issue_id=adoption.issue_id)


@router.post("/unselect")
@asked_first(granted(Verb.UNSELECT))
async def unselect(
    origin_id: UUID, me: Me, *, tx: Tx, version: OfferedVersion, response: Response, leaving: LeavingIssue | None = None
) -> StandingView:
    adoption_id = leaving.adoption_id if leaving else None
    item = await selecting.unselect_submission(tx, origin_id, by=me, adoption_id=adoption_id, version=version)
    return _answer(StandingView, response, item)


@router.post("/forward")
@asked_first(granted(Verb.PROPOSE_FORWARD))
async def propose(
    origin_id: UUID, me: Me, *, context: Context, begin: Begin, response: Response, new: NewForward | None = None
) -> ProposedView:
    new, edition = new or NewForward(), None
    if new.title is not None or new.body is not None:
        text = editing.NewText(new.title, new.body)
        edition = await editing.compare_edition(context.database, origin_id, text, Verb.PROPOSE_FORWARD, by=me)
    tx = await begin()
    row = await forwarding.propose_forward(tx, origin_id, by=me, to=new.to, edition=edition)
    item = await item_to_act_on(tx.session, origin_id)
    return _answer(ProposedView, response, item, forward_id=row.forward_id, to=row.to_node)


@router.post("/forward/withdraw")
@asked_first(granted(Verb.WITHDRAW_FORWARD))
async def withdraw(
    origin_id: UUID, me: Me, *, tx: Tx, response: Response, new: ForwardWithdrawal | None = None
) -> ForwardStandingView:
    item = await forwarding.withdraw_forward(tx, origin_id, by=me, reason=new.reason if new else "")
    return _answer(ForwardStandingView, response, item)


@router.post("/forward/sign")
@asked_first(granted(Verb.SIGN_FORWARD))
async def sign_on(
    origin_id: UUID, me: LiveMe, *, tx: Tx, version: OfferedVersion, response: Response, new: NewSignature | None = None
) -> SentOnView:
    signature = Signature.of(new)
    row = await forwarding.sign_forward(tx, origin_id, by=me, signature=signature, version=version)
    item = await item_to_act_on(tx.session, origin_id)
    return _answer(SentOnView, response, item, to=row.to_node, hop=row.hop)


@router.post("/instructions", status_code=201)
@asked_first(granted(Verb.RECORD_INSTRUCTION))
async def record(origin_id: UUID, me: Me, tx: Tx, new: NewInstruction) -> RecordedView:
    row = await instructing.record_instruction(tx, origin_id, by=me, new=new)
    return RecordedView.read(row)


def _answer(kind: type[Standing], response: Response, item: ReviewItem, **more: Any) -> Standing:
    etag(response, item.version)
    return kind.read(item, **more)
