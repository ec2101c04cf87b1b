"""On one loop routine transactions go one after another, urgent ones at once, and one that is stuck holds nobody up."""

import asyncio

import pytest

from services.kernel.runtime.storing import right_of_way as module
from services.kernel.runtime.storing.right_of_way import RightOfWay, right_of_way
from services.kernel.runtime.storing.turns import Rank
from services.kernel.runtime.telling.inbox.pace import Clock

FOR_EVER_S = 1000.0
_GOING: list[asyncio.Task[None]] = []


async def _begins(way: RightOfWay, rank: Rank, *, ends: asyncio.Event | None = None) -> asyncio.Event:
    """A transaction of this rank; the event is set when it has the right of way."""
    began = asyncio.Event()

    async def go() -> None:
        async with way.given(rank):
            began.set()
            if ends:
                await ends.wait()

    _GOING.append(asyncio.create_task(go()))
    for _ in range(5):
        await asyncio.sleep(0)
    return began


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "STUCK_S", FOR_EVER_S)
    monkeypatch.setattr(module, "STANDS_BACK_S", FOR_EVER_S)


async def test_routine_transactions_go_one_after_another_and_others_beside_them() -> None:
    way, end = RightOfWay(), asyncio.Event()
    first = await _begins(way, Rank.ROUTINE, ends=end)
    second = await _begins(way, Rank.ROUTINE)
    assert first.is_set()
    assert not second.is_set()
    assert (await _begins(way, Rank.URGENT)).is_set()
    assert (await _begins(way, Rank.REQUEST)).is_set()
    end.set()
    await asyncio.wait_for(second.wait(), 60)


async def test_who_steps_aside_before_the_end_lets_the_next_one_go() -> None:
    way = RightOfWay()
    async with way.given(Rank.ROUTINE) as step_aside:
        step_aside()
        assert (await _begins(way, Rank.ROUTINE)).is_set()


async def test_routine_work_stands_back_while_urgent_work_is_under_way() -> None:
    way, end = RightOfWay(), asyncio.Event()
    await _begins(way, Rank.URGENT, ends=end)
    assert way.is_wanted
    routine = await _begins(way, Rank.ROUTINE)
    assert not routine.is_set()
    end.set()
    await asyncio.wait_for(routine.wait(), 60)
    assert not way.is_wanted


async def test_urgent_work_without_end_does_not_stop_routine_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "STANDS_BACK_S", 0.0)
    way, never = RightOfWay(), asyncio.Event()
    await _begins(way, Rank.URGENT, ends=never)
    routine = await _begins(way, Rank.ROUTINE)
    await asyncio.wait_for(routine.wait(), 60)


async def test_one_that_waits_for_a_lock_of_another_process_does_not_stop_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "STUCK_S", 0.0)
    way, never = RightOfWay(), asyncio.Event()
    await _begins(way, Rank.ROUTINE, ends=never)
    second = await _begins(way, Rank.ROUTINE)
    await asyncio.wait_for(second.wait(), 60)


async def test_all_services_of_a_process_share_one_right_of_way() -> None:
    assert right_of_way() is right_of_way()


def test_a_long_transaction_ends_early_when_it_is_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr("services.kernel.runtime.telling.inbox.pace.time.monotonic", lambda: now[0])
    wanted, alone = Clock(lambda: True), Clock(lambda: False)
    now[0] = 0.02
    assert wanted.is_over
    assert not alone.is_over
    now[0] = 0.3
    assert alone.is_over
