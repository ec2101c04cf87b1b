"""The watcher of one listening service: looks at every teller regularly, heals, and says how each lane stands."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Iterable, Iterator
from functools import partial

import structlog

from services.kernel.language.moments import age_s
from services.kernel.runtime.service import Service, ServiceContext
from services.kernel.runtime.surroundings import metrics
from services.kernel.runtime.surroundings.clock import pause
from services.kernel.runtime.surroundings.supervision import keep_running
from services.kernel.runtime.telling.progress.following import Following
from services.kernel.runtime.telling.progress.healing import heal
from services.kernel.runtime.telling.progress.judging import WAITS_HERE, Reason, Unapplied
from services.kernel.runtime.telling.progress.reporting import Report
from services.kernel.runtime.telling.progress.standing import Standing

log = structlog.get_logger()

EAGER_S = 0.5
"""How often the books are compared while the service has not caught up with the directory."""
REST_TIMES = 6
"""So many times as long as a look took is rested after it: behind a long backlog, looking must not be what takes long."""
UNANSWERED_S = 30.0
"""A directory that is silent for so long at our start keeps nobody from working with the copy that is here."""
DIRECTORY = "directory"


class Watcher:
    """Compares what was told for one service with what took effect there; one per process and service."""

    def __init__(self, service: Service, context: ServiceContext) -> None:
        self.context = context
        self.lanes = [lane for lane in ("urgent", "routine") if _topics(service, lane)]
        self.followings = {
            teller: Following(context, teller, topics) for teller, topics in _by_teller(service, context).items()
        }
        self._reports = [Report(following) for following in self.followings.values()]
        self._started_at = self._looked_at = context.clock()
        self._goals: set[int] | None = None if DIRECTORY in self.followings else set()

    async def run(self, stop: asyncio.Event) -> None:
        """Look at the tellers until `stop`; whatever fails is tried again at the next look."""
        while not stop.is_set():
            began = time.monotonic()
            await self._look()
            # Not in step with the others: together they would hold the node up for moments that people notice.
            usual_s = self.context.settings.progress_every_s * random.uniform(0.8, 1.2)  # noqa: S311 - jitter
            took_s = time.monotonic() - began
            await pause(stop, usual_s if self.is_caught_up else eager_rest_s(took_s, usual_s))

    @property
    def is_caught_up(self) -> bool:
        """Whether the directory's facts that were told before the start have taken effect, or wait where they are seen."""
        return self._goals is not None and not self._goals

    @property
    def stands_still(self) -> bool:
        """Whether a lane applies nothing although facts are there for it."""
        return any(standing.stands_still for standing in self.standings())

    def standings(self) -> list[Standing]:
        """Every lane towards every teller."""
        now = self.context.clock()
        return [
            following.standing(lane, now)
            for following in self.followings.values()
            for lane in self.lanes
            if lane in following.lanes.values()
        ]

    def list_behind(self, key: str = "") -> Iterator[Unapplied]:
        """What was told and has not taken effect; of one key when given."""
        for following in self.followings.values():
            yield from following.list_behind(key)

    async def find_behind(self, key: str) -> list[Unapplied]:
        """What was told about one key and has not taken effect, however much else has not.

        Raises:
            TellerSilent: A teller had to be asked, and gives no answer.
        """
        return [one for following in self.followings.values() for one in await following.find_behind(key)]

    async def _look(self) -> None:
        self._look_at_the_clock()
        try:
            for following in self.followings.values():
                await following.look(self.context.clock())
                await heal(following, self.context.clock())
            self._catch_up()
            self._measure()
            for report in self._reports:
                await report.say()
        except asyncio.CancelledError:
            raise
        except Exception as fault:  # noqa: BLE001 - the database may be away; health says how old the picture is
            log.warning("progress.look.failed", service=self.context.name, fault=repr(fault)[:300])

    def _look_at_the_clock(self) -> None:
        """See whether it was set back, as after a start with a wrong one: what is counted from before would never be late."""
        now = self.context.clock()
        if now < self._looked_at:
            log.warning(
                "progress.clock.set_back", service=self.context.name, by_s=(self._looked_at - now).total_seconds()
            )
            self._started_at = min(self._started_at, now)
            for following in self.followings.values():
                following.begin_times_anew(now)
        self._looked_at = now

    def _catch_up(self) -> None:
        """Note what the directory had told when we started, and strike out what has taken effect since."""
        following = self.followings.get(DIRECTORY)
        if following is None:
            return
        if self._goals is None and following.compared_at is not None:
            self._goals = set(following.behind)
        elif self._goals is None and (following.is_elsewhere or self._has_waited_long()):
            self._goals = set()  # nobody to ask: what is here is all there is
        if self._goals:
            waits = {id_ for id_, one in following.behind.items() if one.reason in WAITS_HERE}
            self._goals = {id_ for id_ in self._goals if id_ in following.behind} - waits

    def _has_waited_long(self) -> bool:
        return (self.context.clock() - self._started_at).total_seconds() > UNANSWERED_S

    def _measure(self) -> None:
        node, service, now = self.context.node.node_id, self.context.name, self.context.clock()
        for one in self.standings():
            where = (node, service, one.lane, one.teller)
            for reason in Reason:
                metrics.INBOX_UNAPPLIED.labels(*where, reason.value).set(one.counts.get(reason, 0))
                metrics.INBOX_UNAPPLIED_AGE.labels(*where, reason.value).set(age_s(now, one.oldest.get(reason)))
            metrics.INBOX_STANDS_STILL.labels(*where).set(1 if one.stands_still else 0)
            metrics.INBOX_TELLER_SILENT.labels(*where).set(1 if one.is_silent else 0)


async def watch(watchers: Iterable[Watcher], node: str, stop: asyncio.Event) -> None:
    """Let the watchers run until `stop`, from the start on, whether the broker is there or not; then end them at once."""
    jobs = [
        asyncio.create_task(keep_running("progress", partial(one.run, stop), where=(node, one.context.name), stop=stop))
        for one in watchers
    ]
    await stop.wait()
    for job in jobs:
        job.cancel()
    await asyncio.gather(*jobs, return_exceptions=True)


def eager_rest_s(took_s: float, usual_s: float) -> float:
    """How long to rest after a look that took so long, while the service has not caught up."""
    return min(max(EAGER_S, took_s * REST_TIMES), max(EAGER_S, usual_s))


def _topics(service: Service, lane: str) -> list[str]:
    return service.urgent_topics if lane == "urgent" else service.routine_topics


def _by_teller(service: Service, context: ServiceContext) -> dict[str, dict[str, str]]:
    """Teller → full topic → lane. A topic's first word is the service that tells it."""
    found: dict[str, dict[str, str]] = {}
    for lane in ("urgent", "routine"):
        for name in _topics(service, lane):
            found.setdefault(name.split(".")[0], {})[context.settings.topic(name)] = lane
    return found
