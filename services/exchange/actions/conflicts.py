"""Keeping what came and cannot be right, for the operator to see."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update
from sqlmodel import col

from services.exchange.actions.admitting import admit
from services.exchange.model import Conflict
from services.exchange.policy.chain import Chain, link_name
from services.exchange.policy.permissions import Act
from services.exchange.store.dialect import insert_rows
from services.kernel.runtime.storing.transaction import Transaction
from services.kernel.runtime.web.identity import Officer

STOPPING = ("fork", "epoch_ahead")
MOST_OF_A_KIND = 100


async def keep_conflict(tx: Transaction, chain: Chain, kind: str, *, epoch: int = 0, n: int = 0, **more: Any) -> None:
    """Keep a conflict, or count it as often as it came (`times`) when the same is open already.

    So are those of a kind that is open very often on the lane: nobody can fill the pages with them.
    """
    times = int(more.get("times", 1))
    known = await _counted_on(tx, chain, kind, epoch, n)
    if known is not None:
        counted = {"times": col(Conflict.times) + times, "last_at": tx.now}
        await tx.session.execute(update(Conflict).where(col(Conflict.id) == known).values(**counted))
        return
    row = {"link": chain.link, "lane": chain.lane, "kind": kind, "epoch": epoch, "n": n, "times": times}
    row |= {"ours": more.get("ours"), "theirs": more.get("theirs"), "detail": str(more.get("detail", ""))[:400]}
    await insert_rows(tx.session, Conflict, [row | {"at": tx.now, "last_at": tx.now}])
    tx.signal("links")


async def _counted_on(tx: Transaction, chain: Chain, kind: str, epoch: int, n: int) -> int | None:
    """The open conflict on which this one is counted; None when it is one more."""
    of_kind = (
        col(Conflict.link) == chain.link,
        col(Conflict.lane) == chain.lane,
        col(Conflict.kind) == kind,
        col(Conflict.settled_at).is_(None),
    )
    same = select(col(Conflict.id)).where(*of_kind, col(Conflict.epoch) == epoch, col(Conflict.n) == n).limit(1)
    known = (await tx.session.execute(same)).scalar_one_or_none()
    if known is not None or kind in STOPPING:
        return known
    newest = select(col(Conflict.id)).where(*of_kind).order_by(col(Conflict.id).desc()).limit(MOST_OF_A_KIND)
    open_ids = list((await tx.session.execute(newest)).scalars())
    return open_ids[0] if len(open_ids) == MOST_OF_A_KIND else None


async def settle_refusals(tx: Transaction, peer: str, *, by: Officer | None) -> None:
    """Close what a person has looked into, on every lane to a peer; a fork stays open until an epoch is opened.

    Raises:
        NotPermitted: The officer is no administrator.
    """
    ref = admit(by, Act.OPERATE_LINKS)
    links = (link_name(tx.node.node_id, peer), link_name(peer, tx.node.node_id))
    change = update(Conflict).where(col(Conflict.link).in_(links), col(Conflict.kind).not_in(STOPPING))
    await tx.session.execute(change.where(col(Conflict.settled_at).is_(None)).values(settled_at=tx.now))
    tx.audit("conflicts.settled", peer, by=ref)
    tx.signal("links")


async def settle_conflicts(tx: Transaction, chain: Chain) -> None:
    """Close every open conflict of a chain."""
    change = update(Conflict).where(col(Conflict.link) == chain.link, col(Conflict.lane) == chain.lane)
    await tx.session.execute(change.where(col(Conflict.settled_at).is_(None)).values(settled_at=tx.now))
    tx.signal("links")
