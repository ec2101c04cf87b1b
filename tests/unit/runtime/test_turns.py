"""Whose turn it is: by rank, then in the order of coming, and nobody waits for ever."""

import asyncio

import pytest

from services.kernel.runtime.storing import turns
from services.kernel.runtime.storing.turns import Rank, Turns


async def _in_order(turns_: Turns, ranks: list[Rank]) -> list[int]:
    order: list[int] = []

    async def work(number: int, rank: Rank) -> None:
        async with turns_.taken(rank):
            order.append(number)

    async with turns_.taken(Rank.REQUEST):
        works = [asyncio.create_task(work(number, rank)) for number, rank in enumerate(ranks)]
        await asyncio.sleep(0)
    await asyncio.gather(*works)
    return order


async def test_urgent_work_goes_before_people_and_people_before_batches() -> None:
    assert await _in_order(Turns(), [Rank.ROUTINE, Rank.REQUEST, Rank.URGENT, Rank.REQUEST]) == [2, 1, 3, 0]


async def test_who_has_waited_long_goes_first_whatever_the_rank(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "WAITED_LONG_S", -1.0)
    assert await _in_order(Turns(), [Rank.ROUTINE, Rank.URGENT, Rank.REQUEST]) == [0, 1, 2]


async def test_who_gives_up_waiting_does_not_keep_the_turn() -> None:
    queue = Turns()
    async with queue.taken(Rank.REQUEST):
        waiting = asyncio.create_task(queue._take(Rank.URGENT))
        await asyncio.sleep(0)
        waiting.cancel()
    assert await asyncio.wait_for(_in_order(queue, [Rank.ROUTINE]), 60) == [0]


async def test_a_turn_given_in_the_moment_of_giving_up_is_passed_on() -> None:
    queue = Turns()
    async with queue.taken(Rank.REQUEST):
        waiting = asyncio.create_task(queue._take(Rank.URGENT))
        await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    assert await asyncio.wait_for(_in_order(queue, [Rank.ROUTINE]), 60) == [0]


async def test_who_ends_a_turn_early_does_not_end_the_next_one_too() -> None:
    queue = Turns()
    async with queue.taken(Rank.ROUTINE) as end:
        end()
        async with queue.taken(Rank.ROUTINE):
            end()
            waiting = asyncio.create_task(queue._take(Rank.ROUTINE))
            await asyncio.sleep(0)
            assert not waiting.done()
        await waiting


async def test_a_turn_is_wanted_by_those_who_go_first_alone() -> None:
    queue = Turns()
    async with queue.taken(Rank.ROUTINE):
        routine = asyncio.create_task(queue._take(Rank.ROUTINE))
        await asyncio.sleep(0)
        assert not queue.is_wanted(Rank.ROUTINE)
        urgent = asyncio.create_task(queue._take(Rank.URGENT))
        await asyncio.sleep(0)
        assert queue.is_wanted(Rank.ROUTINE)
        assert not queue.is_wanted(Rank.URGENT)
    await urgent
    routine.cancel()
