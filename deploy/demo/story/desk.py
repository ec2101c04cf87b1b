"""What officers do with one item at their desks, call by call: the verbs that the chapters are told with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from deploy.demo.content import draft_of
from deploy.demo.officers import Officer
from deploy.demo.story.teller import Story, marks
from deploy.demo.waiting import eventually

INTAKE = "/intake/api/v1/submissions"
REVIEW = "/review/api/v1/submissions"


@dataclass(frozen=True)
class Unit:
    """Who writes, checks and signs in a unit, by usernames at a node."""

    node_id: str
    clerk: str
    reviewer: str
    signer: str


TOWNSHIP = Unit("township", "clerk", "reviewer", "signer")
BUREAU = Unit("district", "bureau_clerk", "bureau_reviewer", "bureau_signer")


def write(story: Story, unit: Unit, name: str) -> str:
    """The clerk writes an item as a draft; its origin_id."""
    clerk = story.officer(unit.node_id, unit.clerk)
    story.items[name] = clerk.post(INTAKE, draft_of(name))["origin_id"]
    return story.items[name]


def submit(story: Story, unit: Unit, name: str) -> None:
    """The clerk submits the item."""
    story.officer(unit.node_id, unit.clerk).post(f"{INTAKE}/{story.items[name]}/submit")


def check(story: Story, unit: Unit, name: str) -> None:
    """The reviewer passes the item."""
    reviewer = story.officer(unit.node_id, unit.reviewer)
    _once_it_is(reviewer, story.items[name], "to_check")
    reviewer.post(f"{REVIEW}/{story.items[name]}/check")


def sign(story: Story, unit: Unit, name: str, **how: str) -> None:
    """The signer signs the item, online unless `how` says otherwise."""
    story.officer(unit.node_id, unit.signer).post(f"{REVIEW}/{story.items[name]}/sign", how or None)


def report(story: Story, unit: Unit, name: str) -> None:
    """Write, submit, check and sign an item."""
    write(story, unit, name)
    submit(story, unit, name)
    check(story, unit, name)
    sign(story, unit, name)


def as_reviewed(officer: Officer, origin_id: str, *statuses: str) -> dict[str, Any] | None:
    """The item in the review of the officer's node; None while it is not there, or in none of these states."""
    answer = officer.ask("GET", f"{REVIEW}/{origin_id}")
    if not answer.is_success:
        return None
    item: dict[str, Any] = answer.json()
    return item if not statuses or item["status"] in statuses else None


def at_home(story: Story, name: str, unit: Unit = TOWNSHIP) -> dict[str, Any]:
    """The item as its author sees it."""
    return story.officer(unit.node_id, unit.clerk).get(f"{INTAKE}/{story.items[name]}")


def marked(story: Story, name: str, kind: str, **data: Any) -> dict[str, Any] | None:
    """The item as its author sees it, once its timeline has such a line."""
    item = at_home(story, name)
    return item if marks(item, kind, **data) else None


def _once_it_is(officer: Officer, origin_id: str, status: str) -> None:
    """Wait for the desk's queue to show the item: a version sent anew comes a moment after its submission."""
    eventually(lambda: as_reviewed(officer, origin_id, status), f"{origin_id} 到达{officer.username}")
