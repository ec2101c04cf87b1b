"""Public texts for the office: prepare, change, review, publish, revoke, read and find."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, TypeVar
from uuid import UUID

from fastapi import Query, Response
from fastapi.responses import FileResponse

from services.disclosure import actions
from services.disclosure.actions.admitting import admitting, list_texts, open_information
from services.disclosure.actions.taking_in import TakenIn
from services.disclosure.api.views import (
    CategoryView,
    FileView,
    InformationView,
    LineView,
    PublishedView,
    ReviewedView,
    RevokedView,
    StandingView,
    url_of,
)
from services.disclosure.model import (
    Information,
    InformationChange,
    InformationFile,
    NewInformation,
    NewReview,
    NewRevocation,
)
from services.disclosure.policy import due_dates
from services.disclosure.policy.permission import Act, require_role
from services.disclosure.store import information as store
from services.disclosure.store.rules import categories_by_code, category_set
from services.kernel.language.refusal import NotFound
from services.kernel.language.vocabulary import DisclosureAttribute, InformationStatus
from services.kernel.runtime.heard.organisation import working_days
from services.kernel.runtime.pages.listing import Cursor, Sort
from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.web.dependencies import (
    Context,
    IfMatch,
    LiveMe,
    Me,
    Now,
    OfferedVersion,
    Reading,
    Tx,
    asked_first,
    edge_router,
    etag,
    of_officer,
)
from services.kernel.runtime.web.downloads import stored_file
from services.kernel.runtime.web.views import Page

router = edge_router(prefix="/api/v1")

Standing = TypeVar("Standing", bound=StandingView)
Limit = Annotated[int, Query(ge=1, le=200)]
Words = Annotated[str, Query(max_length=100)]


@router.get("/categories")
async def list_categories(me: Me, session: Reading, now: Now) -> Page[CategoryView]:
    leaves = (await category_set(session, now)).leaves
    return Page[CategoryView](items=[CategoryView.of(leaf) for leaf in leaves])


@router.post("/information", status_code=201)
@asked_first(of_officer(lambda me: require_role(me, Act.WRITE)))
async def prepare(new: NewInformation, me: Me, tx: Tx, response: Response) -> StandingView:
    information = await actions.prepare_information(tx, new.values, by=me, origin_id=new.origin_id)
    if information.attribute is DisclosureAttribute.PROACTIVE:
        await actions.send_to_review(tx, information.information_id, by=me)
    response.headers["Location"] = f"/disclosure/api/v1/information/{information.information_id}"
    return _answer(StandingView, response, information)


@router.patch("/information/{information_id}")
@asked_first(admitting(Act.WRITE))
async def change(
    information_id: UUID, *, change: InformationChange, version: IfMatch, me: Me, tx: Tx, response: Response
) -> StandingView:
    information = await actions.change_information(tx, information_id, change.values, by=me, version=version)
    return _answer(StandingView, response, information)


@router.post("/information/{information_id}/send-to-review")
async def send(information_id: UUID, me: Me, tx: Tx, version: OfferedVersion, response: Response) -> StandingView:
    return _answer(StandingView, response, await actions.send_to_review(tx, information_id, by=me, version=version))


@router.post("/information/{information_id}/confidentiality-review")
@asked_first(admitting(Act.REVIEW))
async def review(
    information_id: UUID, *, new: NewReview, me: Me, tx: Tx, version: OfferedVersion, response: Response
) -> ReviewedView:
    decision = actions.decision_of(new)
    information = await actions.review_confidentiality(tx, information_id, decision, by=me, version=version)
    return _answer(ReviewedView, response, information, outcome=new.outcome)


@router.post("/information/{information_id}/publish")
async def publish(
    information_id: UUID, *, me: LiveMe, tx: Tx, context: Context, version: OfferedVersion, response: Response
) -> PublishedView:
    information = await actions.publish_information(tx, information_id, by=me, files=context.files, version=version)
    return _answer(PublishedView, response, information, url=url_of(information))


@router.post("/information/{information_id}/revoke")
@asked_first(admitting(Act.PUBLISH))
async def revoke(
    information_id: UUID, *, new: NewRevocation, me: LiveMe, tx: Tx, version: OfferedVersion, response: Response
) -> RevokedView:
    information = await actions.revoke_information(tx, information_id, by=me, reason=new.reason, version=version)
    return _answer(RevokedView, response, information)


@router.post("/information/{information_id}/attachments", status_code=201)
@asked_first(admitting(Act.WRITE))
async def attach(information_id: UUID, me: Me, upload: TakenIn, tx: Tx) -> FileView:
    return FileView.of(await actions.attach_file(tx, information_id, upload, by=me))


@router.delete("/information/{information_id}/attachments/{attachment_id}", status_code=204)
async def remove(information_id: UUID, attachment_id: UUID, me: Me, tx: Tx) -> None:
    await actions.remove_file(tx, information_id, attachment_id, by=me)


@router.get("/information/{information_id}/attachments/{attachment_id}")
async def download(
    information_id: UUID, attachment_id: UUID, me: Me, session: Reading, context: Context, *, public: bool = False
) -> FileResponse:
    await open_information(session, information_id, by=me)
    file = await session.get(InformationFile, attachment_id)
    if file is None or file.information_id != information_id:
        raise NotFound
    sha256 = file.public_sha256 if public else file.sha256
    if sha256 is None:
        raise NotFound
    return await stored_file(context.files, sha256, file.filename, file.media_type)


@router.get("/information/{information_id}")
async def show(information_id: UUID, me: Me, session: Reading, *, now: Now, response: Response) -> InformationView:
    information = await open_information(session, information_id, by=me)
    etag(response, information.version)
    return await _whole(session, information, now)


@router.get("/information")
async def list_all(
    me: Me,
    session: Reading,
    now: Now,
    *,
    status: InformationStatus | None = None,
    q: Words = "",
    sort: Sort = "",
    cursor: Cursor = "",
    limit: Limit = 50,
) -> Page[LineView]:
    found = await list_texts(session, store.Listing(me.unit_id, status, q, sort, cursor, limit), by=me)
    names = {code: category.name for code, category in (await categories_by_code(session, now)).items()}
    items = [LineView.read(one, category_name=names.get(one.category_id, "")) for one in found.rows]
    return Page[LineView](items=items, next=found.next)


async def _whole(session: AsyncSession, information: Information, now: datetime) -> InformationView:
    category = (await categories_by_code(session, now)).get(information.category_id)
    formed_on = information.formed_on
    return InformationView.of(
        information,
        category,
        files=await store.list_files(session, information.information_id),
        reviews=await store.list_reviews(session, information.information_id),
        due=due_dates(formed_on, category, await working_days(session)) if category and formed_on else None,
    )


def _answer(kind: type[Standing], response: Response, information: Information, **more: Any) -> Standing:
    etag(response, information.version)
    return kind.read(information, **more)
