"""Verification: chains, heads and receipts are walked again; the first bad row of each chain is named."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from services.exchange.model import Arrival, Dispatch, Lane
from services.exchange.policy.chain import Chain, Row, Tip, hash_of, is_intact
from services.exchange.policy.signature import Keys, Kind, Trust, trust_in
from services.exchange.store.lanes import list_lanes
from services.exchange.store.ledger import page_of_chain, start_of, statement_of, statements
from services.kernel.runtime.storing.session import AsyncSession


@dataclass(frozen=True, slots=True)
class Finding:
    """What verifying one chain came to; `fault` is empty when all of it holds."""

    chain: Chain
    rows: int
    signatures: int
    epoch: int = 0
    n: int = 0
    fault: str = ""

    @property
    def is_good(self) -> bool:
        """Whether the chain holds."""
        return not self.fault


class _BadRow(Exception):
    def __init__(self, epoch: int, n: int, fault: str) -> None:
        super().__init__(fault)
        self.place = (epoch, n)


async def verify_ledger(session: AsyncSession, keys: Keys) -> list[Finding]:
    """Walk every chain of this node, offline; `keys` are the public keys of this node and its peers."""
    return [await _verify_lane(session, lane, keys) for lane in await list_lanes(session)]


async def _verify_lane(session: AsyncSession, lane: Lane, keys: Keys) -> Finding:
    chain = Chain(lane.link, lane.lane)
    walk = _Walk(session, lane, chain, keys)
    try:
        await walk.through()
    except _BadRow as bad:
        return Finding(chain, walk.rows, walk.signatures, *bad.place, fault=str(bad))
    return Finding(chain, walk.rows, walk.signatures)


class _Walk:
    """One chain on its way from the first row to the last."""

    def __init__(self, session: AsyncSession, lane: Lane, chain: Chain, keys: Keys) -> None:
        self.session = session
        self.lane = lane
        self.chain = chain
        self.keys = keys
        self.rows = 0
        self.signatures = 0
        self.tip = Tip()

    async def through(self) -> None:
        """Check row after row, the statements about them, and that the end is where the lane says."""
        ledger = Dispatch if self.lane.is_out else Arrival
        after = (0, 0)
        while page := await page_of_chain(self.session, ledger, self.chain, after=after):
            found: dict[tuple[int, int], bytes] = {}
            for row in page:
                await self._check(row)
                found[row.epoch, row.n] = row.h
            await self._check_statements(found)
            after = (page[-1].epoch, page[-1].n)
        if self.tip.epoch < self.lane.epoch:
            self.tip = await start_of(self.session, self.chain, self.lane.epoch)
        if (self.tip.epoch, self.tip.n, self.tip.h) != (self.lane.epoch, self.lane.n, self.lane.h):
            raise _BadRow(self.tip.epoch, self.tip.n + 1, "账本的末尾与通道记录的位置不符，有行缺失")

    async def _check(self, row: Any) -> None:
        if row.epoch != self.tip.epoch:
            self.tip = await start_of(self.session, self.chain, row.epoch)
        if row.n != self.tip.n + 1:
            raise _BadRow(row.epoch, self.tip.n + 1, "缺这一行")
        if not is_intact(Row(row.n, row.salt or b"", row.body or b"", row.digest)):
            raise _BadRow(row.epoch, row.n, "内容与摘要不符")
        h = hash_of(self.chain, epoch=row.epoch, n=row.n, previous=self.tip.h, digest=row.digest)
        if h != row.h:
            raise _BadRow(row.epoch, row.n, "与前一行对不上")
        self.tip = Tip(row.epoch, row.n, h)
        self.rows += 1

    async def _check_statements(self, found: dict[tuple[int, int], bytes]) -> None:
        """Every kept head and receipt must be signed and speak of the very row that is here."""
        for epoch in {epoch for epoch, _ in found}:
            numbers = [n for at, n in found if at == epoch]
            for kind in (Kind.HEAD, Kind.RECEIPT):
                kept = await statements(
                    self.session, self.chain, kind=kind, epoch=epoch, after=min(numbers) - 1, up_to=max(numbers)
                )
                for row in kept:
                    if trust_in(statement_of(row), self.keys) is not Trust.GOOD:
                        raise _BadRow(epoch, row.n, f"{'头' if kind is Kind.HEAD else '回执'}的签名不成立")
                    if row.h != found[epoch, row.n]:
                        raise _BadRow(epoch, row.n, f"{'头' if kind is Kind.HEAD else '回执'}所签的内容与账本不符")
                    self.signatures += 1
