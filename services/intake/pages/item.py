"""One item as its unit sees it: its way over the levels, its text, editions side by side, files, questions."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from fastapi import Request, Response

from services.intake import actions, store
from services.intake.actions.reading import may_read_submission
from services.intake.model import EditionCopy, Submission
from services.intake.pages.history import hop_nodes
from services.intake.policy.access import may_write
from services.intake.policy.offers import discarding_blocker
from services.kernel.language.events.review import InstructionRecorded, SubmissionAdopted
from services.kernel.language.moments import age_s
from services.kernel.language.particulars import particulars
from services.kernel.language.vocabulary import InfoType, IntakeStatus, Level, System, UnitKind
from services.kernel.runtime.heard.organisation import superior_of
from services.kernel.runtime.pages.comparing import compare_texts
from services.kernel.runtime.pages.templating import back_to, masthead_of, page
from services.kernel.runtime.passage.showing import node_name, node_names, timeline_groups
from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.surroundings.settings import NodeInfo
from services.kernel.runtime.telling.delays import find_delay
from services.kernel.runtime.web.dependencies import Me, Node, Now, Officer, Reading, Tx
from services.kernel.runtime.web.limits import edge_router

router = edge_router(prefix="/submissions")

View = Literal["flow", "text", "compare", "files"]
RED_AFTER_S = 300


@router.get("/{origin_id}")
async def show_item(
    request: Request, origin_id: UUID, *, me: Me, session: Reading, node: Node, now: Now, view: View = "flow",
    before: str = "", after: str = "",
) -> Response:  # fmt: skip
    if await is_discarded(session, me, origin_id):
        return back_to(f"/intake/submissions?discarded={origin_id}")
    submission = await actions.open_submission(session, origin_id, node.node_id, by=me)
    context = await item_context(session, submission, me, node=node, now=now)
    chosen = (
        {"view": view, **await _compared(session, submission, context["names"], (before, after))}
        if view == "compare"
        else {"view": view}
    )
    delay = await find_delay(request, origin_id)
    return page(request, "intake/item.html", **context, **chosen, delay=delay)


@router.get("/{origin_id}/flow")
async def show_flow(request: Request, origin_id: UUID, *, me: Me, session: Reading, node: Node, now: Now) -> Response:
    submission = await actions.open_submission(session, origin_id, node.node_id, by=me)
    context = await item_context(session, submission, me, node=node, now=now)
    return page(request, "intake/_item_flow.html", **context, delay=await find_delay(request, origin_id))


@router.get("/{origin_id}/delivery")
async def show_delivery(
    request: Request, origin_id: UUID, *, me: Me, session: Reading, node: Node, now: Now
) -> Response:
    submission = await actions.open_submission(session, origin_id, node.node_id, by=me)
    return page(request, "intake/_delivery.html", undelivered=undelivered_age(submission, now))


@router.post("/{origin_id}/copy")
async def copy_item(origin_id: UUID, me: Me, tx: Tx) -> Response:
    copied = await actions.copy_submission(tx, origin_id, by=me)
    return back_to(f"/intake/submissions/{copied.origin_id}/edit", "已复制为新稿，请修改后提交。")


@router.post("/{origin_id}/discard")
async def discard_item(origin_id: UUID, me: Me, tx: Tx) -> Response:
    await actions.discard_draft(tx, origin_id, by=me)
    return back_to(f"/intake/submissions?discarded={origin_id}")


@router.post("/{origin_id}/restore")
async def restore_item(origin_id: UUID, me: Me, tx: Tx) -> Response:
    await actions.restore_draft(tx, origin_id, by=me)
    return back_to(f"/intake/submissions/{origin_id}/edit", "草稿已恢复。")


async def is_discarded(session: AsyncSession, me: Officer, origin_id: UUID) -> bool:
    """Whether it is a draft of the officer's unit that was thrown away: its pages lead to the list, which brings it back."""
    submission = await store.find_submission(session, origin_id)
    return submission is not None and submission.discarded_at is not None and may_read_submission(me, submission)


def undelivered_age(submission: Submission, now: Any) -> dict[str, Any] | None:
    """How long the item has been on its way without a receipt; None when it is there or never left."""
    if submission.is_delivered is not False or submission.reported_at is None:
        return None
    waited_s = age_s(now, submission.reported_at)
    return {"age_s": waited_s, "is_red": waited_s >= RED_AFTER_S, "since": submission.reported_at}


