"""Opening an epoch: where two histories differ, people agree on the last common row and go on from it."""

from __future__ import annotations

from typing import Any

from services.exchange.actions.admitting import admit
from services.exchange.actions.border import wake_channel
from services.exchange.actions.conflicts import settle_conflicts
from services.exchange.actions.dispatching import Outgoing, queue_rows
from services.exchange.model import Arrival, Dispatch, Epoch, Lane
from services.exchange.policy.chain import Chain
from services.exchange.policy.permissions import Act
from services.exchange.store.dialect import insert_rows
from services.exchange.store.lanes import change_lane, lock_lanes
from services.exchange.store.ledger import hashes, page_of_chain
from services.exchange.store.queue import Rank, drop_queued, queued_again
from services.kernel.language.refusal import NotFound, Refusal
from services.kernel.runtime.storing.transaction import Transaction
from services.kernel.runtime.web.identity import Officer


class AgreedRowNotHeld(Refusal):
    """本节点没有这一行，不能以它为一致行。"""

    code = "agreed_row_not_held"
    message = "本节点没有这一行，不能以它为一致行。请与对端核对行号。"


async def open_epoch(tx: Transaction, chain: Chain, *, agreed_n: int, by: Officer | None, reason: str) -> int:
    """Open the next epoch of a chain at the agreed row, as both sides must; the new epoch's number.

    The side that writes the chain sends its later rows again in the new epoch, before all that
    waits; the other side tells none of them twice. The rows of the old epoch stay where they are.

    Raises:
        NotPermitted: The officer is no administrator.
        AgreedRowNotHeld: This node has no such row.
    """
    ref = admit(by, Act.OPERATE_LINKS)
    if tx.node.node_id not in chain.link.split(">"):
        raise NotFound
    lane = (await lock_lanes(tx.session, [chain], own=tx.node.node_id))[chain]
    ledger = Dispatch if lane.is_out else Arrival
    agreed = await hashes(tx.session, ledger, chain, epoch=lane.epoch, numbers=[agreed_n])
    if agreed_n not in agreed:
        raise AgreedRowNotHeld
    if lane.is_out:
        await _queue_again(tx, chain, await _rows_to_send_again(tx, chain, lane, agreed_n))
    epoch, h = lane.epoch + 1, agreed[agreed_n]
    opened = {"opened_at": tx.now, "opened_by": ref.name if ref else "", "reason": reason[:400]}
    place = {"link": chain.link, "lane": chain.lane, "epoch": epoch, "start_n": agreed_n, "start_h": h}
    await insert_rows(tx.session, Epoch, [place | opened])
    numbers = dict.fromkeys(("n", "carried_n", "receipted_n", "claimed_n"), agreed_n)
    await change_lane(tx.session, chain, epoch=epoch, h=h, forked_at=None, gap_since=None, restoring_n=0, **numbers)
    await settle_conflicts(tx, chain)
    tx.audit(
        "epoch.opened", f"{chain.link}/{chain.lane}/{epoch}", by=ref, details={"agreed_n": agreed_n, "reason": reason}
    )
    tx.signal(wake_channel(chain))
    return epoch


async def _rows_to_send_again(tx: Transaction, chain: Chain, lane: Lane, agreed_n: int) -> list[Outgoing]:
    """This node's rows after the agreed one, erased ones left out."""
    again: list[Outgoing] = []
    after = (lane.epoch, agreed_n)
    while page := await page_of_chain(tx.session, Dispatch, chain, after=after):
        again += [_outgoing(chain, row) for row in page if row.body is not None]
        after = (page[-1].epoch, page[-1].n)
    return again


async def _queue_again(tx: Transaction, chain: Chain, again: list[Outgoing]) -> None:
    """Let them be numbered before all else, and before what still waits to be sent again from earlier."""
    earlier = await queued_again(tx.session, chain)
    if earlier:
        await drop_queued(tx.session, [row.id for row in earlier])
    again += [_outgoing(chain, row) for row in earlier if row.body is not None]
    await queue_rows(tx, again, rank=Rank.AGAIN)


def _outgoing(chain: Chain, row: Any) -> Outgoing:
    return Outgoing(chain, row.event_id, row.type, row.body, row.size, row.at)
