"""Messages handed from node to node by the test, as their carriers would, without a broker."""

from services.exchange import actions
from services.exchange.model import Dispatch
from services.exchange.policy.chain import Tip
from services.exchange.policy.signature import Kind, Statement
from services.exchange.policy.wire import Message
from services.exchange.store.ledger import hashes, rows_after
from tests.integration.exchange.two_nodes import Node


async def batch(sender: Node, receiver: Node, first: int, last: int, lane: str = "routine") -> Message:
    """The rows of one of the sender's lanes, as its carrier would send them."""
    border = sender.border(receiver, lane)
    await sender.number(receiver, lane)
    row = await sender.lane(sender.name, receiver.name, lane)
    async with sender.context.database.reading() as session:
        rows = await rows_after(session, Dispatch, border.out, Tip(row.epoch, first - 1), up_to=last)
        before = await hashes(session, Dispatch, border.out, epoch=row.epoch, numbers=[first - 1])
    tip = Tip(row.epoch, rows[-1].row.n, rows[-1].h)
    head = border.sign(Statement(Kind.HEAD, border.out, tip, sender.context.clock()))
    return Message(head, tuple(chained.row for chained in rows), before.get(first - 1, Tip().h))


async def hand_over(message: Message, sender: Node, receiver: Node, lane: str = "routine") -> actions.Arrived:
    async with receiver.transaction() as tx:
        return await actions.arrive(tx, receiver.border(sender, lane), [message], next_offset=1)


async def hand_back(receipt: Statement | None, sender: Node, receiver: Node) -> actions.Accepted:
    assert receipt is not None
    async with sender.transaction() as tx:
        return await actions.accept_receipt(tx, sender.border(receiver), receipt)
