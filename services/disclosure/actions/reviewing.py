"""The confidentiality review: another officer looks at the text and decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.disclosure.actions.steps import record_step, take_information
from services.disclosure.model import Information, Review
from services.disclosure.policy import attribute_after_review, decide_review
from services.disclosure.policy.point import ReviewPoint
from services.kernel.language.text import clean_text
from services.kernel.language.vocabulary import NonDisclosureGround, ReviewOutcome, Role
from services.kernel.runtime.identity import Officer
from services.kernel.runtime.transaction import Transaction


@dataclass(frozen=True)
class Decision:
    """What a reviewer decided, and why."""

    outcome: ReviewOutcome
    opinion: str = ""
    ground: NonDisclosureGround | None = None
    points: Sequence[ReviewPoint] = ()

    @property
    def label(self) -> str:
        """The decision in words."""
        return self.outcome.label + (f"（{self.ground.label}）" if self.ground else "")


async def review_confidentiality(
    tx: Transaction, officer: Officer, information_id: UUID, decision: Decision, *, version: int | None = None
) -> Information:
    """Decide whether a text may be opened; the reviewer's words and what he saw are kept.

    Raises:
        NotPermitted: The officer does not review for secrecy.
        NotFound, StaleVersion: See there.
        ReviewerIsPreparer: He has written on it himself.
        InformationStepNotPossible: It does not wait for a review.
        GroundIsMissing: Not opening needs a legal ground.
    """
    officer.require(Role.SECRECY)
    information = await take_information(tx, information_id, version=version)
    reviewer_id = str(officer.officer_id)
    has_written = reviewer_id in information.writers
    status = decide_review(
        information.status,
        decision.outcome,
        reviewer_id=reviewer_id,
        preparer_id=reviewer_id if has_written else str(information.prepared_by.officer_id),
        ground=decision.ground,
    )
    opinion = clean_text(decision.opinion)
    tx.session.add(_kept(tx, information, officer, decision, opinion))
    information.status = status
    information.attribute = attribute_after_review(decision.outcome, information.attribute)
    information.outcome, information.ground = decision.outcome, decision.ground
    information.reviewed_body, information.reviewed_by = information.body, officer.ref
    note = f"{decision.label}。{opinion}" if opinion else decision.label
    await record_step(tx, information, verb="information.review", what="保密审查", by=officer, note=note)
    return information


def _kept(tx: Transaction, information: Information, officer: Officer, decision: Decision, opinion: str) -> Review:
    return Review(
        information_id=information.information_id,
        version=information.version,
        outcome=decision.outcome,
        ground=decision.ground,
        opinion=opinion,
        points=[point.value for point in decision.points],
        title=information.title,
        body=information.body,
        reviewed_by=officer.ref,
        reviewed_at=tx.now,
    )
