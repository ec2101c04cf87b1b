"""Writing an item: one form that works without script; whatever fails, what was typed stays."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from fastapi import Request, Response
from starlette.datastructures import UploadFile

from services.intake import actions, store
from services.intake.actions.drafting import other_units
from services.intake.actions.naming import colleagues_of
from services.intake.actions.reading import require_some_writer, require_writer
from services.intake.model import Submission
from services.intake.pages.form import OFFERED_TYPES, is_blank, typed_from, typed_in, values_of
from services.intake.pages.item import is_discarded, next_office, returned_now
from services.intake.policy import four_part_hints
from services.intake.policy.access import may_write
from services.intake.policy.offers import editing_blocker
from services.kernel.language.likeness import near_duplicates
from services.kernel.language.particulars import field_sections
from services.kernel.language.phones import is_phone
from services.kernel.language.refusal import InvalidInput, NotFound, NotPermitted, Refusal, StaleVersion
from services.kernel.language.vocabulary import InfoType, IntakeStatus, System
from services.kernel.language.vocabulary.item_fields import FIELD
from services.kernel.runtime.apart import TooBusy, WorkTooLarge
from services.kernel.runtime.pages.comparing import COMPARING, compare_texts
from services.kernel.runtime.pages.templating import back_to, page
from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.storing.transaction import Transaction
from services.kernel.runtime.uploads import CheckedUpload, take_in
from services.kernel.runtime.uploads.files import StoredFile
from services.kernel.runtime.web.asking import named_in
from services.kernel.runtime.web.dependencies import Begin, IfMatch, Me, Node, Now, Officer, Reading
from services.kernel.runtime.web.forms import Typed, comes_back
from services.kernel.runtime.web.limits import attachment_limit_bytes, edge_router, uploaded_file

router = edge_router(prefix="/submissions")

_SIMILAR_WITHIN = timedelta(days=90)
_COMPARED_CHARACTERS = 3_000


@dataclass(frozen=True)
class Writing:
    """What the form's handlers work with."""

    request: Request
    me: Officer
    node: Any
    now: Any
    uploads: tuple[tuple[CheckedUpload, StoredFile], ...] = ()


@router.get("/new")
async def write_new(request: Request, *, me: Me, session: Reading, node: Node, now: Now) -> Response:
    require_some_writer(me)
    phones = await store.last_phones_of(session, me.officer_id)
    phone = next((one for one in phones if is_phone(one)), "")
    # Who writes nothing else begins with an emergency.
    asked = request.query_params.get("type", "") if may_write(me.roles, None) else InfoType.EMERGENCY.value
    typed = Typed({"author_name": me.name, "author_phone": phone, "info_type": asked})
    return await _form_page(Writing(request, me, node, now), session, typed, None)


@router.get("/{origin_id}/edit")
async def write_on(
    request: Request, origin_id: UUID, *, me: Me, session: Reading, node: Node, now: Now, check: bool = False
) -> Response:
    writing = Writing(request, me, node, now)
    if await is_discarded(session, me, origin_id):
        return back_to(f"/intake/submissions?discarded={origin_id}")
    submission = await _own(session, writing, origin_id)
    if blocker := editing_blocker(IntakeStatus(submission.status)):
        return back_to(f"/intake/submissions/{origin_id}", str(blocker), tone="amber")
    typed = typed_from(submission)
    if check:
        missing = actions.what_is_missing(submission)
        typed = replace(typed, errors={error.field: error.message for error in missing})
    return await _form_page(writing, session, typed, submission)


async def _again(request: Request, session: AsyncSession, typed: Typed, refusal: Refusal) -> Response:
    """The form as it was typed, which goes on from the version it came with; after a lost race, both texts."""
    writing = Writing(request, request.state.officer, request.app.state.context.node, request.state.now)
    version, typed = typed.get("version"), replace(typed, fields=typed_in(await request.form()))
    is_new = "origin_id" not in request.path_params
    kept = None if is_new else await _own(session, writing, named_in(request, "origin_id", UUID))
    if kept is not None and isinstance(refusal, StaleVersion):
        return await _conflict_page(writing, typed, kept)
    return await _form_page(writing, session, typed, kept, version=version)


@router.post("")
@comes_back(_again)
async def save_new(request: Request, *, me: Me, session: Reading, begin: Begin, node: Node, now: Now) -> Response:
    return await _saved(Writing(request, me, node, now), session, begin, None, 0)


