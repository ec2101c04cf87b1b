"""What the event desk answers."""

from __future__ import annotations

from datetime import datetime

from services.kernel.runtime.web.views import View


class WaitingEventView(View):
    """A fact that waits here, why, and what to do; `held_behind` counts what waits for it."""

    id: int
    kind: str
    kind_label: str
    type: str
    type_label: str
    topic: str
    key: str
    title: str
    sequence: int | None
    reason: str
    cause: str
    headline: str
    meaning: str
    advice: str
    missing: str
    held_behind: int
    parked_before: int | None
    asked_at: datetime | None
    tries: int
    since: datetime


class KindView(View):
    """How many facts of one kind wait, since when; of parked ones, why the first does."""

    count: int
    since: datetime | None
    why: str = ""


class KeptForView(View):
    """A listener that is so far behind that content is kept for it beyond its time, and since when."""

    listener: str
    since: datetime


class ProgressView(View):
    """How a service stands: what waits in it by kind, what was told for it and is late, and for whom it keeps more."""

    service: str
    title: str
    kinds: dict[str, KindView]
    kept_for: list[KeptForView]
    is_watched: bool
    late: int
    late_since: datetime | None
    stands_still: bool
    silent: list[str]


class DelayView(View):
    """How many facts about one key wait or are late, and since when."""

    count: int
    since: datetime | None
