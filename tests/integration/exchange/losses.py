"""Databases put back to what a backup had, and how far a lane has come."""

from sqlalchemy import delete
from sqlmodel import col

from services.exchange.model import Arrival, ArrivedEvent, Dispatch, SignedStatement
from services.exchange.policy.chain import ZERO, Chain, link_name
from services.exchange.store.lanes import change_lane
from tests.integration.exchange.two_nodes import Node


async def receipted(sender: Node, receiver: Node, n: int, lane: str = "routine") -> bool:
    row = await sender.lane(sender.name, receiver.name, lane)
    return row is not None and row.receipted_n == n == row.n


async def holds(receiver: Node, sender: Node, n: int, lane: str = "routine") -> bool:
    row = await receiver.lane(sender.name, receiver.name, lane)
    return row is not None and row.n == n


async def forget_everything(node: Node, peer: Node, *, rereads: bool = True) -> None:
    """A backup from before anything came; `rereads` when the broker still has what was read since."""
    chain = Chain(link_name(peer.name, node.name), "routine")
    again = {"read_offset": 0} if rereads else {}
    async with node.transaction() as tx:
        for table in (Arrival, ArrivedEvent, SignedStatement):
            await tx.session.execute(delete(table))
        await change_lane(tx.session, chain, n=0, h=ZERO, claimed_n=0, **again)


async def lose_rows(node: Node, peer: Node, *, after: int) -> None:
    """A backup from when the chain was `after` rows long."""
    rows = await node.rows(Dispatch)
    async with node.transaction() as tx:
        await tx.session.execute(delete(Dispatch).where(col(Dispatch.n) > after))
        chain = Chain(link_name(node.name, peer.name), "routine")
        h = rows[after - 1].h if after else ZERO
        await change_lane(tx.session, chain, n=after, h=h, carried_n=after, receipted_n=after, receipted_at=None)
