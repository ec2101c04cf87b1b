"""Which rows of a batch are set aside: those with which telling fails, and no others."""

from collections.abc import Collection

import pytest

from services.exchange.actions import Arrived
from services.exchange.workers.aside import MOST_SET_ASIDE, arrive_without_bad
from tests.unit.exchange.ledger_fixture import Sender


class Telling:
    """Fails as long as one of the bad rows is told."""

    def __init__(self, count: int, bad: set[int]) -> None:
        sender = Sender()
        sender.write(*(b"%d" % n for n in range(count)))
        self.message = sender.batch(1, count)
        self.bad = bad
        self.tries = 0
        self.untold: set[int] = set()

    async def attempt(self, untold: Collection[int]) -> Arrived:
        self.tries += 1
        if self.bad - set(untold):
            raise ValueError("a row that cannot be told")
        return Arrived((), None)

    async def arrive(self, untold: Collection[int]) -> Arrived:
        self.untold = set(untold)
        return await self.attempt(untold)


@pytest.mark.parametrize("bad", [set(), {1}, {1000}, {500, 501}, {1, 7, 400, 1000}])
async def test_just_the_bad_rows_are_set_aside(bad: set[int]) -> None:
    telling = Telling(1000, bad)
    await arrive_without_bad(telling.message, telling.arrive, telling.attempt)
    assert telling.untold == bad
    assert telling.tries < 15 * (len(bad) + 1)


async def test_a_batch_with_very_many_bad_rows_is_set_aside_whole() -> None:
    telling = Telling(100, set(range(1, 2 * MOST_SET_ASIDE)))
    await arrive_without_bad(telling.message, telling.arrive, telling.attempt)
    assert telling.untold == set(range(1, 101))


async def test_a_fault_that_is_not_the_rows_is_raised() -> None:
    telling = Telling(3, {1, 2, 3, 99})
    with pytest.raises(ValueError, match="cannot be told"):
        await arrive_without_bad(telling.message, telling.arrive, telling.attempt)
