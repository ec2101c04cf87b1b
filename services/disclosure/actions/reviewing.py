"""The confidentiality review: another officer looks at the text and decides."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from services.disclosure.actions.admitting import take_information
from services.disclosure.actions.refusals import ReviewIncomplete
from services.disclosure.actions.steps import record_step
from services.disclosure.model import Information, InformationFile, NewReview, Review
from services.disclosure.policy import attribute_after_review, decide_review
from services.disclosure.policy.attachment import not_examined
from services.disclosure.policy.permission import Act, blocker_of
from services.disclosure.policy.point import ReviewPoint
from services.disclosure.policy.redaction import changes_beyond
from services.disclosure.policy.review import faults_in_passages, missing_in_review
from services.disclosure.policy.scan import scan_text
from services.disclosure.policy.status import Deed
from services.disclosure.store.information import list_file_texts, list_files, list_reviews
from services.disclosure.store.rules import sensitive_words
from services.kernel.language.text import clean_line, clean_text
from services.kernel.language.vocabulary import NonDisclosureGround, ReviewOutcome
from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.storing.transaction import Transaction
from services.kernel.runtime.web.identity import Officer


@dataclass(frozen=True)
class Decision:
    """What a reviewer decided, and why."""

    outcome: ReviewOutcome
    opinion: str = ""
    ground: NonDisclosureGround | None = None
    points: Sequence[ReviewPoint] | None = None
    doubts: Sequence[ReviewPoint] = ()
    passages: Sequence[str] = ()

    @property
    def label(self) -> str:
        """The decision in words."""
        return self.outcome.label + (f"（{self.ground.label}）" if self.ground else "")


def decision_of(new: NewReview) -> Decision:
    """The decision as it was sent."""
    passages = tuple(filter(None, map(clean_line, new.passages)))
    return Decision(new.outcome, clean_text(new.opinion), new.ground, new.points, new.doubts, passages)


async def review_confidentiality(
    tx: Transaction, information_id: UUID, decision: Decision, *, by: Officer, version: int | None = None
) -> Information:
    """Decide whether a text may be opened; the reviewer's words and what he saw are kept.

    Raises:
        NotPermitted: The officer does not review for secrecy.
        NotFound, StaleVersion: See there.
        ReviewerIsPreparer: He has written on it himself.
        InformationStepNotPossible: It does not wait for a review.
        GroundIsMissing: Not opening needs a legal ground.
        ReviewIncomplete: `errors` say which point is undecided, what opinion is missing, what was not cut.
    """
    information = await take_information(tx, information_id, Act.REVIEW, by=by, version=version)
    if blocker := blocker_of(by, Act.REVIEW, information):
        raise blocker
    status = decide_review(information.status, decision.outcome, ground=decision.ground)
    opinion = clean_text(decision.opinion)
    files = await list_files(tx.session, information_id)
    await _require_complete(tx.session, information, decision, files, now=tx.now)
    tx.session.add(_kept(tx, information, decision, files, by=by))
    information.status = status
    information.attribute = attribute_after_review(decision.outcome, information.attribute)
    information.outcome, information.ground = decision.outcome, decision.ground
    information.reviewed_body, information.reviewed_by = information.body, by.ref
    note = f"{decision.label}。{opinion}" if opinion else decision.label
    await record_step(tx, information, verb="information.review", what=Deed.REVIEWED, by=by, note=note)
    return information


async def changes_since_review(
    session: AsyncSession, information: Information, files: Sequence[InformationFile]
) -> list[str]:
    """What the last reviewer did not see: changes besides the cuts that he marked, in words."""
    reviews = await list_reviews(session, information.information_id)
    if not reviews:
        return []
    last = reviews[-1]
    found = changes_beyond(last.body, information.body, last.passages)
    now = _seen(information, files)
    seen = last.seen or now
    if seen["fields"] != now["fields"]:
        found.append("标题或目录信息有改动")
    if seen["files"] != now["files"]:
        found.append("附件有增减")
    return found


def _was_found_in(file: InformationFile) -> bool:
    return any(hint["text"] for hint in file.hints)


async def _require_complete(
    session: AsyncSession,
    information: Information,
    decision: Decision,
    files: Sequence[InformationFile],
    *,
    now: datetime,
) -> None:
    reviews = await list_reviews(session, information.information_id)
    text = "\n".join([information.body, *information.public_fields.values(), *(file.filename for file in files)])
    errors = missing_in_review(
        decision.outcome, points=decision.points, doubts=decision.doubts, opinion=decision.opinion,
        is_plain=not await changes_since_review(session, information, files),
        is_doubtful=bool(scan_text(text, await sensitive_words(session, now))) or any(map(_was_found_in, files)),
    )  # fmt: skip
    if decision.outcome is ReviewOutcome.OPEN:
        errors += [not_examined(file.filename) for file in files if not file.examined_with]
    # Of the files there may be megabytes, and the loop goes on meanwhile.
    errors += await asyncio.to_thread(
        faults_in_passages, decision.outcome, text=text, files=await list_file_texts(session, information.information_id),
        marked=decision.passages, marked_before=reviews[-1].passages if reviews else (),
    )  # fmt: skip
    if errors:
        raise ReviewIncomplete(errors=[error.as_dict() for error in errors])


def _seen(information: Information, files: Sequence[InformationFile]) -> dict[str, Any]:
    return {"fields": information.public_fields, "files": {file.filename: file.sha256 for file in files}}


def _kept(
    tx: Transaction, information: Information, decision: Decision, files: Sequence[InformationFile], *, by: Officer
) -> Review:
    return Review(
        information_id=information.information_id,
        version=information.version,
        outcome=decision.outcome,
        ground=decision.ground,
        opinion=clean_text(decision.opinion),
        points=[point.value for point in decision.points or ()],
        doubts=[point.value for point in decision.doubts],
        passages=list(decision.passages),
        seen=_seen(information, files),
        title=information.title,
        body=information.body,
        reviewed_by=by.ref,
        reviewed_at=tx.now,
    )
