"""The item pane: its views, what they compare, and what the action bar offers."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from services.kernel.language.diff import TextDiff
from services.kernel.language.particulars import FieldChange, field_changes, particulars
from services.kernel.language.vocabulary import SignMode
from services.kernel.runtime.heard.organisation import list_peers
from services.kernel.runtime.pages.comparing import compare_texts
from services.kernel.runtime.pages.listing import Place
from services.kernel.runtime.passage.showing import node_names, timeline_groups
from services.kernel.runtime.service import ServiceContext
from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.uploads.files import FileStore
from services.kernel.runtime.web.dependencies import Officer
from services.kernel.runtime.web.forms import Typed
from services.review.model import ReviewItem
from services.review.policy import Check, CheckState, Priority, Verb, arrival_checks, priority_of, sign_checks
from services.review.store import issues
from services.review.store.sheet import ItemSheet, item_sheet


@dataclass(frozen=True)
class Version:
    """One text that can be compared: a version as it was sent, or a saving of this office's edition.

    `values` are the item's fields at that version; an office edits the text alone.
    """

    key: str
    label: str
    at: datetime
    title: str
    body: str
    values: Mapping[str, Any]

    @property
    def text(self) -> str:
        """Title and body as one text."""
        return f"{self.title}\n{self.body}"


@dataclass(frozen=True, kw_only=True)
class ItemPane:
    """An item ready to be shown; `typed` is a form that came back with its errors."""

    sheet: ItemSheet
    place: Place
    view: str
    versions: list[Version]
    before: Version | None
    after: Version | None
    diff: TextDiff | None
    checks: list[Check]
    priority: Priority
    tabs: list[dict[str, Any]]
    timeline: list[dict[str, Any]]
    fields: list[tuple[str, str]]
    field_changes: list[FieldChange]
    attachments: list[dict[str, Any]]
    periodicals: list[Any] = field(default_factory=list)
    superiors: list[Any] = field(default_factory=list)
    typed: Typed = field(default_factory=Typed)

    @property
    def item(self) -> ReviewItem:
        """The row."""
        return self.sheet.item

    @property
    def figure_count(self) -> int:
        """How many figures changed, in the text and in the fields."""
        return len(self.diff.figures if self.diff else ()) + sum(change.is_figure for change in self.field_changes)

    def here(self, ending: str = "", **asked: str) -> str:
        """An address of the item that keeps the place in its list."""
        return self.place.href(f"/{self.item.origin_id}{ending}", **asked)

    def offers(self, verb: str) -> bool:
        """Whether an action stands on the bar, open or blocked."""
        return Verb(verb) in self.sheet.offers

    def is_open(self, verb: str) -> bool:
        """Whether an action can be taken now."""
        offer = self.sheet.offers.get(Verb(verb))
        return offer is not None and offer.is_open

    @property
    def blockers(self) -> list[dict[str, str]]:
        """What stands in the way of actions that are otherwise this officer's."""
        reasons = [reason for offer in self.sheet.offers.values() for reason in offer.reasons]
        return [{"state": "bad", "text": reason} for reason in dict.fromkeys(reasons)]


@dataclass(frozen=True)
class PaneRequest:
    """What the address of an item asks to see; `place` is where in its desk's list it was opened."""

    place: Place = field(default_factory=lambda: Place(""))
    view: str = ""
    before: str = ""
    after: str = ""
    typed: Typed = field(default_factory=Typed)


async def item_pane(
    session: AsyncSession, origin_id: UUID, me: Officer, wanted: PaneRequest, *, context: ServiceContext, now: datetime
) -> ItemPane:
    """Read an item for a page: its sheet, the comparison asked for, the checks."""
    sheet = await item_sheet(session, origin_id, me, now)
    versions = versions_of(sheet)
    before, after = chosen(versions, wanted.before, wanted.after)
    diff = await compare_texts(before.text, after.text) if before and after else None
    view = wanted.view or ("diff" if diff else "original")
    item = sheet.item
    present = await asyncio.to_thread(_present, sheet, context.files)
    return ItemPane(
        sheet=sheet,
        place=wanted.place,
        view=view,
        versions=versions,
        before=before,
        after=after,
        diff=diff,
        checks=_checks(sheet, present),
        priority=priority_of(
            item.info_type, by=item.handle_by, due_at=item.due_at, arrived_at=item.arrived_at, now=now
        ),
        tabs=_tabs(sheet, wanted.place, view, diff),
        timeline=timeline_groups(sheet.history, item.hops, await node_names(session, context.node)),
        fields=_fields(sheet),
        field_changes=_field_changes(before, after, item),
        attachments=_attachments(sheet, present),
        periodicals=await _periodicals(session, sheet),
        superiors=await list_peers(session, direction="superior") if sheet.is_office else [],
        typed=wanted.typed,
    )