@router.post("/{origin_id}")
@comes_back(_again)
async def save(
    request: Request, origin_id: UUID, *, me: Me, version: IfMatch, session: Reading, begin: Begin, node: Node, now: Now
) -> Response:
    return await _saved(Writing(request, me, node, now), session, begin, origin_id, version)


async def _saved(
    writing: Writing, session: AsyncSession, begin: Begin, origin_id: UUID | None, version: int
) -> Response:
    """Keep the text, then do what the pressed button says.

    What takes long, files above all, is done before the transaction, for which others would wait.
    """
    form = await writing.request.form()
    fields = typed_in(form)
    action, _, argument = str(form.get("action", "save")).partition(":")
    before = await _own(session, writing, origin_id) if origin_id else None
    if action == "import":
        return await _imported(writing, session, fields, before)
    values = values_of(fields)
    if before is None and action in {"save", "submit"} and is_blank(values):
        draft = _new(writing)
        draft.put_fields(values)
        raise InvalidInput(errors=[error.as_dict() for error in actions.what_is_missing(draft)])
    if action == "attach":
        taken_in = await _taken_in(writing, session, origin_id, str(values.get("info_type") or ""))
        writing = replace(writing, uploads=taken_in)
    tx = await begin()
    submission = await (
        actions.change_draft(tx, origin_id, values, by=writing.me, version=version)
        if origin_id
        else actions.create_draft(tx, values, by=writing.me)
    )
    return await _ACTIONS.get(action, _keep)(writing, tx, submission, argument)


async def _own(session: AsyncSession, writing: Writing, origin_id: UUID) -> Submission:
    submission = await actions.open_submission(session, origin_id, writing.node.node_id, by=writing.me)
    if submission.unit_id != writing.me.unit_id:
        raise NotPermitted
    require_writer(writing.me, submission.info_type)
    return submission


async def _keep(_writing: Writing, _tx: Transaction, submission: Submission, _argument: str) -> Response:
    return _back_to_form(submission, "草稿已保存。")


async def _submit(writing: Writing, tx: Transaction, submission: Submission, _argument: str) -> Response:
    """Submit; where something is missing the text is kept and the form says what."""
    missing = actions.what_is_missing(submission)
    if missing:
        text = f"草稿已保存，还差 {len(missing)} 项才能提交。"
        return _back_to_form(submission, text, tone="amber", query="?check=1")
    await actions.submit(tx, submission.origin_id, by=writing.me)
    return back_to(f"/intake/submissions/{submission.origin_id}", "已提交审核人。")


async def _taken_in(
    writing: Writing, session: AsyncSession, origin_id: UUID | None, info_type: str
) -> tuple[tuple[CheckedUpload, StoredFile], ...]:
    """The form's files, checked and stored, if the officer may add them."""
    if origin_id:
        await actions.require_attachable(session, origin_id, by=writing.me)
    else:
        require_writer(writing.me, info_type)
    sent = (await writing.request.form()).getlist("file")
    named = [(file.filename, file.file) for file in sent if isinstance(file, UploadFile) and file.filename]
    if len(named) > actions.MOST_ATTACHMENTS:
        raise actions.TooManyAttachments
    files, limit_bytes = writing.request.app.state.context.files, attachment_limit_bytes(writing.request)
    return tuple([await take_in(files, name, stream, limit_bytes=limit_bytes) for name, stream in named])


async def _attach(writing: Writing, tx: Transaction, submission: Submission, _argument: str) -> Response:
    for checked, stored in writing.uploads:
        await actions.attach_file(tx, submission.origin_id, checked, stored, by=writing.me)
    names = [checked.filename for checked, _ in writing.uploads]
    text = f"已添加附件 {'、'.join(names)}。" if names else "请先选择要添加的文件。"
    return _back_to_form(submission, text, tone="green" if names else "amber", query="#w-files")


async def _remove(writing: Writing, tx: Transaction, submission: Submission, argument: str) -> Response:
    try:
        attachment_id = UUID(argument)
    except ValueError as fault:
        raise NotFound from fault
    await actions.remove_attachment(tx, submission.origin_id, attachment_id, by=writing.me)
    return _back_to_form(submission, "附件已移除。", query="#w-files")


