"""The reading half of a lane: batches, receipts and rows given back, each in its transaction."""

from __future__ import annotations

import asyncio
import math
import time
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from contextlib import AbstractAsyncContextManager

import structlog
from aiokafka.structs import ConsumerRecord

from services.exchange import metrics
from services.exchange.actions import (
    Arrived,
    Border,
    accept_receipt,
    arrive,
    disbelieve_receipt,
    send_file_again,
    take_back,
)
from services.exchange.actions.conflicts import keep_conflict
from services.exchange.policy.chain import Tip
from services.exchange.policy.receipts import Acceptance, add_receipt
from services.exchange.policy.signature import Kind, Statement
from services.exchange.policy.timing import ASK_BACK_EVERY_S, ASK_BACK_TIMES
from services.exchange.policy.unsealing import MessageRefused
from services.exchange.policy.wire import Message
from services.exchange.store.lanes import find_lane
from services.exchange.store.returns import rows_to_give_back
from services.exchange.workers.aside import arrive_without_bad
from services.exchange.workers.chunks import keep_content
from services.exchange.workers.ranks import rank_of
from services.exchange.workers.road import Road
from services.exchange.workers.sending import LaneSender
from services.kernel.language.vocabulary import Lane
from services.kernel.runtime.service import ServiceContext
from services.kernel.runtime.storing.database_faults import is_passing
from services.kernel.runtime.storing.transaction import Transaction
from services.kernel.runtime.telling.inbox.pace import Clock, Pace

log = structlog.get_logger()

IN_PASSING_BYTES = 20_000
"""So much is unsealed on the loop; more of it in a thread."""

PORTION_BYTES = 1_000_000
PORTION_ROWS = 300
"""What arrives in one transaction, so that no other writer waits long; one batch is never cut."""

UNPACKED_AT_ONCE_BYTES = 4_000_000
"""What lies unpacked in memory before it is taken in, however much one look at the topic brings."""


def in_portions(batches: Sequence[Message], *, most_rows: int = PORTION_ROWS) -> Iterator[list[Message]]:
    """Batches in order, as many at a time as one transaction takes."""
    some: list[Message] = []
    size = rows = 0
    for message in batches:
        weight = message.size
        if some and (size + weight > PORTION_BYTES or rows + len(message.rows) > most_rows):
            yield some
            some, size, rows = [], 0, 0
        some.append(message)
        size, rows = size + weight, rows + len(message.rows)
    if some:
        yield some


class _OnlyTried(Exception):
    """Rolls a trial back."""

    def __init__(self, arrived: Arrived) -> None:
        super().__init__()
        self.arrived = arrived