def _fields(sheet: ItemSheet) -> list[tuple[str, str]]:
    """What the newest version says besides its text, and who reports it together."""
    said = sheet.latest.content.values if sheet.latest else {}
    return particulars(said | {"co_units": sheet.item.co_units}, sheet.item.info_type)


def versions_of(sheet: ItemSheet) -> list[Version]:
    """Every text of the item, the sender's versions first."""
    sent = [
        Version(
            f"s{place}",
            f"报送第 {one.version} 版" + (f"（第 {one.attempt} 次转报）" if one.attempt > 1 else ""),
            one.told_at,
            one.content.edition.title,
            one.content.edition.body,
            one.content.values,
        )
        for place, one in enumerate(sheet.sent, start=1)
    ]
    values = {one.version: one.content.values for one in sheet.sent}
    latest = sheet.latest.content.values if sheet.latest else {}
    own = [
        Version(
            f"e{e.number}",
            f"本级稿第 {e.number} 次",
            e.edited_at,
            e.title,
            e.body,
            values.get(e.submission_version, latest),
        )
        for e in sheet.editions
    ]
    return [*sent, *own]


def chosen(versions: Sequence[Version], before: str, after: str) -> tuple[Version | None, Version | None]:
    """The two texts to compare: those asked for, else what changed last.

    That is this office's edition against what it was made of, or the newest version against the
    one before it; nothing when there is only one text.
    """
    by_key = {version.key: version for version in versions}
    if before in by_key and after in by_key:
        return by_key[before], by_key[after]
    sent = [version for version in versions if version.key.startswith("s")]
    own = [version for version in versions if version.key.startswith("e")]
    if own and sent and own[-1].at >= sent[-1].at:
        return sent[-1], own[-1]
    return (sent[-2], sent[-1]) if len(sent) > 1 else (None, None)


def _field_changes(before: Version | None, after: Version | None, item: ReviewItem) -> list[FieldChange]:
    return field_changes(before.values, after.values, item.info_type) if before and after else []


def _present(sheet: ItemSheet, files: FileStore) -> set[str]:
    attached = sheet.latest.content.attachments if sheet.latest else ()
    return {one.sha256 for one in attached if files.has(one.sha256)}


def _attachments(sheet: ItemSheet, present: Collection[str]) -> list[dict[str, Any]]:
    """The files for the list: downloadable when their content is here, on their way when not."""
    base = f"/review/api/v1/submissions/{sheet.item.origin_id}/attachments"
    return [
        {"name": one.filename, "size": one.size, "href": f"{base}/{one.attachment_id}"}
        if one.sha256 in present
        else {"name": one.filename, "size": one.size, "state": "sending", "note": "内容正在传送"}
        for one in (sheet.latest.content.attachments if sheet.latest else ())
    ]


def _checks(sheet: ItemSheet, present: Collection[str]) -> list[Check]:
    latest = sheet.latest
    if latest is None:
        return []
    info_type = sheet.item.info_type
    if not sheet.item.is_here:
        return sign_checks(latest.content, info_type, checked_by=sheet.item.reviewer_name, present=present)
    carried = arrival_checks(latest.content, info_type, via=latest.via, is_carried=latest.is_carried, present=present)
    return [*carried, *_signed(sheet.item)]


def _signed(item: ReviewItem) -> list[Check]:
    if item.sign_off is None:
        return [Check("没有签发", CheckState.BAD)]
    mode = SignMode(item.sign_off.sign_mode)
    scan = "，附扫描件" if item.sign_scan_sha256 else ""
    checked = f"，{item.reviewer_name}审核" if item.reviewer_name else ""
    return [Check(f"{item.sign_off.signed_by}签发", CheckState.OK, f"{mode.label}{scan}{checked}")]


def _tabs(sheet: ItemSheet, place: Place, view: str, diff: TextDiff | None) -> list[dict[str, Any]]:
    links: list[tuple[str, str, Any]] = []
    if diff is not None:
        links.append(("diff", "修改对比", f"{diff.change_count} 处"))
    if Verb.EDIT in sheet.offers:
        links.append(("edit", "本级稿", None))
    links.append(("original", "原稿", None))
    if sheet.item.hop or sheet.questions:
        links.append(("questions", "核实", len(sheet.questions) or None))
    links.append(("history", "流转记录", len(sheet.history)))
    if sheet.instructions or Verb.RECORD_INSTRUCTION in sheet.offers:
        links.append(("instructions", "批示", len(sheet.instructions) or None))
    return [
        {
            "href": place.href(f"/{sheet.item.origin_id}", view=key),
            "label": label,
            "count": count,
            "current": key == view,
        }
        for key, label, count in links
    ]


async def _periodicals(session: AsyncSession, sheet: ItemSheet) -> list[Any]:
    """Where the item can still be selected to: those that do not have it."""
    if Verb.ADOPT not in sheet.offers:
        return []
    taken = {periodical.periodical_id for _, _, periodical in sheet.adoptions}
    return [one for one in await issues.list_periodicals(session) if one.periodical_id not in taken]
