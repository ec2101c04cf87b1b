"""What callers are answered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from services.disclosure.model import Information, InformationFile, PublicInformation, Review
from services.disclosure.policy import Category, DueDates, header_rows


def standing_view(information: Information) -> dict[str, Any]:
    """Where a text stands after a step."""
    return {
        "information_id": information.information_id,
        "status": information.status.value,
        "version": information.version,
    }


def line_view(information: Information, category_name: str) -> dict[str, Any]:
    """A text in a list."""
    return {
        **standing_view(information),
        "title": information.title,
        "category_id": information.category_id,
        "category_name": category_name,
        "attribute": information.attribute.value,
        "origin_id": information.origin_id,
        "formed_on": information.formed_on,
        "index_no": information.index_no,
        "touched_at": information.touched_at,
    }


def information_view(
    information: Information,
    category: Category | None,
    *,
    files: Sequence[InformationFile],
    reviews: Sequence[Review],
    due: DueDates | None,
) -> dict[str, Any]:
    """A text with everything that hangs on it."""
    return {
        **line_view(information, category.name if category else ""),
        "body": information.body,
        "summary": information.summary,
        "document_no": information.document_no,
        "subject": information.subject,
        "genre": information.genre,
        "audience": information.audience,
        "keywords": information.keywords,
        "is_normative": information.is_normative,
        "effective_on": information.effective_on,
        "repealed_on": information.repealed_on,
        "validity": information.validity,
        "source": information.source,
        "responsible_section": information.responsible_section,
        "publisher_name": information.publisher_name,
        "prepared_by": information.prepared_by.name,
        "reviews": [review_view(review) for review in reviews],
        "attachments": [file_view(file) for file in files],
        "due": due_view(due),
        "published_at": information.published_at,
        "url": url_of(information) if information.index_no else None,
        "revoked_at": information.revoked_at,
        "revoke_reason": information.revoke_reason,
    }


def review_view(review: Review) -> dict[str, Any]:
    """One confidentiality review."""
    return {
        "outcome": review.outcome.value,
        "ground": review.ground.value if review.ground else None,
        "opinion": review.opinion,
        "points": review.points,
        "doubts": review.doubts,
        "passages": review.passages,
        "version": review.version,
        "reviewed_by": review.reviewed_by.name,
        "reviewed_at": review.reviewed_at,
    }


def file_view(file: InformationFile) -> dict[str, Any]:
    """One file: as it was uploaded, what the public gets of it or why it gets nothing, and what to look at twice."""
    return {
        "attachment_id": file.attachment_id,
        "sha256": file.sha256,
        "filename": file.filename,
        "media_type": file.media_type,
        "size": file.size,
        "publication": {
            "state": "refused" if file.obstacle_code else "ready" if file.public_sha256 else "not_examined",
            "code": file.obstacle_code or None,
            "message": file.obstacle or None,
            "sha256": file.public_sha256,
            "size": file.public_size,
        },
        "hints": file.hints,
    }


def due_view(due: DueDates | None) -> dict[str, Any] | None:
    """Both due dates, each with the way it was found."""
    if due is None:
        return None
    named = {"internal": due.internal, "statutory": due.statutory}
    return {
        name: {"due_on": one.on, "is_provisional": one.is_provisional, "basis": one.basis} if one else None
        for name, one in named.items()
    }


def category_view(category: Category) -> dict[str, Any]:
    """One leaf of the catalogue."""
    return {
        "category_id": category.code,
        "name": category.name,
        "class_id": category.class_code,
        "class_name": category.class_name,
        "statutory_limit": category.statutory_limit.label,
        "internal_limit": category.internal_limit.label if category.internal_limit else None,
        "basis": category.basis,
    }


def url_of(information: Information) -> str:
    """Where the portal shows it."""
    return f"/open/information/{information.information_id}"


def public_line_view(shown: PublicInformation) -> dict[str, Any]:
    """A published text in a list: the metadata header, flat for machines and in rows for people."""
    return {
        "information_id": shown.information_id,
        "index_no": shown.index_no,
        "title": shown.title,
        "summary": shown.summary,
        "category_id": shown.category_id,
        "category_name": shown.category_name,
        "publisher_name": shown.publisher_name,
        "document_no": shown.document_no,
        "formed_on": shown.formed_on,
        "published_at": shown.published_at,
        "validity": shown.validity.value if shown.validity else None,
        "subject": shown.subject,
        "keywords": shown.keywords,
        "url": shown.href,
        "header": [
            {"field": row.field, "label": row.label, "text": row.text} for row in header_rows(shown.as_metadata)
        ],
    }


def public_view(shown: PublicInformation) -> dict[str, Any]:
    """A published text whole."""
    files = [
        {
            "attachment_id": file["attachment_id"],
            "filename": file["filename"],
            "media_type": file["media_type"],
            "size": file["size"],
            "sha256": file["sha256"],
            "url": f"{shown.href}/attachments/{file['attachment_id']}",
        }
        for file in shown.attachments
    ]
    return {**public_line_view(shown), "body": shown.body, "attachments": files}
