"""What a node shows of its work: items, adoptions, issues, publications and scores, as they stand in its tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.faults.campaign.attempts import Attempt
from tests.faults.campaign.books import Ledger, Told
from tests.faults.campaign.promises import LostTime

SHOWN = {
    "intake": (
        "SELECT 'item', origin_id, status, version FROM intake_submission WHERE status <> 'draft'",
        "SELECT 'noted', origin_id, type, count(*) FROM intake_history GROUP BY origin_id, type",
    ),
    "review": (
        "SELECT 'item', origin_id, status, submission_version FROM review_item",
        "SELECT 'adoption', origin_id, adoption_id, issue_id FROM review_adoption WHERE status = 'adopted'",
        "SELECT 'issue', issue_id, year, series, number FROM review_issue WHERE number IS NOT NULL",
    ),
    "disclosure": ("SELECT 'published', information_id, index_no, revoked_at IS NULL FROM public_information",),
    "stats": ("SELECT 'score', origin_id, event_id, kind FROM stats_event",),
}
"""What must be the same afterwards: kind, the id of what it is about, and how that stands."""

TELLS_NOTHING = {"keep", "adopt", "forward", "information", "confidentiality-review", "attachments"}
"""What an officer does that stays inside until somebody signs it."""


@dataclass(frozen=True)
class Shown:
    """One thing that a node shows."""

    node: str
    service: str
    kind: str
    about: str
    stands: tuple[Any, ...]

    @property
    def ids(self) -> set[str]:
        """Everything that it names."""
        return {self.about, *map(plain, self.stands)}

    def __str__(self) -> str:
        """How a report names it."""
        return f"{self.node} {self.service} {self.kind} {self.about}: {self.stands}"


def look(books: Mapping[tuple[str, str], Ledger]) -> frozenset[Shown]:
    """Everything that the nodes show now."""
    return frozenset(_look(books))


def excused(lost: Sequence[Told], attempts: Sequence[Attempt], times: Sequence[LostTime]) -> set[str]:
    """The ids of what lost facts were about, and of what was worked on after the backup without telling anybody."""
    found = {plain(one.key) for one in lost}
    for attempt in attempts:
        words = attempt.path.split("/")
        is_silent = attempt.method == "PATCH" or words[-1] in TELLS_NOTHING
        if is_silent and any(time.covers(attempt) for time in times):
            found.update(plain(part) for part in words)
            found.update(plain(value) for value in attempt.answer.values())
    return found


def plain(value: object) -> str:
    """An id as it stands in any table, path or answer."""
    return str(value).replace("-", "")


def _look(books: Mapping[tuple[str, str], Ledger]) -> Iterator[Shown]:
    for (node, service), ledger in books.items():
        for query in SHOWN.get(service, ()):
            for kind, about, *stands in ledger.rows(query):
                yield Shown(node, service, kind, plain(about), tuple(stands))
