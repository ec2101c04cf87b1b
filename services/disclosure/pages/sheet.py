"""Everything that the page of one text shows: hints, what stands in the way, due dates, history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from services.disclosure.actions.publishing import obstacles_of
from services.disclosure.actions.reviewing import changes_since_review
from services.disclosure.model import Information, InformationFile, KnownItem, Review, Step
from services.disclosure.policy import (
    Category,
    DueDates,
    HeaderRow,
    due_dates,
    header_rows,
    may_edit,
    may_publish,
    may_review,
    may_revoke,
    may_send_to_review,
)
from services.disclosure.policy.fields import LABELS
from services.disclosure.policy.hint import Hint, hints_in
from services.disclosure.policy.permission import ROLES, Act, blocker_of
from services.disclosure.policy.status import Deed
from services.disclosure.store import information as store
from services.disclosure.store.items import find_item
from services.disclosure.store.rules import categories_by_code, sensitive_words
from services.kernel.language.field_error import FieldError
from services.kernel.language.refusal import Refusal
from services.kernel.language.vocabulary import InformationStatus
from services.kernel.runtime.heard.organisation import list_officers, working_days
from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.uploads.files import FileStore
from services.kernel.runtime.web.identity import Officer

_METADATA_FIELDS = frozenset({"title", "publisher_org_id", "category_id", "formed_on", "validity", "summary"})
_FORM_FIELDS = _METADATA_FIELDS - {"publisher_org_id"} | {"body", "attribute"}
_SHOWN_ELSEWHERE = frozenset({"index_no", "title"})
_TONES: dict[str, str] = {Deed.PUBLISHED: "key", Deed.REVOKED: "back", Deed.REVIEWED: "done"}


@dataclass(frozen=True)
class Sheet:
    """A text and all that is known about it."""

    information: Information
    category: Category | None
    item: KnownItem | None
    files: list[InformationFile]
    reviews: list[Review]
    steps: list[Step]
    due: DueDates | None
    hints: list[Hint]
    obstacles: list[FieldError]
    beyond: list[str]
    has_reviewer: bool

    @property
    def category_name(self) -> str:
        """What its category is called."""
        return name_of(self.category)

    @property
    def header(self) -> list[HeaderRow]:
        """The metadata header as the public will see it."""
        return header_rows(self.information.metadata_with(self.category_name))

    @property
    def catalogued(self) -> list[tuple[str, str]]:
        """What the catalogue says of the text, inside the office: each with its label."""
        number = self.information.index_no or "发布时编定"
        rows = [(LABELS["attribute"], self.information.attribute.label), (LABELS["index_no"], number)]
        return rows + [(row.label, row.text) for row in self.header if row.field not in _SHOWN_ELSEWHERE]

    @property
    def history(self) -> list[dict[str, Any]]:
        """The history as the timeline shows it, newest last."""
        events = [
            {"at": step.at, "what": step.what, "by": step.by, "note": step.note, "tone": _TONES.get(step.what, "")}
            for step in self.steps
        ]
        return [{"events": events}]

    def checks(self, may_edit: bool) -> list[dict[str, str]]:
        """What stands in the way, linked to its field where it can be mended; nothing once it is out."""
        information = self.information
        if information.status in {InformationStatus.PUBLISHED, InformationStatus.REVOKED}:
            return []
        standing = [
            {
                "state": "wait" if one.code == "not_reviewed_yet" else "bad",
                "text": one.message,
                "href": f"#f-{one.field}" if may_edit and one.field in _FORM_FIELDS else "",
            }
            for one in self.obstacles
        ]
        if not any(one.field in _METADATA_FIELDS for one in self.obstacles):
            standing.insert(0, {"state": "ok", "text": "目录信息齐全"})
        if information.status is InformationStatus.APPROVED:
            standing.append({"state": "ok", "text": "已通过保密审查"})
        return standing


@dataclass(frozen=True)
class OpenSteps:
    """Which steps this officer may take now; `blocker` is the refusal that the one he would take next meets."""

    edit: bool
    send: bool
    review: bool
    publish: bool
    revoke: bool
    blocker: Refusal | None


def name_of(category: Category | None) -> str:
    """What people call a category of a text, also one that the catalogue in force does not have."""
    return category.name if category else "目录中没有的类目"


async def open_sheet(session: AsyncSession, information: Information, files: FileStore, now: datetime) -> Sheet:
    """Gather what the page shows."""
    category = (await categories_by_code(session, now)).get(information.category_id)
    attached = await store.list_files(session, information.information_id)
    text = "\n".join([*information.public_fields.values(), information.body, *(file.filename for file in attached)])
    return Sheet(
        information,
        category,
        await find_item(session, information.origin_id) if information.origin_id else None,
        attached,
        await store.list_reviews(session, information.information_id),
        await store.list_steps(session, information.information_id),
        await due_of(session, information.formed_on, category),
        [*hints_in(text, await sensitive_words(session, now)), *_hints_of(attached)],
        await obstacles_of(session, information, attached, files=files, now=now),
        await changes_since_review(session, information, attached),
        any(
            ROLES[Act.REVIEW].intersection(one.roles)
            for one in await list_officers(session, information.publisher_org_id)
        ),
    )


async def due_of(session: AsyncSession, formed_on: date | None, category: Category | None) -> DueDates | None:
    """Both due dates, as far as they can be known."""
    return due_dates(formed_on, category, await working_days(session)) if formed_on and category else None


def open_steps(information: Information, officer: Officer) -> OpenSteps:
    """Which steps the officer may take with his unit's text as it stands."""
    publishes, reviews = officer.has(*ROLES[Act.PUBLISH]), officer.has(*ROLES[Act.REVIEW])
    waits = reviews and may_review(information.status)
    ready = publishes and may_publish(information.status, information.attribute)
    blocker = blocker_of(officer, Act.REVIEW if waits else Act.PUBLISH, information) if waits or ready else None
    return OpenSteps(
        edit=publishes and may_edit(information.status),
        send=publishes and may_send_to_review(information.status, information.attribute),
        review=waits and not blocker,
        publish=ready and not blocker,
        revoke=publishes and may_revoke(information.status),
        blocker=blocker,
    )


def _hints_of(attached: Sequence[InformationFile]) -> list[Hint]:
    """What was found in the files, each with the file's name before its place."""
    named = ((file, Hint(**hint)) for file in attached for hint in file.hints)
    return [replace(hint, place=f"附件“{file.filename}”{hint.place}") for file, hint in named]
