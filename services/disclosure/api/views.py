"""What callers are answered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import PlainSerializer, WithJsonSchema

from services.disclosure.model import Information, InformationFile, PublicInformation, Review
from services.disclosure.policy import Category, DueDates, header_rows
from services.kernel.language.vocabulary import (
    DisclosureAttribute,
    InformationStatus,
    NonDisclosureGround,
    ReviewOutcome,
    Validity,
)
from services.kernel.runtime.web.views import Named, View

OpenMoment = Annotated[
    datetime, PlainSerializer(datetime.isoformat), WithJsonSchema({"type": "string", "format": "date-time"})
]
"""A moment as the portal has always written it: `+00:00`, not `Z`."""


class StandingView(View):
    """Where a text stands after a step."""

    information_id: UUID
    status: InformationStatus
    version: int


class ReviewedView(StandingView):
    """After a confidentiality review: what it decided, and how open the text is now."""

    outcome: ReviewOutcome
    attribute: DisclosureAttribute


class RevokedView(StandingView):
    """After a revocation: the number that stays on the portal."""

    index_no: str | None


class PublishedView(RevokedView):
    """After the publication: its number, and where the portal shows it."""

    url: str


class LineView(StandingView):
    """A text in a list."""

    title: str
    category_id: str
    category_name: str
    attribute: DisclosureAttribute
    origin_id: UUID | None
    formed_on: date | None
    index_no: str | None
    touched_at: datetime


class ReviewView(View):
    """One confidentiality review."""

    outcome: ReviewOutcome
    ground: NonDisclosureGround | None
    opinion: str
    points: list[str]
    doubts: list[str]
    passages: list[str]
    version: int
    reviewed_by: Named
    reviewed_at: datetime


class PublicationView(View):
    """What the public gets of a file, or why it gets nothing; `size` in bytes."""

    state: Literal["refused", "ready", "not_examined"]
    code: str | None
    message: str | None
    sha256: str | None
    size: int | None


class FileView(View):
    """One file: as it was uploaded, what the public gets of it, and what to look at twice."""

    attachment_id: UUID
    sha256: str
    filename: str
    media_type: str
    size: int
    publication: PublicationView
    hints: list[dict[str, str]]

    @classmethod
    def of(cls, file: InformationFile) -> Self:
        """The view of a file."""
        publication = PublicationView(
            state="refused" if file.obstacle_code else "ready" if file.public_sha256 else "not_examined",
            code=file.obstacle_code or None,
            message=file.obstacle or None,
            sha256=file.public_sha256,
            size=file.public_size,
        )
        return cls.read(file, publication=publication)


class DueDateView(View):
    """A date to publish by, and the way it was found."""

    due_on: date
    is_provisional: bool
    basis: str


class DueView(View):
    """Both due dates; the office may have set none of its own."""

    internal: DueDateView | None
    statutory: DueDateView | None

    @classmethod
    def of(cls, due: DueDates) -> Self:
        """The view of both dates."""
        internal = DueDateView.read(due.internal, due_on=due.internal.on) if due.internal else None
        return cls(internal=internal, statutory=DueDateView.read(due.statutory, due_on=due.statutory.on))


class InformationView(LineView):
    """A text with everything that hangs on it."""

    body: str
    summary: str
    document_no: str
    subject: str
    genre: str
    audience: str
    keywords: list[str]
    is_normative: bool
    effective_on: date | None
    repealed_on: date | None
    validity: Validity | None
    source: str
    responsible_section: str
    publisher_name: str
    prepared_by: Named
    reviews: list[ReviewView]
    attachments: list[FileView]
    due: DueView | None
    published_at: datetime | None
    url: str | None
    revoked_at: datetime | None
    revoke_reason: str

    @classmethod
    def of(
        cls,
        information: Information,
        category: Category | None,
        *,
        files: Sequence[InformationFile],
        reviews: Sequence[Review],
        due: DueDates | None,
    ) -> Self:
        """The view of a text whole."""
        return cls.read(
            information,
            category_name=category.name if category else "",
            reviews=reviews,
            attachments=[FileView.of(file) for file in files],
            due=DueView.of(due) if due else None,
            url=url_of(information) if information.index_no else None,
        )


class CategoryView(View):
    """One leaf of the catalogue; limits as they are read out."""

    category_id: str
    name: str
    class_id: str
    class_name: str
    statutory_limit: str
    internal_limit: str | None
    basis: str

    @classmethod
    def of(cls, category: Category) -> Self:
        """The view of a leaf."""
        return cls.read(
            category,
            category_id=category.code,
            class_id=category.class_code,
            statutory_limit=category.statutory_limit.label,
            internal_limit=category.internal_limit.label if category.internal_limit else None,
        )


class HeaderRowView(View):
    """One line of the metadata header as people read it."""

    field: str
    label: str
    text: str


class PublicLineView(View):
    """A published text in a list: the metadata header, flat for machines and in rows for people."""

    information_id: UUID
    index_no: str
    title: str
    summary: str
    category_id: str
    category_name: str
    publisher_name: str
    document_no: str
    formed_on: date | None
    published_at: OpenMoment | None
    validity: Validity | None
    subject: str
    keywords: list[str]
    url: str
    header: list[HeaderRowView]

    @classmethod
    def of(cls, shown: PublicInformation) -> Self:
        """The view of a published text in a list."""
        return cls.read(shown, **_public(shown))


class PublicFileView(View):
    """A published file; `size` in bytes."""

    attachment_id: UUID
    filename: str
    media_type: str
    size: int
    sha256: str
    url: str


class PublicView(PublicLineView):
    """A published text whole."""

    body: str
    attachments: list[PublicFileView]

    @classmethod
    def of(cls, shown: PublicInformation) -> Self:
        """The view of a published text."""
        files = [file | {"url": f"{shown.href}/attachments/{file['attachment_id']}"} for file in shown.attachments]
        return cls.read(shown, **_public(shown), attachments=files)


def url_of(information: Information) -> str:
    """Where the portal shows it."""
    return f"/open/information/{information.information_id}"


def _public(shown: PublicInformation) -> dict[str, Any]:
    return {"url": shown.href, "header": header_rows(shown.as_metadata)}
