"""The reading half of a lane: batches, receipts and rows given back, each in its transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import structlog
from aiokafka.structs import ConsumerRecord

from services.exchange import metrics
from services.exchange.actions import Border, accept_receipt, arrive, take_back
from services.exchange.actions.conflicts import keep_conflict
from services.exchange.policy.chain import Tip
from services.exchange.policy.receipts import Acceptance
from services.exchange.policy.signature import Kind, Statement, Trust, trust_in
from services.exchange.policy.wire import Message, MessageMalformed, unpack
from services.exchange.store.lanes import find_lane
from services.exchange.store.returns import rows_to_give_back
from services.exchange.workers.chunks import keep_content
from services.exchange.workers.road import Road
from services.exchange.workers.sending import LaneSender
from services.kernel.language.vocabulary import Lane
from services.kernel.runtime.service import ServiceContext

log = structlog.get_logger()


class LaneReader:
    """Takes in what comes on one road; what it leads to is said by the sender."""

    def __init__(self, context: ServiceContext, border: Border, road: Road, sender: LaneSender) -> None:
        self.context = context
        self.border = border
        self.road = road
        self.sender = sender

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
        messages = [message for record in records if (message := await self._unpacked(record))]
        batches = []
        for message in messages:
            if message.statement.kind is Kind.RECEIPT:
                await self._accept(message.statement)
            elif message.statement.kind is Kind.GIVE_BACK:
                await self._give_back(message.statement)
            elif message.is_returned:
                await self._take_back(message)
            else:
                batches.append(message)
        if batches:
            await self._arrive(batches, next_offset=records[-1].offset + 1)

    async def _unpacked(self, record: ConsumerRecord) -> Message | None:
        raw = bytes(record.value or b"")
        try:
            return unpack(raw) if len(raw) < 20_000 else await asyncio.to_thread(unpack, raw)
        except MessageMalformed as fault:
            log.error(
                "exchange.message.malformed", link=self.border.inward.link, lane=self.border.lane, fault=str(fault)
            )
            metrics.BATCHES.labels(self.border.own, self.border.peer, self.border.lane, "malformed").inc()
            async with self.context.database.transaction(self.context.clock()) as tx:
                await keep_conflict(tx, self.border.inward, "malformed", detail=f"{record.offset}: {fault}")
            return None

    async def _arrive(self, batches: Sequence[Message], *, next_offset: int) -> None:
        if self.border.lane == Lane.BULK:
            batches = await keep_content(self.context, self.border, batches)
        async with self.context.database.transaction(self.context.clock()) as tx:
            arrived = await arrive(tx, self.border, batches, next_offset=next_offset)
        if arrived.receipt:
            self.sender.give_receipt(arrived.receipt)
        for verdict in set(arrived.verdicts):
            if verdict.is_refused or verdict.stops_lane:
                log.error(
                    "exchange.batch.refused", link=self.border.inward.link, lane=self.border.lane, verdict=verdict
                )

    async def _accept(self, receipt: Statement) -> None:
        async with self.context.database.transaction(self.context.clock()) as tx:
            accepted = await accept_receipt(tx, self.border, receipt)
        meaning = accepted.acceptance
        if meaning in {Acceptance.ADVANCED, Acceptance.REPEATED, Acceptance.PEER_RESTORED}:
            is_restored = meaning is Acceptance.PEER_RESTORED
            self.sender.heard(accepted.receipted_n, wants=accepted.wants, is_restored=is_restored)
        elif meaning is Acceptance.RESTORED_HERE:
            log.error(
                "exchange.node.restored", link=self.border.out.link, lane=self.border.lane, up_to=accepted.restoring_n
            )
            await self._ask_back()
        elif meaning.is_refused or meaning.stops_lane:
            log.error("exchange.receipt.refused", link=self.border.out.link, lane=self.border.lane, meaning=meaning)

    async def _ask_back(self) -> None:
        """Ask for this node's own rows that follow the last one it still has."""
        async with self.context.database.reading() as session:
            lane = await find_lane(session, self.border.out)
        if lane:
            tip = Tip(lane.epoch, lane.n, lane.h)
            asked = Statement(Kind.GIVE_BACK, self.border.out, tip, self.context.clock())
            self.sender.say(Message(self.border.signer.sign(asked)))

    async def _give_back(self, asked: Statement) -> None:
        """Send the peer its own rows after the one it names, as one of its batches came."""
        if asked.chain != self.border.inward or trust_in(asked, self.border.peer_keys) is not Trust.GOOD:
            return
        async with self.context.database.reading() as session:
            message = await rows_to_give_back(session, self.border.inward, asked.tip)
        if message:
            self.sender.say(message)

    async def _take_back(self, message: Message) -> None:
        async with self.context.database.transaction(self.context.clock()) as tx:
            missing = await take_back(tx, self.border, message)
        if missing:
            await self._ask_back()
        self.sender.wake.set()