class LaneReader:
    """Takes in what comes on one road; what it leads to is said by the sender."""

    def __init__(self, context: ServiceContext, border: Border, road: Road, sender: LaneSender) -> None:
        self.context = context
        self.border = border
        self.road = road
        self.sender = sender
        self._asked_runs: set[str] = set()
        self._asked_at = -math.inf
        self._asks = 0
        self._pace = Pace()
        self._refused: list[MessageRefused] = []

    async def run(self, over: asyncio.Event) -> None:
        """Read until `over`; a transaction that has begun is finished first."""
        ending = asyncio.create_task(over.wait())
        try:
            while not over.is_set():
                receiving = asyncio.create_task(self.road.receive())
                await asyncio.wait([receiving, ending], return_when=asyncio.FIRST_COMPLETED)
                if not receiving.done():
                    receiving.cancel()
                    await asyncio.gather(receiving, return_exceptions=True)
                    return
                if records := receiving.result():
                    await self._take_in(records)
        finally:
            ending.cancel()

    async def _take_in(self, records: Sequence[ConsumerRecord]) -> None:
        """Take in one look at the topic: of receipts that follow each other the last, then the batches."""
        batches: list[Message] = []
        receipts: list[Statement] = []
        unpacked = 0
        for record in records:
            message = await self._unsealed(record)
            if message is None:
                continue
            is_batch = message.statement.kind is Kind.HEAD and not message.is_returned
            is_receipt = message.statement.kind is Kind.RECEIPT
            if is_batch:
                batches.append(message)
                unpacked += message.size
            elif is_receipt:
                add_receipt(receipts, message.statement)
            # What is asked back may have come just before.
            if unpacked > UNPACKED_AT_ONCE_BYTES or not (is_batch or is_receipt):
                await self._accept_all(receipts)
                await self._arrive_in_portions(batches, next_offset=record.offset + 1)
                batches, receipts, unpacked = [], [], 0
            if not (is_batch or is_receipt):
                await self._answer(message)
        await self._accept_all(receipts)
        await self._arrive_in_portions(batches, next_offset=records[-1].offset + 1)
        await self._keep_refused()

    async def _accept_all(self, receipts: Sequence[Statement]) -> None:
        for receipt in receipts:
            await self._accept(receipt)

    async def _arrive_in_portions(self, batches: Sequence[Message], *, next_offset: int) -> None:
        for some in in_portions(batches, most_rows=self._pace.events):
            await self._arrive(some, next_offset=next_offset if some[-1] is batches[-1] else None)

    async def _answer(self, message: Message) -> None:
        """Deal with what is neither batch nor receipt: rows and files that are asked back, or rows that come back."""
        if message.statement.kind is Kind.WANT_FILE:
            async with self._writing() as tx:
                await send_file_again(tx, self.border, message.statement)
        elif message.statement.kind is Kind.GIVE_BACK:
            await self._give_back(message.statement)
        elif message.is_returned:
            await self._take_back(message)

    async def _unsealed(self, record: ConsumerRecord) -> Message | None:
        """The message of a record, said by who may say it; what is none stops nothing."""
        raw = bytes(record.value or b"")
        try:
            if len(raw) < IN_PASSING_BYTES:
                return self.border.door.unseal(raw)
            return await asyncio.to_thread(self.border.door.unseal, raw)
        except MessageRefused as refused:
            self._refused.append(refused)
            await asyncio.sleep(0)  # others on this loop get their turn, however many follow
            return None

    async def _keep_refused(self) -> None:
        """Keep what was refused as conflicts, as often as it came, in one transaction."""
        refused, self._refused = self._refused, []
        if not refused:
            return
        border = self.border
        counts = Counter((one.chain, one.kind) for one in refused)
        last = {(one.chain, one.kind): str(one) for one in refused}
        async with self._writing() as tx:
            for (chain, kind), times in counts.items():
                await keep_conflict(tx, chain, kind, detail=last[chain, kind], times=times)
        for (chain, kind), times in counts.items():
            log.error("exchange.message.refused", link=chain.link, lane=border.lane, kind=kind, times=times)
            metrics.BATCHES.labels(border.own, border.peer, border.lane, kind).inc(times)

    def _writing(self) -> AbstractAsyncContextManager[Transaction]:
        return self.context.database.transaction(self.context.clock(), rank=rank_of(self.border.lane))

    async def _arrive(self, batches: Sequence[Message], *, next_offset: int | None) -> None:
        if self.border.lane == Lane.BULK:
            await keep_content(self.context, self.border, batches)
        try:
            self._follow(await self._take(batches, next_offset))
        except Exception as fault:
            if is_passing(fault):
                raise
            log.error("exchange.batch.not_told", link=self.border.inward.link, fault=repr(fault)[:300])
            for message in batches:
                self._follow(await self._take_carefully(message, next_offset if message is batches[-1] else None))

    async def _take(
        self,
        batches: Sequence[Message],
        next_offset: int | None,
        untold: Collection[int] = (),
        *,
        is_trial: bool = False,
    ) -> Arrived:
        async with self._writing() as tx:
            clock = Clock(tx.is_wanted)
            arrived = await arrive(tx, self.border, batches, next_offset=next_offset, untold=untold)
            self._pace.note(arrived.rows, clock.seconds)
            if is_trial:
                await tx.seal()
                raise _OnlyTried(arrived)
        return arrived

    async def _take_carefully(self, message: Message, next_offset: int | None) -> Arrived:
        """Take in one message; rows of it that cannot be told are set aside."""

        async def attempt(untold: Collection[int]) -> Arrived:
            try:
                return await self._take([message], None, untold, is_trial=True)
            except _OnlyTried as tried:
                return tried.arrived

        return await arrive_without_bad(message, lambda untold: self._take([message], next_offset, untold), attempt)

    def _follow(self, arrived: Arrived) -> None:
        """Say and log what the arrival of batches has led to."""
        if arrived.receipt:
            self.sender.give_receipt(arrived.receipt)
        for verdict in set(arrived.verdicts):
            if verdict.is_refused or verdict.stops_lane:
                log.error(
                    "exchange.batch.refused", link=self.border.inward.link, lane=self.border.lane, verdict=verdict
                )

    async def _accept(self, receipt: Statement) -> None:
        async with self._writing() as tx:
            accepted = await accept_receipt(tx, self.border, receipt)
        meaning = accepted.acceptance
        if accepted.must_ask and receipt.incarnation not in self._asked_runs:
            self._asked_runs.add(receipt.incarnation)
            self.sender.greet_again()
        if meaning in {Acceptance.ADVANCED, Acceptance.REPEATED, Acceptance.PEER_RESTORED}:
            is_restored = meaning is Acceptance.PEER_RESTORED
            self.sender.heard(accepted.receipted_n, wants=accepted.wants, is_restored=is_restored)
        elif meaning is Acceptance.NEVER_SENT:
            self.sender.wake.set()
        elif meaning is Acceptance.RESTORED_HERE:
            await self._want_back(up_to=accepted.restoring_n)
        elif meaning.is_refused or meaning.stops_lane:
            log.error("exchange.receipt.refused", link=self.border.out.link, lane=self.border.lane, meaning=meaning)

    async def _want_back(self, *, up_to: int) -> None:
        """Ask for own rows that the peer holds, again when nothing comes, and not for ever."""
        if time.monotonic() - self._asked_at < ASK_BACK_EVERY_S:
            return
        if self._asks >= ASK_BACK_TIMES:
            log.error("exchange.receipt.unproven", link=self.border.out.link, lane=self.border.lane, up_to=up_to)
            async with self._writing() as tx:
                await disbelieve_receipt(tx, self.border)
            self.sender.wake.set()
            return
        log.error("exchange.node.restored", link=self.border.out.link, lane=self.border.lane, up_to=up_to)
        self._asks += 1
        await self._ask_back()

    async def _ask_back(self) -> None:
        """Ask for this node's own rows that follow the last one it still has."""
        self._asked_at = time.monotonic()
        async with self.context.database.reading() as session:
            lane = await find_lane(session, self.border.out)
        if lane:
            tip = Tip(lane.epoch, lane.n, lane.h)
            asked = Statement(Kind.GIVE_BACK, self.border.out, tip, self.context.clock())
            self.sender.say(Message(self.border.sign(asked)))
            self.sender.greet_again()

    async def _give_back(self, asked: Statement) -> None:
        """Send the peer its own rows after the one it names, as one of its batches came."""
        async with self.context.database.reading() as session:
            message = await rows_to_give_back(session, self.border.inward, asked.tip)
        if message:
            self.sender.say(message)

    async def _take_back(self, message: Message) -> None:
        async with self._writing() as tx:
            before = await find_lane(tx.session, self.border.out)
            missing = await take_back(tx, self.border, message)
            after = await find_lane(tx.session, self.border.out)
        if before and after and after.n > before.n:
            self._asks = 0
            if missing:
                await self._ask_back()
        self.sender.wake.set()
