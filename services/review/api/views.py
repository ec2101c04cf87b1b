"""What callers are answered."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from services.review.model import (
    Adoption,
    HistoryRow,
    Instruction,
    Issue,
    OwnEdition,
    Periodical,
    Question,
    ReviewItem,
    SentVersion,
)
from services.review.policy import Offer, arrival_checks, issue_label
from services.review.store.sheet import ItemSheet, outward_status


def row_view(item: ReviewItem, *, is_office: bool) -> dict[str, Any]:
    """An item as a list shows it."""
    return {
        "origin_id": item.origin_id,
        "title": item.title,
        "unit_id": item.unit_id,
        "unit_name": item.unit_name,
        "sender_name": item.sender_name,
        "info_type": item.info_type,
        "system": item.system,
        "status": outward_status(item.status, is_office=is_office),
        "version": item.version,
        "submission_version": item.submission_version,
        "arrived_at": item.arrived_at,
        "received_at": item.received_at,
        "handle_by": item.handle_by,
        "due_at": item.due_at,
        "forward": item.forward.value if is_office else None,
        "open_questions": item.open_questions,
    }


def standing_view(item: ReviewItem, **more: Any) -> dict[str, Any]:
    """What an action answers: where the item stands now."""
    return {"origin_id": item.origin_id, "status": item.status, "version": item.version, **more}


def sheet_view(sheet: ItemSheet, *, present: Collection[str]) -> dict[str, Any]:
    """An item in full."""
    item, latest = sheet.item, sheet.latest
    return {
        **row_view(item, is_office=sheet.is_office),
        "origin_node": item.origin_node,
        "hop": item.hop,
        "hops": [hop.model_dump() for hop in item.hops],
        "received_by": item.received_by.name if item.received_by else None,
        "reviewer_name": item.reviewer_name or None,
        "sign_off": item.sign_off.model_dump() if item.sign_off else None,
        "note": item.note,
        "text": {"title": sheet.text.title, "body": sheet.text.body, "is_own": sheet.text.is_own},
        "content": latest.content.model_dump() if latest else None,
        "sent": [sent_view(sent) for sent in sheet.sent],
        "editions": [edition_view(edition) for edition in sheet.editions],
        "questions": [question_view(question) for question in sheet.questions],
        "forwards": [
            {"to": f.to_node, "to_name": f.to_name, "hop": f.hop, "state": f.state, "reason": f.reason}
            for f in sheet.forwards
        ],
        "instructions": [instruction_view(instruction) for instruction in sheet.instructions],
        "adoptions": [adoption_view(*place) for place in sheet.adoptions],
        "timeline": [history_view(row) for row in sheet.history],
        "actions": [offer_view(offer) for offer in sheet.offers.values()],
        "checks": _checks(item, latest, present),
    }


def sent_view(sent: SentVersion) -> dict[str, Any]:
    """A version as it was sent here."""
    return {
        "version": sent.version,
        "hop": sent.hop,
        "attempt": sent.attempt,
        "title": sent.content.edition.title,
        "body": sent.content.edition.body,
        "from_node": sent.from_node,
        "sender_name": sent.sender_name,
        "told_at": sent.told_at,
        "arrived_at": sent.arrived_at,
    }


def edition_view(edition: OwnEdition) -> dict[str, Any]:
    """A saving of this office's edition."""
    return {
        "number": edition.number,
        "title": edition.title,
        "body": edition.body,
        "edited_by": edition.edited_by.name,
        "edited_at": edition.edited_at,
        "submission_version": edition.submission_version,
        "changes": edition.changes,
        "figures_changed": edition.figures_changed,
    }


def question_view(question: Question) -> dict[str, Any]:
    """A question with its answer, if any."""
    return {
        "question_id": question.question_id,
        "asked_node": question.asked_node,
        "question": question.question,
        "asked_by": question.asked_by.name if question.asked_by else None,
        "asked_at": question.asked_at,
        "answer": question.answer,
        "answered_by": question.answered_by.name if question.answered_by else None,
        "answered_at": question.answered_at,
    }


def instruction_view(instruction: Instruction) -> dict[str, Any]:
    """An instruction as far as the reader may see it."""
    return {
        "instruction_id": instruction.instruction_id,
        "node": instruction.node,
        "level": instruction.level,
        "leader_name": instruction.leader_name or None,
        "leader_rank": instruction.leader_rank,
        "text": instruction.text,
        "given_on": instruction.given_on,
        "share": instruction.share,
    }


def adoption_view(adoption: Adoption, issue: Issue, periodical: Periodical) -> dict[str, Any]:
    """A place in an issue."""
    return {
        "adoption_id": adoption.adoption_id,
        "status": adoption.status,
        "mode": adoption.mode,
        "periodical_id": periodical.periodical_id,
        "periodical_title": periodical.title,
        "issue_id": issue.issue_id,
        "issue_no": issue.number,
        "issue_year": issue.year,
    }


def history_view(row: HistoryRow) -> dict[str, Any]:
    """A line of the history."""
    return {
        "type": row.type,
        "node": row.node,
        "at": row.at,
        "hop": row.hop,
        "version": row.version,
        "text": row.text,
        "by": row.by,
        "unit": row.unit,
        "note": row.note,
        "data": row.data,
    }


def offer_view(offer: Offer) -> dict[str, Any]:
    """An action on offer and what stands in its way."""
    return {"action": offer.verb, "label": offer.verb.label, "is_open": offer.is_open, "reasons": offer.reasons}


def periodical_view(periodical: Periodical) -> dict[str, Any]:
    """A periodical."""
    return {
        "periodical_id": periodical.periodical_id,
        "code": periodical.code,
        "title": periodical.title,
        "kind": periodical.kind,
        "system": periodical.system,
    }


def issue_view(
    issue: Issue, periodical: Periodical, entries: list[tuple[Adoption, ReviewItem]], sources: Mapping[UUID, str]
) -> dict[str, Any]:
    """An issue with its items in order."""
    return {
        **issue_row_view(issue, periodical, len(entries)),
        "note": issue.note,
        "mark": issue.mark,
        "report_to": issue.report_to,
        "send_to": issue.send_to,
        "distribute_to": issue.distribute_to,
        "copies": issue.copies,
        "signed_by": issue.sign_off.signed_by if issue.sign_off else None,
        "entries": [
            {
                "adoption_id": adoption.adoption_id,
                "origin_id": adoption.origin_id,
                "title": adoption.title or item.title,
                "unit_name": adoption.source or sources[item.origin_id],
                "info_type": item.info_type,
                "mode": adoption.mode,
            }
            for adoption, item in entries
        ],
    }


def issue_row_view(issue: Issue, periodical: Periodical, items: int) -> dict[str, Any]:
    """An issue as a list shows it."""
    return {
        "issue_id": issue.issue_id,
        "status": issue.status,
        "version": issue.version,
        "periodical_id": periodical.periodical_id,
        "periodical_title": periodical.title,
        "series": issue.series,
        "issue_no": issue.number,
        "issue_year": issue.year,
        "issue_label": issue_label(issue.number, is_supplement=issue.series == "supplement"),
        "signed_at": issue.signed_at,
        "items": items,
    }


def _checks(item: ReviewItem, latest: SentVersion | None, present: Collection[str]) -> list[dict[str, Any]]:
    if latest is None:
        return []
    checks = arrival_checks(
        latest.content, item.info_type, via=latest.via, is_carried=latest.is_carried, present=present
    )
    return [{"label": check.label, "state": check.state, "note": check.note} for check in checks]