_Action = Callable[[Writing, Transaction, Submission, str], Awaitable[Response]]
_ACTIONS: dict[str, _Action] = {"save": _keep, "submit": _submit, "attach": _attach, "remove": _remove}


def _back_to_form(submission: Submission, text: str, *, tone: str = "green", query: str = "") -> Response:
    return back_to(f"/intake/submissions/{submission.origin_id}/edit{query}", text, tone=tone)


async def _imported(
    writing: Writing, session: AsyncSession, fields: dict[str, Any], before: Submission | None
) -> Response:
    """Put the text of a .docx into the form, to be checked; nothing is saved by it."""
    found = await actions.read_document((await uploaded_file(writing.request, "document")).file)
    filled = Typed(fields | {"title": found.title or fields.get("title", ""), "body": found.body})
    notes = ["标题和正文已填入，请核对后保存。", *found.warnings]
    return await _form_page(writing, session, filled, before, notes=notes)


async def _form_page(
    writing: Writing,
    session: AsyncSession,
    typed: Typed,
    submission: Submission | None,
    *,
    version: str = "",
    notes: list[str] | None = None,
) -> Response:
    info_type = _known_type(typed.fields.get("info_type"))
    body = str(typed.fields.get("body") or "")
    return page(
        writing.request,
        "intake/write.html",
        status_code=typed.status,
        typed=typed,
        item=submission,
        version=version or (submission.version if submission else None),
        notes=notes or [],
        info_type=info_type,
        offered_types=[one for one in OFFERED_TYPES if may_write(writing.me.roles, one[0])],
        fields=FIELD,
        sections=field_sections(),
        to_name=await _to_name(writing, session, submission),
        system=System.GOVERNMENT,
        missing=actions.what_is_missing(submission) if submission else [],
        advised=actions.what_is_advised(submission) if submission else [],
        hints=four_part_hints(info_type, body),
        similar=await _similar(writing, session, typed, submission) if submission else [],
        attachments=await store.list_attachments(session, submission.origin_id) if submission else [],
        returned=returned_now(submission) if submission else None,
        colleagues=await colleagues_of(session, submission) if submission else [],
        other_units=await other_units(session, writing.node.node_id, submission.unit_id) if submission else [],
    )


async def _conflict_page(writing: Writing, typed: Typed, before: Submission) -> Response:
    """Both texts side by side: what was typed, and what somebody else has saved meanwhile."""
    kept = typed_from(before)
    return page(
        writing.request,
        "intake/conflict.html",
        status_code=StaleVersion.status,
        item=before,
        typed=typed,
        body_diff=await compare_texts(str(kept.fields["body"]), str(typed.fields.get("body") or "")),
        title_diff=await compare_texts(str(kept.fields["title"]), str(typed.fields.get("title") or "")),
    )


async def _to_name(writing: Writing, session: AsyncSession, submission: Submission | None) -> str:
    return await next_office(session, submission or _new(writing), writing.me, writing.node)


def _new(writing: Writing) -> Submission:
    """An item as it would begin, for what is asked about one that nobody has saved."""
    return Submission(
        origin_id=writing.me.officer_id, origin_node=writing.node.node_id, unit_id=writing.me.unit_id,
        created_by=writing.me.officer_id, created_at=writing.now, touched_at=writing.now,
    )  # fmt: skip


async def _similar(
    writing: Writing, session: AsyncSession, typed: Typed, submission: Submission
) -> list[dict[str, Any]]:
    """The unit's recent items that read much like this one, with the figures in which they differ."""
    text = f"{typed.fields.get('title') or ''}\n{typed.fields.get('body') or ''}"[:_COMPARED_CHARACTERS]
    if len(text) < 40:
        return []
    since = writing.now - _SIMILAR_WITHIN
    recent = await store.list_recent_texts(session, writing.me, except_for=submission.origin_id, since=since)
    others = [(str(one.origin_id), f"{one.title}\n{one.body}"[:_COMPARED_CHARACTERS]) for one in recent]
    if not others:
        return []
    try:
        found = await COMPARING.work(near_duplicates, text, others)
    except (TooBusy, WorkTooLarge):
        return []  # a hint: the page goes without it
    by_id = {str(one.origin_id): one for one in recent}
    return [{"item": by_id[one.origin_id], "likeness": one, "percent": one.percent} for one in found[:2]]


def _known_type(code: Any) -> InfoType | None:
    return InfoType(code) if code in set(InfoType) else None
