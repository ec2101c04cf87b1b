"""The sending half of a lane: rows in batches under a signed head, receipts, and sending again."""

from __future__ import annotations

import asyncio
import math
import time
from collections import deque

from services.exchange import metrics
from services.exchange.actions import Border, keep_carried, number_rows
from services.exchange.actions.border import wake_channel
from services.exchange.model import Dispatch, Lane
from services.exchange.policy.chain import Chain, ChainedRow, Tip
from services.exchange.policy.signature import Kind, Statement
from services.exchange.policy.timing import ASK_BACK_EVERY_S, resend_after_s
from services.exchange.policy.wire import Message, pack
from services.exchange.store.lanes import find_lane
from services.exchange.store.ledger import hashes, rows_after
from services.exchange.store.queue import has_queued
from services.exchange.workers.chunks import wanted_files, with_content
from services.exchange.workers.ranks import rank_of
from services.exchange.workers.road import Road
from services.kernel.language.vocabulary import Lane as LaneWord
from services.kernel.runtime.service import ServiceContext
from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.telling.inbox.pace import Clock, Pace

LOOK_AGAIN_S = 5.0
"""Rows that another process wrote are found after this time at the latest."""

FILES_EVERY_S = 5.0
WANTED_AGAIN_S = 3.0
RECEIPT_EVERY_S = 0.1
"""Receipts are cumulative: under load one takes the place of many."""

KEEP_EVERY_S = 1.0
"""The newest head proves all rows under it, so that one a second is enough to keep."""


