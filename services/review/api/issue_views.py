"""What callers are answered about periodicals and their issues."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from services.kernel.language.vocabulary import AdoptionMode, InfoType, PeriodicalKind, System
from services.kernel.runtime.web.views import View
from services.review.model import Adoption, Issue, IssueStatus, Periodical, ReviewItem, Series
from services.review.policy import issue_label


class PeriodicalView(View):
    """A periodical."""

    periodical_id: UUID
    code: str
    title: str
    kind: PeriodicalKind
    system: System


class PlaceView(View):
    """An item in an issue."""

    adoption_id: UUID
    origin_id: UUID
    title: str
    unit_name: str
    info_type: InfoType
    mode: AdoptionMode


class IssueRowView(View):
    """An issue as a list shows it; `items` counts what is in it."""

    issue_id: UUID
    status: IssueStatus
    version: int
    periodical_id: UUID
    periodical_title: str
    series: Series
    issue_no: int | None
    issue_year: int | None
    issue_label: str
    signed_at: datetime | None
    items: int

    @classmethod
    def of(cls, issue: Issue, periodical: Periodical, items: int) -> Self:
        """The row of an issue."""
        return cls.read(issue, **_titled(issue, periodical), items=items)


class IssueView(IssueRowView):
    """An issue with its items in order."""

    note: str
    mark: str
    report_to: str
    send_to: str
    distribute_to: str
    copies: int | None
    signed_by: str | None
    entries: list[PlaceView]

    @classmethod
    def whole(
        cls,
        issue: Issue,
        periodical: Periodical,
        entries: Sequence[tuple[Adoption, ReviewItem]],
        sources: Mapping[UUID, str],
    ) -> Self:
        """The view of an issue; `sources` names the unit of each item that is not printed yet."""
        places = [
            PlaceView.read(
                adoption,
                title=adoption.title or item.title,
                unit_name=adoption.source or sources[item.origin_id],
                info_type=item.info_type,
            )
            for adoption, item in entries
        ]
        signed_by = issue.sign_off.signed_by if issue.sign_off else None
        return cls.read(issue, **_titled(issue, periodical), items=len(entries), signed_by=signed_by, entries=places)


def _titled(issue: Issue, periodical: Periodical) -> dict[str, Any]:
    label = issue_label(issue.number, is_supplement=issue.series == "supplement")
    return {
        "periodical_title": periodical.title,
        "issue_no": issue.number,
        "issue_year": issue.year,
        "issue_label": label,
    }
