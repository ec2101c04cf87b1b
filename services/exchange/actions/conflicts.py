"""Keeping what came and cannot be right, for the operator to see."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update

from services.exchange.model import Conflict
from services.exchange.policy.chain import Chain
from services.exchange.store.dialect import insert_rows
from services.kernel.runtime.transaction import Transaction


async def keep_conflict(tx: Transaction, chain: Chain, kind: str, *, epoch: int = 0, n: int = 0, **more: Any) -> None:
    """Keep a conflict, or count it once more when the same is open already."""
    same = (
        Conflict.link == chain.link,
        Conflict.lane == chain.lane,
        Conflict.kind == kind,
        Conflict.epoch == epoch,
        Conflict.n == n,
        Conflict.settled_at.is_(None),  # type: ignore[union-attr]
    )
    known = (await tx.session.execute(select(Conflict.id).where(*same))).scalars().first()
    if known is not None:
        change = update(Conflict).where(Conflict.id == known).values(times=Conflict.times + 1, last_at=tx.now)
        await tx.session.execute(change)
        return
    row = {"link": chain.link, "lane": chain.lane, "kind": kind, "epoch": epoch, "n": n, "times": 1}
    row |= {"ours": more.get("ours"), "theirs": more.get("theirs"), "detail": str(more.get("detail", ""))[:400]}
    await insert_rows(tx.session, Conflict, [row | {"at": tx.now, "last_at": tx.now}])
    tx.signal("links")


async def settle_conflicts(tx: Transaction, chain: Chain) -> None:
    """Close every open conflict of a chain."""
    change = update(Conflict).where(Conflict.link == chain.link, Conflict.lane == chain.lane)
    await tx.session.execute(change.where(Conflict.settled_at.is_(None)).values(settled_at=tx.now))  # type: ignore[union-attr]
    tx.signal("links")