class LaneSender:
    """Sends on one road. The reader tells it what to say; new rows wake it."""

    def __init__(self, context: ServiceContext, border: Border, road: Road) -> None:
        self.context = context
        self.border = border
        self.road = road
        self.rank = rank_of(border.lane)
        self.wake = asyncio.Event()
        self._receipt: Statement | None = None
        self._messages: deque[Message] = deque()
        self._epoch = 0
        self._sent_n = 0
        self._tries = 0
        self._resend_at: float | None = None
        self._idle_at = 0.0
        self._wanted = (0, 0.0)
        self._receipt_at = 0.0
        self._carried: Statement | None = None
        self._keep_at = 0.0
        self._last = Tip()
        self._must_greet = True
        self._files_at = 0.0
        self._pace = Pace()

    def greet_again(self) -> None:
        """Say once more how far our chain goes, so that the peer answers this run of the lane."""
        self._idle_at = 0.0
        self.wake.set()

    def give_receipt(self, receipt: Statement) -> None:
        """Send this receipt; a newer one takes the place of one not yet sent."""
        self._receipt = receipt
        self.wake.set()

    def say(self, message: Message) -> None:
        """Send another message as soon as possible."""
        self._messages.append(message)
        self.wake.set()

    def heard(self, receipted_n: int, *, wants: int = 0, is_restored: bool = False) -> None:
        """The peer has answered: it holds so much, and may want to be sent again from `wants`."""
        self._tries = 0
        waits = receipted_n < self._sent_n
        self._resend_at = time.monotonic() + resend_after_s(0) if waits else None
        if is_restored:
            self._sent_n = min(self._sent_n, receipted_n)
        elif wants and wants <= self._sent_n:
            self._go_back(wants)
        self.wake.set()

    async def run(self, over: asyncio.Event) -> None:
        """Greet, then send until `over`."""
        listening = asyncio.create_task(self._listen())
        try:
            while not over.is_set():
                self.wake.clear()
                if self._must_greet:
                    await self._greet()
                await self._say_what_is_due()
                rest_s = await self._send_rows()
                if rest_s > 0 and not over.is_set():
                    await _wait(self.wake, rest_s)
        finally:
            listening.cancel()

    def _go_back(self, wants: int) -> None:
        """Send again from a number, but not over and over for one and the same gap."""
        number, at = self._wanted
        if number != wants or time.monotonic() - at > WANTED_AGAIN_S:
            self._wanted = (wants, time.monotonic())
            self._sent_n = wants - 1

    async def _listen(self) -> None:
        """Wake when rows are written; greet again when the operator opens an epoch of what comes in."""
        inward = [wake_channel(self.border.inward)]
        seen = self.context.signals.mark(inward)
        async for _ in self.context.signals.changes([wake_channel(self.border.out), *inward], ""):
            if (mark := self.context.signals.mark(inward)) != seen:
                seen, self._must_greet = mark, True
            self.wake.set()

    async def _greet(self) -> None:
        """Say how far both chains go, so that the peer compares and goes on from there."""
        async with self.context.database.reading() as session:
            inward = await find_lane(session, self.border.inward)
            out = await find_lane(session, self.border.out)
        self._must_greet = False
        if out:
            self._epoch, self._sent_n = out.epoch, max(out.carried_n, out.receipted_n)
            await self._send_head(out)
        if inward:
            self._receipt = self._receipt_for(inward)

    def _receipt_for(self, lane: Lane) -> Statement:
        wants = lane.n + 1 if lane.gap_since and not lane.forked_at else 0
        tip = Tip(lane.epoch, lane.n, lane.h)
        return self.border.sign(Statement(Kind.RECEIPT, self.border.inward, tip, self.context.clock(), wants))

    async def _say_what_is_due(self) -> None:
        while self._messages:
            await self.road.send(await asyncio.to_thread(pack, self._messages[0]))
            self._messages.popleft()
        if self._receipt and time.monotonic() >= self._receipt_at:
            receipt, self._receipt = self._receipt, None
            await self.road.send(pack(Message(receipt)))
            self._receipt_at = time.monotonic() + RECEIPT_EVERY_S

    async def _send_rows(self) -> float:
        """Send the next batch, or what time asks for; seconds until there is a reason to look again."""
        async with self.context.database.reading() as session:
            lane = await find_lane(session, self.border.out)
            has_more = lane is not None and self._sent_n >= lane.n and await has_queued(session, self.border.out)
        if lane is None:
            return LOOK_AGAIN_S
        if lane.epoch != self._epoch:
            self._epoch, self._sent_n = lane.epoch, lane.receipted_n
        may_send = lane.forked_at is None and lane.restoring_n <= lane.n
        if may_send and self._sent_n < lane.n:
            await self._send_batch(lane, after=self._sent_n)
            return 0.0
        if may_send and has_more and self.border.run.is_answered:
            await self._number_rows(lane)
            return 0.0
        return await self._keep_time(lane, may_send=may_send)

    async def _number_rows(self, lane: Lane) -> None:
        """Give what waits its numbers and send it; nothing is numbered before the peer has answered this run."""
        async with self.context.database.transaction(self.context.clock(), rank=self.rank) as tx:
            clock = Clock(tx.is_wanted)
            numbered = await number_rows(tx, self.border, most=self._pace.events)
            self._pace.note(len(numbered.rows), clock.seconds)
        if numbered.rows and (numbered.before.epoch, numbered.before.n) == (lane.epoch, self._sent_n):
            await self._send_rows_after(numbered.before, list(numbered.rows), carried_n=lane.carried_n)

    async def _keep_time(self, lane: Lane, *, may_send: bool) -> float:
        """Send again what is not receipted in time, and a head when the lane is idle."""
        now = time.monotonic()
        if self.border.lane == LaneWord.BULK and now >= self._files_at:
            await self._ask_for_files()
        if not may_send or lane.receipted_n >= lane.n:
            self._resend_at = None
        elif self._resend_at is None:
            self._resend_at = now + resend_after_s(self._tries)
        elif now >= self._resend_at:
            await self._send_again(lane)
        if now >= self._idle_at:
            await self._send_head(lane)
        if self._carried and now >= self._keep_at:
            await self._keep()
        due = [at for at in (self._resend_at, self._idle_at) if at is not None]
        due += [self._receipt_at] if self._receipt else []
        due += [self._keep_at] if self._carried else []
        return max(min(min(due) - time.monotonic(), LOOK_AGAIN_S), 0.01)

    async def _send_again(self, lane: Lane) -> None:
        """The first batch without receipt; what follows it is asked for by the peer when it lacks it."""
        metrics.RESENDS.labels(self.border.own, self.border.peer, self.border.lane).inc()
        last = await self._send_batch(lane, after=lane.receipted_n, is_again=True)
        if last < lane.n:
            await self._send_head(lane)
        self._tries += 1
        self._resend_at = time.monotonic() + resend_after_s(self._tries)

    async def _send_batch(self, lane: Lane, *, after: int, is_again: bool = False) -> int:
        """Send the rows after a number under one head; the last number sent."""
        chain = self.border.out
        async with self.context.database.reading() as session:
            rows = await rows_after(session, Dispatch, chain, Tip(lane.epoch, after), up_to=lane.n)
            previous = await self._hash_at(session, lane, after)
        if not rows:
            raise RuntimeError(f"{chain.link} {chain.lane}: row {after + 1} is missing in the ledger")
        before = Tip(lane.epoch, after, previous)
        return await self._send_rows_after(before, rows, carried_n=lane.carried_n, is_again=is_again)

    async def _send_rows_after(
        self, before: Tip, rows: list[ChainedRow], *, carried_n: int, is_again: bool = False
    ) -> int:
        message = await self._batch(self.border.out, before.epoch, rows, before.h)
        await self.road.send(await _packed(message))
        last = message.statement.tip
        self._idle_at = time.monotonic() + self.context.settings.link_heartbeat_s
        if not is_again:
            self._sent_n, self._last = max(self._sent_n, last.n), last
            self._keep_later(message.statement, carried_n)
        return last.n

    async def _hash_at(self, session: AsyncSession, lane: Lane, n: int) -> bytes:
        if (self._last.epoch, self._last.n) == (lane.epoch, n):
            return self._last.h
        return (await hashes(session, Dispatch, self.border.out, epoch=lane.epoch, numbers=[n])).get(n, Tip().h)

    async def _batch(self, chain: Chain, epoch: int, rows: list[ChainedRow], previous: bytes) -> Message:
        tip = Tip(epoch, rows[-1].row.n, rows[-1].h)
        head = self.border.sign(Statement(Kind.HEAD, chain, tip, self.context.clock()))
        contents = await with_content(self.context, self.border, [chained.row for chained in rows])
        return Message(head, tuple(contents), previous)

    def _keep_later(self, head: Statement, carried_n: int) -> None:
        if head.tip.n > carried_n:
            self._keep_at = self._keep_at if self._carried else time.monotonic() + KEEP_EVERY_S
            self._carried = head

    async def _keep(self) -> None:
        if self._carried:
            head, self._carried = self._carried, None
            async with self.context.database.transaction(self.context.clock(), rank=self.rank) as tx:
                await keep_carried(tx, self.border, head)

    async def _ask_for_files(self) -> None:
        """Ask the peer for files that should have come from it; a peer that names no runs cannot be asked."""
        self._files_at = time.monotonic() + FILES_EVERY_S
        if not self.border.run.heard.peers:
            return
        for statement in await wanted_files(self.context, self.border):
            await self.road.send(pack(Message(self.border.sign(statement))))

    async def _send_head(self, lane: Lane) -> None:
        tip = Tip(lane.epoch, lane.n, lane.h)
        head = Statement(Kind.HEAD, self.border.out, tip, self.context.clock())
        await self.road.send(pack(Message(self.border.sign(head))))
        is_restoring = lane.restoring_n > lane.n
        self._idle_at = time.monotonic() + min(
            self.context.settings.link_heartbeat_s, ASK_BACK_EVERY_S if is_restoring else math.inf
        )


async def _packed(message: Message) -> bytes:
    """Compress in a thread when there is much of it, so that the loop goes on."""
    return pack(message) if len(message.rows) < 20 else await asyncio.to_thread(pack, message)


async def _wait(event: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return