async def item_context(
    session: AsyncSession, submission: Submission, me: Officer, *, node: Node, now: Now
) -> dict[str, Any]:
    """Everything that the item's page and its live part show."""
    history = await store.list_history(session, submission.origin_id)
    names = await node_names(session, node)
    editions = await store.list_editions(session, submission.origin_id)
    may_change = submission.unit_id == me.unit_id and may_write(me.roles, _type(submission))
    return {
        "item": submission,
        "names": names,
        "particulars": particulars(submission.field_values, _type(submission)),
        "status": IntakeStatus(submission.status),
        "info_type": _type(submission),
        "system": System(submission.system),
        "undelivered": undelivered_age(submission, now),
        "hops": hop_nodes(submission, history, names, await next_office(session, submission, me, node)),
        "groups": timeline_groups(history, submission.hops, names),
        "adoptions": [(row, Level(row.data["level"]).grade) for row in history if row.type == SubmissionAdopted.TYPE],
        "instructions": [row for row in history if row.type == InstructionRecorded.TYPE],
        "editions": [
            (_edition_name(one, submission, names), edition_key(one), one) for one in newest_editions(editions)
        ],
        "edition_count": len(editions),
        "questions": [one for one in await store.list_questions(session, submission.origin_id) if one.answer is None],
        "attachments": await store.list_attachments(session, submission.origin_id),
        "returned": returned_now(submission),
        "is_in_hand": submission.is_in_hand,
        "may_change": may_change,
        "may_discard": may_change
        and not discarding_blocker(IntakeStatus(submission.status), submission.submission_version),
    }


def returned_now(submission: Submission) -> dict[str, Any] | None:
    """The reason of the return that the author is working on."""
    if submission.returned is None or not submission.is_in_hand:
        return None
    return submission.returned


async def next_office(session: AsyncSession, submission: Submission, me: Officer, node: Node) -> str:
    """The office that the item's unit reports to."""
    if submission.created_by is None:
        return ""
    if me.unit_id == submission.unit_id and me.unit_kind is not UnitKind.HEAD_OFFICE:
        return masthead_of(node).office_title
    superior = await superior_of(session, System(submission.system))
    return _short(superior.name) if superior else ""


def newest_editions(editions: list[EditionCopy]) -> list[EditionCopy]:
    """The author's newest text, then the newest of each office as they came to have one."""
    newest: dict[tuple[str, bool], EditionCopy] = {}
    for one in editions:
        place = (one.node, one.by_author)
        if place not in newest or one.number > newest[place].number:
            newest[place] = one
    return sorted(newest.values(), key=lambda one: not one.by_author)


def edition_key(edition: EditionCopy) -> str:
    """What an edition is called in the address of a comparison."""
    return f"{edition.node}-{'author' if edition.by_author else 'office'}-{edition.number}"


async def _compared(
    session: AsyncSession, submission: Submission, names: dict[str, str], asked: tuple[str, str]
) -> dict[str, Any]:
    """Two editions side by side: those asked for, else the author's and the last office's, else the last two."""
    editions = await store.list_editions(session, submission.origin_id)
    named = {edition_key(one): one for one in editions}
    keys = list(named)
    if not keys:
        return {"choices": [], "before": "", "after": "", "diff": None, "title_diff": None}
    newest = [edition_key(one) for one in newest_editions(editions)]
    shown = (newest[0], newest[-1]) if len(newest) > 1 else (keys[max(0, len(keys) - 2)], keys[-1])
    before, after = (one if one in named else other for one, other in zip(asked, shown, strict=True))
    return {
        "choices": [(key, f"{_edition_name(one, submission, names)} 第{one.number}稿") for key, one in named.items()],
        "before": before,
        "after": after,
        "diff": await compare_texts(named[before].body, named[after].body),
        "title_diff": await compare_texts(named[before].title, named[after].title),
    }


def _edition_name(edition: EditionCopy, submission: Submission, names: dict[str, str]) -> str:
    if edition.by_author:
        return f"{submission.unit_name}稿"
    level = next((hop.to_level for hop in submission.hops if hop.to_node == edition.node), Level.COUNTY)
    return f"{node_name(edition.node, level, names)}稿"


def _type(submission: Submission) -> InfoType | None:
    return InfoType(submission.info_type) if submission.info_type else None


def _short(name: str) -> str:
    return masthead_of(NodeInfo("", name, Level.COUNTY)).name
