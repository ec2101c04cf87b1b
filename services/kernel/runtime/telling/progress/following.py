"""One listener following one teller: the teller's books compared with the listener's cursors, what is lost asked for again."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

import structlog

from services.kernel.runtime.service import ServiceContext
from services.kernel.runtime.storing.outbox import slices
from services.kernel.runtime.telling.progress import books
from services.kernel.runtime.telling.progress.asking import Teller, TellerElsewhere, TellerSilent
from services.kernel.runtime.telling.progress.judging import (
    Unapplied,
    is_applied,
    reason_of,
    stands_still,
)
from services.kernel.runtime.telling.progress.moves import Moves
from services.kernel.runtime.telling.progress.standing import Standing, summarise
from services.kernel.runtime.telling.progress.telling import PLACES
from services.kernel.runtime.telling.progress.told import PAGE, Told

log = structlog.get_logger()

MOST_UNAPPLIED = 1000
"""So many facts that did not even come here are kept in view; behind a longer backlog the oldest are what matters.

Each look goes through all of them, in the very hours in which the node has the least time for it.
What waits in the inbox is not among them: the inbox keeps it, and it may wait for a person for weeks.
"""
LATE_COMMIT = timedelta(seconds=10)
"""Rows with lower ids may become visible so much later (PostgreSQL): the last ids are read again."""
OVERLAP = 1000
COMPARE_EVERY = timedelta(days=1)
BREATH_S = 0.02

Place = tuple[str, str]


class Following:
    """What is known of the facts that one teller told for one listening service.

    Counters are compared with cursors key by key at start and once a day; between that, the
    outbox is read on from where it was read to. What has not come stays in `behind` until a
    cursor covers it or it waits in the inbox; what waits there is counted there.
    """

    def __init__(self, context: ServiceContext, teller: str, topics: Mapping[str, str]) -> None:
        self.context = context
        self.teller = Teller(context, teller, topics)
        self.lanes = topics
        self.behind: dict[int, Unapplied] = {}
        self.waiting: dict[str, books.Waiting] = {}
        self.moves = Moves(topics.values(), context.clock())
        self.looked_at: datetime | None = None
        self.compared_at: datetime | None = None
        self.is_silent = False
        self.is_elsewhere = False
        self._compare_from: Place | None = ("", "")
        self._read_to = 0
        self._tips: deque[tuple[datetime, int]] = deque()

    def begin_times_anew(self, now: datetime) -> None:
        """The clock was set back, and every instant that we noted lies in the future."""
        self.moves.begin_anew(now)
        self._tips.clear()
        self.compared_at = self.compared_at and now
        for one in self.behind.values():
            one.asked_at = one.asked_at and now

    async def look(self, now: datetime) -> None:
        """Compare the books once; a silent teller leaves what was known."""
        try:
            await self._recheck(now)
            if self.compared_at is None or now - self.compared_at > COMPARE_EVERY:
                await self._compare(now)
            if self.compared_at is not None:
                await self._read_on(now)
            await self._refresh(now)
        except TellerSilent as fault:
            if not (self.is_silent or self.is_elsewhere):
                log.warning("progress.teller.silent", **self.names, fault=repr(fault))
            self.is_elsewhere = isinstance(fault, TellerElsewhere)
            self.is_silent = not self.is_elsewhere
        else:
            self.is_silent = self.is_elsewhere = False
            self.looked_at = now

    def standing(self, lane: str, now: datetime) -> Standing:
        """How a lane stands towards this teller."""
        counts, oldest = summarise(self.behind.values(), lane)
        here = self.waiting.get(lane, books.Waiting())
        after = timedelta(seconds=self.context.settings.stands_still_after_s)
        facts = (one for one in self.behind.values() if one.lane == lane)
        still = stands_still(facts, moved_at=self.moves.of_lane[lane], now=now, after=after)
        return Standing(
            lane, self.teller.name, {**counts, **here.counts}, {**oldest, **here.oldest}, still,
            self.looked_at, self.is_silent, self.is_elsewhere, is_full=not self._has_room,
        )  # fmt: skip

    async def refresh_rows(self, some: Sequence[Unapplied]) -> None:
        """See how the teller's books have these facts by now."""
        for row in await self.teller.rows([one.told.id for one in some]):
            if row.id in self.behind:
                self.behind[row.id].told, self.behind[row.id].reason = row, reason_of(row, None)

    async def list_applied(self, rows: Sequence[Told]) -> list[Told]:
        """Those of these facts that took effect here."""
        if not rows:
            return []
        async with self.context.database.reading() as session:
            cursors = await books.cursors(session, self._consumers({row.place for row in rows}))
        return [row for row in rows if is_applied(row, cursors[row.place])]

    def list_behind(self, key: str = "") -> list[Unapplied]:
        """What has not come, oldest first; of one key when given."""
        return [one for one in self._oldest(MOST_UNAPPLIED) if not key or one.told.key == key]

    async def find_behind(self, key: str) -> list[Unapplied]:
        """What of one key has not come. Behind a longer backlog than is kept in view the teller is asked.

        Raises:
            TellerSilent: It had to be asked, and gives no answer.
        """
        if self._has_room:
            return self.list_behind(key)
        places = self._consumers([(topic, key) for topic in self.lanes])
        async with self.context.database.reading() as session:
            here, waits = await books.cursors(session, places), await books.kinds(session, places)
        told = await self.teller.told_above([(topic, key, cursor.sequence) for (topic, _), cursor in here.items()])
        return [
            Unapplied(row, self.lanes[row.topic], reason_of(row, waits.get((*row.place, row.sequence)))) for row in told
        ]

    @property
    def applied_to(self) -> int:
        """The teller's row up to which everything took effect or waits here; 0 until the books were compared."""
        return 0 if self.compared_at is None else min([self._read_to, *(id_ - 1 for id_ in self.behind)])

    @property
    def names(self) -> dict[str, str]:
        """Who follows whom, for the log."""
        return {"service": self.context.name, "teller": self.teller.name}

    @property
    def _has_room(self) -> bool:
        """Whether everything that has not come is in view, as far as the books were read."""
        return len(self.behind) < MOST_UNAPPLIED

    def _oldest(self, count: int) -> list[Unapplied]:
        return [self.behind[id_] for id_ in sorted(self.behind)[:count]]

    async def _recheck(self, now: datetime) -> None:
        """Strike out what has been applied since."""
        for some in slices([one.told for one in self.behind.values()], PAGE):
            here = await self.list_applied(some)
            for told in here:
                self.behind.pop(told.id)
            self.moves.note_here(here, self.lanes, now, are_new=True)

    async def _compare(self, now: datetime) -> None:
        """Compare counters with cursors, from where it stopped for want of room."""
        newest = await self.teller.newest_id()
        after = self._compare_from or ("", "")
        while self._has_room:
            page = await self.teller.counters(after)
            if not page:
                self._begin_to_read(now, newest)
                return
            if not await self._take_behind(page):
                return
            self._compare_from = after = page[-1][:2]
            await asyncio.sleep(BREATH_S)

    def _begin_to_read(self, now: datetime, newest: int) -> None:
        if self.compared_at is None:
            self._read_to = max(0, newest - OVERLAP)
        self.compared_at, self._compare_from = now, None

    async def _take_behind(self, counters: Sequence[tuple[str, str, int]]) -> bool:
        """Take into view what is above our cursors; whether there was room for all of it."""
        async with self.context.database.reading() as session:
            cursors = await books.cursors(session, self._consumers([(topic, key) for topic, key, _ in counters]))
        above = [
            (topic, key, cursors[topic, key].sequence)
            for topic, key, told in counters
            if told > cursors[topic, key].sequence
        ]
        for some in slices(above, PLACES):
            if not await self._take_above(some):
                return False
        return True

    async def _take_above(self, places: Sequence[tuple[str, str, int]]) -> bool:
        while self._has_room:
            rows = await self.teller.told_above(places)
            await self._take(rows)
            if len(rows) < PAGE:
                return True
            reached = {row.place: row.sequence for row in rows}
            places = [(topic, key, reached.get((topic, key), number)) for topic, key, number in places]
        return False

    async def _read_on(self, now: datetime) -> None:
        """Read what was told since; stop where enough is known to be behind."""
        at = self._read_to
        while self._has_room:
            rows, last = await self.teller.told_after(at)
            fresh = [row for row in rows if row.id not in self.behind]
            here = await self.list_applied(fresh)
            self.moves.note_here(here, self.lanes, now, are_new=False)
            known = {told.id for told in here}
            await self._take([row for row in fresh if row.id not in known])
            if last is None:
                break
            at = last
        self._tips.append((now, at))
        while self._tips and now - self._tips[0][0] > LATE_COMMIT:
            self._read_to = self._tips.popleft()[1]

    async def _refresh(self, now: datetime) -> None:
        """See what has left its teller meanwhile, what waits here by now, and how much waits in all."""
        oldest = self._oldest(MOST_UNAPPLIED)
        moving = [one for one in oldest if one.told.published_at is None or one.asked_at is not None][:PAGE]
        if moving:
            await self.refresh_rows(moving)
        for told in await self._waiting_here([one.told for one in oldest]):
            self.behind.pop(told.id)
        for one in self.behind.values():
            one.reason = reason_of(one.told, None)
        async with self.context.database.reading() as session:
            self.waiting = {
                lane: await books.waiting(
                    session, f"{self.context.name}.{lane}", [topic for topic, of in self.lanes.items() if of == lane]
                )
                for lane in set(self.lanes.values())
            }

    async def _take(self, rows: Sequence[Told]) -> None:
        """Take facts that are not applied into view, but for those that wait here."""
        here = {told.id for told in await self._waiting_here(rows)}
        for row in rows:
            if row.id not in here:
                self.behind.setdefault(row.id, Unapplied(row, self.lanes[row.topic], reason_of(row, None)))

    async def _waiting_here(self, rows: Sequence[Told]) -> list[Told]:
        """Those of these facts that wait in the inbox: the broker brought them."""
        if not rows:
            return []
        async with self.context.database.reading() as session:
            kinds = await books.kinds(session, self._consumers({row.place for row in rows}))
        return [row for row in rows if (*row.place, row.sequence) in kinds]

    def _consumers(self, places: Iterable[Place]) -> dict[str, list[Place]]:
        found: dict[str, list[Place]] = {}
        for topic, key in places:
            found.setdefault(f"{self.context.name}.{self.lanes[topic]}", []).append((topic, key))
        return found
