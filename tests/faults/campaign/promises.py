"""What was answered with success is in force at the end, unless the node was put back to before it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tests.faults.campaign.attempts import Attempt
from tests.faults.campaign.books import Ledger, Told

_ID = r"([0-9a-f-]{36})"
FACTS = {
    re.compile(rf"/intake/api/v1/submissions/{_ID}/submit"): ("submission.submitted", "item.origin_id"),
    re.compile(rf"/review/api/v1/submissions/{_ID}/sign"): ("submission.reported_up", "item.origin_id"),
    re.compile(rf"/review/api/v1/submissions/{_ID}/forward/sign"): ("submission.forwarded_up", "item.origin_id"),
    re.compile(rf"/review/api/v1/issues/{_ID}/sign"): ("issue.published", "issue_id"),
    re.compile(rf"/disclosure/api/v1/information/{_ID}/publish"): ("information.published", "information_id"),
}
"""Which fact a write that was done has left in the node's outbox, and where the fact names the thing."""


@dataclass(frozen=True)
class LostTime:
    """A node was put back at `until` to what it was at `since`: what it did between, and had not told, is lost."""

    node: str
    since: float
    until: float

    def covers(self, attempt: Attempt) -> bool:
        """Whether the attempt was answered in this time."""
        return attempt.node_id == self.node and self.since <= attempt.answered_at <= self.until


def broken_promises(
    attempts: list[Attempt], books: dict[tuple[str, str], Ledger], lost: list[LostTime]
) -> Iterator[str]:
    """Every attempt that was answered with success and has left nothing."""
    told = {node: _facts(books, node) for node in {node for node, _ in books}}
    drafts = {node: _drafts(books, node) for node in told}
    for attempt in attempts:
        if attempt.outcome != "done" or any(time.covers(attempt) for time in lost):
            continue
        if _is_new_draft(attempt) and _plain(str(attempt.answer["origin_id"])) not in drafts[attempt.node_id]:
            yield f"answered with success, and the draft is not there: {attempt}"
        for pattern, (type_, _) in FACTS.items():
            found = pattern.fullmatch(attempt.path)
            if found and (type_, found[1]) not in told[attempt.node_id]:
                yield f"answered with success, and nothing was told of it: {attempt}"


def _is_new_draft(attempt: Attempt) -> bool:
    return attempt.method == "POST" and attempt.path == "/intake/api/v1/submissions"


def _facts(books: dict[tuple[str, str], Ledger], node: str) -> set[tuple[str, str]]:
    found = set()
    for service in ("intake", "review", "disclosure"):
        for one in books[node, service].told():
            for type_, path in FACTS.values():
                if one.type == type_:
                    found.add((type_, _named(one, path)))
    return found


def _named(one: Told, path: str) -> str:
    found: object = one.data
    for name in path.split("."):
        assert isinstance(found, dict)
        found = found[name]
    return str(found)


def _drafts(books: dict[tuple[str, str], Ledger], node: str) -> set[str]:
    return {_plain(one) for one in books[node, "intake"].column("SELECT origin_id FROM intake_submission")}


def _plain(id_: str) -> str:
    return id_.replace("-", "")
