"""The regular look of a listener: is the log under it the same, does it hold every partition, does it move."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

import faust
import structlog
from faust.exceptions import ConsumerNotStarted
from kafka.errors import KafkaError

from services.kernel.runtime.telling.agents.ground import Ground, ground_reader, held_by_group, remove_member
from services.kernel.runtime.telling.agents.starting import what_changed
from services.kernel.runtime.telling.inbox.positions import Partition
from services.kernel.runtime.telling.topics import create_topics

if TYPE_CHECKING:
    from services.kernel.runtime.telling.agents.supervised import SupervisedAgents

log = structlog.get_logger()

STALLED_AFTER_S = 60.0


class Membership:
    """Which static member of the group a listener is; with `is_alone` it must hold everything itself."""

    def __init__(self, kafka: str, group: str, instance_id: str, *, is_alone: bool) -> None:
        self.kafka = kafka
        self.group = group
        self.is_alone = is_alone
        self._name = instance_id
        self._life = 0
        self._is_short = False

    @property
    def instance_id(self) -> str:
        """The name under which the group knows this member."""
        return f"{self._name}.{self._life}" if self._life else self._name

    async def lacks(self, assigned: set[Partition], ground: Mapping[Partition, Ground]) -> bool:
        """Whether partitions are held by nobody, at two looks in a row: the group may just be giving them out."""
        missing = ground.keys() - assigned
        if missing and not self.is_alone:
            held = await asyncio.to_thread(held_by_group, self.kafka, self.group)
            missing = set() if held is None else missing - held
        was_short, self._is_short = self._is_short, bool(missing)
        return was_short and self._is_short

    async def leave_behind(self) -> None:
        """After an assignment that lacked something: come back as another, whom the group gives a new one.

        A static member that returns gets its old assignment back, though the topics are new.
        """
        if not self._is_short:
            return
        self._is_short = False
        former, self._life = self.instance_id, self._life + 1
        try:
            await asyncio.to_thread(remove_member, self.kafka, self.group, former)
        except KafkaError as fault:  # it will be forgotten by itself when its session ends
            log.info("agents.member.stays", group=self.group, member=former, fault=repr(fault)[:200])


async def look(agents: SupervisedAgents, app: faust.App) -> str:
    """Why the app must be built anew; empty when all is well, or when the broker cannot be asked."""
    kafka = agents.membership.kafka
    try:
        ground = await asyncio.to_thread(ground_reader(kafka).read, agents.topics)
        if lacking := set(agents.topics) - {topic for topic, _ in ground}:
            log.error("agents.topics.gone", group=agents.group, topics=sorted(lacking))
            agents.lose()
            await asyncio.to_thread(create_topics, kafka, sorted(lacking))
            return "topics were gone"
        assigned = {(place.topic, place.partition) for place in app.consumer.assignment()}
        if await agents.membership.lacks(assigned, ground):
            agents.lose()
            return "the assignment does not cover every partition"
    except (KafkaError, ConsumerNotStarted) as fault:
        log.info("agents.look.waits", group=agents.group, fault=repr(fault)[:200])
        return ""
    mine = {place: agents.ground[place] for place in assigned & agents.ground.keys()}
    before, agents.reached_before = agents.reached_before, dict(agents.reached)
    if changed := what_changed(mine, before, ground):  # the reading may be older than what is reached now
        return changed
    if agents.inbox.may_read_again:
        return "there is room for what was passed over"
    return _stalled(agents, mine, ground)


def _stalled(agents: SupervisedAgents, mine: Mapping[Partition, Ground], ground: Mapping[Partition, Ground]) -> str:
    """Something is there to be read, nothing is in hand, and nothing moved for a minute."""
    is_behind = any(ground[place].end - 1 > agents.reached.get(place, -1) for place in mine)
    if not is_behind:
        agents.moved_at = time.monotonic()
    is_stalled = agents.is_free.is_set() and time.monotonic() - agents.moved_at > STALLED_AFTER_S
    return "events are there and nothing is read" if is_stalled else ""
