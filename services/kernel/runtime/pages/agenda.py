"""What a service has for an officer: counted cards, tasks in their order, figures of the day and news; for the home page."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from services.kernel.runtime.pages.wording import zh_datetime
from services.kernel.runtime.web.views import View

MOST_TASKS = 8
"""So many stand under 接下来先办; each service names as many, since all of them may be its own."""

_NEVER = datetime.max.replace(tzinfo=UTC)


class Card(View):
    """One kind of work: what is to be done, how much of it waits, where it is done; with 0 it says that nothing is to be done.

    `menu` is the link of the navigation that shows the same number; `shown` stands in its place where it is no count.
    """

    what: str
    count: int
    href: str
    icon: str
    unit: str = "件"
    when: str = ""
    note: str = ""
    menu: str = ""
    shown: str = ""
    is_urgent: bool = False


class Task(View):
    """One thing to do next, from whom, and until when."""

    what: str
    title: str
    href: str
    source: str = ""
    due: datetime | None = None
    is_urgent: bool = False


class Figure(View):
    """How often something happened today."""

    label: str
    count: int


class News(View):
    """Something that others did with what is the officer's."""

    text: str
    title: str
    href: str
    source: str
    at: datetime


class Agenda(View):
    """What one service has for one officer."""

    cards: tuple[Card, ...] = ()
    tasks: tuple[Task, ...] = ()
    today: tuple[Figure, ...] = ()
    news: tuple[News, ...] = ()


def in_order(tasks: Iterable[Task]) -> list[Task]:
    """Emergencies first, then what is due first; what has no time limit stands last, in the order given."""
    return sorted(tasks, key=lambda task: (not task.is_urgent, task.due or _NEVER))


def oldest_first(task: Task | None, now: datetime) -> str:
    """The line of a card that names the time of its most pressing task: 最早 今天 22:14."""
    return f"最早 {zh_datetime(task.due, now)}" if task and task.due else ""


def titled(task: Task | None) -> str:
    """The line of a card that names its most pressing task, with whom it comes from."""
    return f"{task.source} {task.title}".strip()[:40] if task else ""
