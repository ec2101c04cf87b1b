"""How messages take effect: in batches that are short, each one transaction, split when one event fails."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import datetime

import structlog

from services.kernel.language.envelope import Envelope
from services.kernel.runtime.storing.database import Database
from services.kernel.runtime.storing.database_faults import is_passing
from services.kernel.runtime.storing.erased import empty_if_erased
from services.kernel.runtime.storing.outbox import envelope_of
from services.kernel.runtime.storing.transaction import Transaction
from services.kernel.runtime.storing.turns import Rank
from services.kernel.runtime.surroundings import metrics
from services.kernel.runtime.telling.inbox import positions, waiting
from services.kernel.runtime.telling.inbox.brake import PARKED_OF_LAST_100, Brake
from services.kernel.runtime.telling.inbox.cursors import Place
from services.kernel.runtime.telling.inbox.faults import BatchFailed, HandlingFailed, is_final
from services.kernel.runtime.telling.inbox.listening import ListensTo, Message
from services.kernel.runtime.telling.inbox.opening import open_message
from services.kernel.runtime.telling.inbox.pace import Pace
from services.kernel.runtime.telling.inbox.parking import park
from services.kernel.runtime.telling.inbox.positions import Partition, Position
from services.kernel.runtime.telling.inbox.succession import Succession, succession_of
from services.kernel.runtime.telling.inbox.work import ALL, Consumer, Work, load_work, open_unless_emptied

log = structlog.get_logger()


LOOK_FOR_READY_EVERY_S = 60.0
"""Another process may have been cut off while it applied what was held: a replay from the command line."""


class Inbox:
    """Applies messages for one consumer (service and lane); waits while the database is away.

    What it lets out besides cancellation is a fault of its own: the listener is then built anew.
    """

    def __init__(
        self,
        database: Database,
        listens_to: ListensTo,
        *,
        consumer: str,
        prefix: str,
        clock: Callable[[], datetime],
        rank: Rank = Rank.ROUTINE,
        limits: waiting.HeldLimits | None = None,
    ) -> None:
        self.database = database
        self.clock = clock
        self.rank = rank
        self.pace = Pace()
        self.brake = Brake(database, consumer)
        handlers = {f"{prefix}.{topic}": handlers for topic, handlers in listens_to.items()}
        self._consumer = Consumer(consumer, handlers, self.brake.braked, limits or waiting.HeldLimits())
        self._tries: dict[str, int] = {}
        self._held, self._held_of_a_key = 0, 0
        self._assigned: Collection[Partition] = ()
        self._has_skipped = False
        self._cut_short = 0
        self._looked_for_ready: tuple[int, float] | None = None

    @property
    def consumer(self) -> str:
        """The consumer's name, e.g. `review.routine`."""
        return self._consumer.name

    async def receive(self, messages: Sequence[Message]) -> None:
        """Apply a batch; returns when every message of it is applied or waits durably."""
        while messages:
            done = await self._attempt(messages[: self.pace.events])
            if isinstance(done, int):
                messages = messages[done:]
            elif len(messages) > 1:
                middle = min(len(messages), self.pace.events) // 2 or 1
                await self.receive(messages[:middle])
                messages = messages[middle:]
            else:
                await self._settle(messages[0], done)
                return

    async def replay(self, waiting_id: int) -> bool:
        """Apply a parked event, then what it held; True when it took effect, False when it may not yet, or is gone.

        A fork takes effect too, and leaves the cursor where it is: moved back, it would hold the next event for ever.
        """
        async with self.database.transaction(self.clock()) as tx:
            row = await waiting.find(tx.session, waiting_id)
            if row is None or row.key is None:
                return False
            place = (row.topic, row.key)
            work = await load_work(tx, self._consumer, {place}, held=self._held, most_drained=0)
            row = await waiting.find(tx.session, waiting_id)  # its key is locked only now: another may have replayed it
            if row is None:
                return False
            before = work.cursors[place]
            verdict = succession_of(before, epoch=row.epoch, sequence=row.sequence, event_id=row.event_id)
            if verdict is Succession.AHEAD:
                return False
            envelope = empty_if_erased(envelope_of(row), work.erased)
            await work.apply(row.topic, envelope, open_unless_emptied(envelope))
            if verdict is not Succession.NEXT:
                work.cursors[place] = before
            work.waiting[place] = [one for one in work.waiting[place] if one.id != row.id]
            await work.drain(place)
            await work.store()
            await waiting.forget(tx.session, [waiting_id])
            self._cut_short += bool(work.undrained)
        await self._drain_on(work.undrained)
        return True

    async def tend(self) -> None:
        """Look after what waits: let go of a source that is well again, apply what is ready. Asked every few seconds."""
        is_to_look = self._is_to_look_for_ready
        if not (is_to_look or self.brake.braked or self._held or self._has_skipped):
            return
        ready: list[Place] = []
        looked = self._cut_short, time.monotonic()
        async with self.database.reading() as session:
            self._held, self._held_of_a_key = await waiting.count_held(session, self.consumer)
            known = await positions.load_positions(session, self.consumer)
            well = [one for one in self.brake.braked if await self._is_well(session, one)]
            self._has_skipped = any(known[one].skipped_from is not None for one in self._assigned if one in known)
            if well or is_to_look:
                still = self.brake.braked.difference(well)
                ready = await waiting.ready_places(session, self.consumer, still)
                self._looked_for_ready = None if ready else looked
        for source in well:
            self.brake.loosen(source)
        await self._drain_on(ready)

    @property
    def _is_to_look_for_ready(self) -> bool:
        """Whether something may be held though its turn has come: a draining ended early, and may have been cut off."""
        if self._looked_for_ready is None:
            return True
        cut_short, looked_at = self._looked_for_ready
        return cut_short != self._cut_short or time.monotonic() > looked_at + LOOK_FOR_READY_EVERY_S

    async def _is_well(self, session: waiting.AsyncSession, source: str) -> bool:
        return await waiting.count_parked_of(session, self.consumer, source) <= PARKED_OF_LAST_100

    @property
    def may_read_again(self) -> bool:
        """Whether something was passed over while too much was held, and there is room for it now."""
        limits = self._consumer.limits
        return self._has_skipped and self._held < limits.in_all // 2 and self._held_of_a_key < limits.of_a_key

    async def known_positions(self, assigned: Collection[Partition]) -> dict[Partition, Position]:
        """Where reading of these goes on; back to what was passed over, once there is room. Nothing may be in hand.

        Other partitions are another process's, which has events of them in hand.
        """
        self._assigned = assigned
        if self.may_read_again:
            async with self.database.transaction(self.clock(), rank=self.rank) as tx:
                await positions.go_back_to_skipped(tx.session, self.consumer, assigned)
            self._has_skipped = False
        async with self.database.reading() as session:
            return await positions.load_positions(session, self.consumer)

    async def forget_positions(self, partitions: Collection[Partition]) -> None:
        """Read these partitions from their beginning: they are not what was read before."""
        async with self.database.transaction(self.clock(), rank=self.rank) as tx:
            await positions.forget_positions(tx.session, self.consumer, partitions)

    async def _attempt(
        self, messages: Sequence[Message], *, most_drained: int = ALL
    ) -> int | HandlingFailed | BatchFailed:
        """Apply as many as fit into one transaction, and say how many those were; or the fault."""
        opened = [(message, open_message(message)) for message in messages]
        places = {(m.topic, found.subject) for m, found in opened if isinstance(found, Envelope)}
        taken = 0

        async def handle(tx: Transaction) -> Work:
            nonlocal taken
            work = await load_work(tx, self._consumer, places, held=self._held, most_drained=most_drained)
            taken = 0
            for message, found in opened:
                await work.take(message, found)
                taken += 1
                if work.clock.is_over:
                    break
            await work.store()
            return work

        work = await self._commit(handle)
        if not isinstance(work, Work):
            return work
        self.pace.note(taken, work.clock.seconds)
        metrics.INBOX_APPLIED.labels(self.database.node.node_id, self.database.service).inc(taken)
        await self._drain_on(work.undrained)
        return taken

    async def _drain_on(self, places: Collection[Place]) -> None:
        """Go on with what was held behind an event, a transaction at a time; one by one once a whole one failed."""
        for place in places:
            most = ALL
            while True:
                done = await self._drain(place, most)
                if isinstance(done, HandlingFailed):
                    await self._settle_held(done)
                elif isinstance(done, BatchFailed) and most > 1:
                    most = 1
                elif isinstance(done, BatchFailed):
                    log.error("inbox.draining.failed", consumer=self.consumer, topic=place[0], fault=str(done))
                    break  # with nothing in it that could be parked; it is looked for again
                elif not done.undrained:
                    break

    async def _drain(self, place: Place, most: int) -> Work | HandlingFailed | BatchFailed:
        """Apply held events of a key in one transaction; what fails only at its end is the fault of one that is alone."""
        drained: list[Envelope] = []

        async def handle(tx: Transaction) -> Work:
            nonlocal drained
            work = await load_work(tx, self._consumer, {place}, held=self._held, most_drained=most)
            drained = work.drained
            await work.drain(place)
            await work.store()
            return work

        done = await self._commit(handle)
        if isinstance(done, BatchFailed) and most == 1 and drained:
            return HandlingFailed(drained[0], place[0], done.__cause__ or done)
        return done

    async def _commit(self, handle: Callable[[Transaction], Awaitable[Work]]) -> Work | HandlingFailed | BatchFailed:
        """Run one transaction; wait and try again for as long as the database is not there for it."""
        delay_s = 0.05
        while True:
            try:
                async with self.database.transaction(self.clock(), rank=self.rank) as tx:
                    work = await handle(tx)
                    self._cut_short += bool(work.undrained)
            except asyncio.CancelledError:
                raise
            except HandlingFailed as fault:
                if not is_passing(fault.cause):
                    return fault
                log.warning("inbox.database.busy", consumer=self.consumer, fault=repr(fault.cause)[:500])
            except Exception as fault:  # noqa: BLE001 - the database is away, or what handlers left for the end failed
                if not is_passing(fault):
                    failed = BatchFailed(repr(fault)[:500])
                    failed.__cause__ = fault
                    return failed
                log.warning("inbox.database.away", consumer=self.consumer, fault=repr(fault)[:500])
            else:
                for source, is_parked in work.outcomes:
                    self.brake.note(source, is_parked=is_parked)
                self._held, self._has_skipped = work.held, self._has_skipped or bool(work.skipped)
                return work
            await asyncio.sleep(delay_s)
            delay_s = min(delay_s * 2, 5.0)

    async def _settle(self, message: Message, fault: HandlingFailed | BatchFailed) -> None:
        """A single event failed: try a bug again, then park the event whose turn it was."""
        if isinstance(fault, BatchFailed):
            done = await self._attempt([message], most_drained=0)  # the fault may be of what was held behind it
            if isinstance(done, int):
                return
            fault = done
        own = open_message(message)
        if isinstance(fault, BatchFailed) and isinstance(own, Envelope):
            fault = HandlingFailed(own, message.topic, fault.__cause__ or fault)
        if isinstance(fault, BatchFailed) or not isinstance(own, Envelope):
            await park(self.database, self._consumer, self.clock, message, fault)
            return
        if not await self._is_tried_out(fault):
            await self.receive([message])
            return
        await park(self.database, self._consumer, self.clock, message, fault)
        if own.id != fault.envelope.id:  # a held successor failed: its predecessor is still to be applied
            await self.receive([message])

    async def _settle_held(self, fault: HandlingFailed) -> None:
        """A held event failed when its turn came."""
        if await self._is_tried_out(fault):
            await park(self.database, self._consumer, self.clock, None, fault)

    async def _is_tried_out(self, fault: HandlingFailed) -> bool:
        envelope, cause = fault.envelope, fault.cause
        tries = self._tries[envelope.id] = self._tries.get(envelope.id, 0) + 1
        if not is_final(cause, tries):
            await asyncio.sleep(0.1 * tries)
            return False
        fault.tries = self._tries.pop(envelope.id)
        self.brake.note(envelope.sender, is_parked=True)
        log.error(
            "inbox.event.parked", consumer=self.consumer, event_id=envelope.id, type=envelope.type,
            source=envelope.sender, fault=repr(cause)[:500],
        )  # fmt: skip
        return True
