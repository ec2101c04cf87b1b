"""An old ledger keeps digests and a few statements, and still verifies and goes on."""

from services.exchange import actions
from services.exchange.actions.pruning import prune
from services.exchange.model import Arrival, Dispatch, SignedStatement
from services.exchange.store.keys import known_keys
from tests.integration.exchange.test_ledger import batch, hand_back, hand_over, told
from tests.integration.exchange.two_nodes import Node


async def prune_all(node: Node) -> None:
    done = 1
    while done:
        async with node.transaction() as tx:
            done = await prune(tx, node.context.settings)


async def verified(node: Node) -> bool:
    async with node.context.database.reading() as session:
        found = await actions.verify_ledger(session, await known_keys(session, node.context.node_keys))
    return bool(found) and all(one.is_good for one in found)


async def carry_one_by_one(pair: tuple[Node, Node], first: int, last: int) -> None:
    township, district = pair
    for n in range(first, last + 1):
        arrived = await hand_over(await batch(township, district, n, n), township, district)
        await hand_back(arrived.receipt, township, district)


async def test_old_rows_keep_their_digest_and_the_chain_still_verifies(pair: tuple[Node, Node]) -> None:
    township, district = pair
    await told(pair, 6)
    await carry_one_by_one(pair, 1, 4)
    with township.clock_ahead(days=401), district.clock_ahead(days=401):
        await prune_all(township)
        await prune_all(district)
        # What the peer has not receipted is kept, however old.
        assert [row.body is None for row in await township.rows(Dispatch)] == [True] * 4 + [False] * 2
        assert [row.body is None for row in await district.rows(Arrival)] == [True] * 4
        await carry_one_by_one(pair, 5, 6)
    assert len(await district.told()) == 6
    assert await verified(township)
    assert await verified(district)


async def test_of_old_statements_the_last_and_the_peers_heads_stay(pair: tuple[Node, Node]) -> None:
    district = pair[1]
    await told(pair, 5)
    await carry_one_by_one(pair, 1, 5)
    with district.clock_ahead(days=61):
        await prune_all(district)
    kept = sorted((row.kind, row.n) for row in await statements_of(district))
    assert kept == [("head", n) for n in range(1, 6)] + [("receipt", 5)]
    assert await verified(district)


async def statements_of(node: Node) -> list[SignedStatement]:
    from sqlalchemy import select

    async with node.context.database.reading() as session:
        return list((await session.execute(select(SignedStatement))).scalars())
