"""Work apart: in a child with a limit on time and memory; what it refuses is refused, and the next work goes on."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
import time
from collections.abc import AsyncIterator

import pytest

from services.kernel.language.diff import diff_texts
from services.kernel.language.refusal import InvalidInput
from services.kernel.runtime.apart import Lane, TooBusy, WorkTooLarge, close_lanes
from services.kernel.runtime.apart.child import done
from services.kernel.runtime.documents.reader import DocumentUnreadable, read_document_apart
from services.kernel.runtime.pages.comparing import compare_texts


def whose() -> int:
    return os.getpid()


def turn(seconds: float) -> str:
    until = time.process_time() + seconds
    while time.process_time() < until:
        pass
    return "done"


def fill(megabytes: int) -> int:
    return len(bytearray(megabytes * 1024 * 1024))


def refuse() -> None:
    raise InvalidInput("不行。", errors=[{"field": "x"}])


def end() -> None:
    os._exit(3)


@pytest.fixture
async def lane() -> AsyncIterator[Lane]:
    made = Lane("test", seconds=1.0, megabytes=400, may_wait=1)
    yield made
    made.close()


async def test_one_child_does_one_work_after_the_other(lane: Lane) -> None:
    first, second = await lane.work(whose), await lane.work(whose)
    assert first == second != os.getpid()


async def test_a_node_that_stops_ends_its_children(lane: Lane) -> None:
    child = await lane.work(whose)
    await close_lanes()
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)
    assert await lane.work(whose) != child


async def test_what_takes_too_long_is_ended_and_the_next_goes_on(lane: Lane) -> None:
    with pytest.raises(WorkTooLarge):
        await lane.work(turn, 60.0)
    assert await lane.work(turn, 0.01) == "done"


def test_processor_time_is_what_is_limited_not_the_clock() -> None:
    before = signal.getsignal(signal.SIGPROF)
    try:
        assert done(time.sleep, (0.3,), 0.1) == ("answer", None)
        assert done(turn, (5.0,), 0.1) == ("limit", "OutOfTime")
    finally:
        signal.signal(signal.SIGPROF, before)


async def test_what_takes_too_much_memory_is_ended(lane: Lane) -> None:
    with pytest.raises(WorkTooLarge):
        await lane.work(fill, 1000)
    assert await lane.work(fill, 1) == 1024 * 1024


async def test_a_child_that_dies_of_its_work_is_replaced(lane: Lane) -> None:
    first = await lane.work(whose)
    with pytest.raises(WorkTooLarge):
        await lane.work(end)
    assert await lane.work(whose) != first


async def test_a_child_that_ended_meanwhile_is_not_the_works_fault(lane: Lane) -> None:
    child = await lane.work(whose)
    os.kill(child, 9)
    assert await lane.work(turn, 0.01) == "done"


async def test_a_refusal_arrives_whole(lane: Lane) -> None:
    with pytest.raises(InvalidInput, match="不行。") as refusal:
        await lane.work(refuse)
    assert refusal.value.details == {"errors": [{"field": "x"}]}


async def test_more_than_may_wait_are_told_so(lane: Lane) -> None:
    outcomes = await asyncio.gather(*(lane.work(turn, 0.01) for _ in range(4)), return_exceptions=True)
    assert [type(one) for one in outcomes] == [str, str, TooBusy, TooBusy]


async def test_a_document_is_read_in_a_child_and_its_refusal_comes_through() -> None:
    with pytest.raises(DocumentUnreadable):
        await read_document_apart(b"\x89PNG\0\0")


async def test_a_small_change_is_compared_here_and_a_large_one_apart() -> None:
    for before, after in (("甲" * 900, "甲" * 899 + "乙"), ("甲" * 900, "乙" * 900)):
        diff = await compare_texts(before, after)
        assert (diff, diff.is_coarse) == (diff_texts(before, after), False)
    assert any(thread.name.startswith("apart-comparing") for thread in threading.enumerate())


@pytest.mark.parametrize(
    ("before", "after"),
    [("甲乙丙。" * 25_000, "甲丙。乙" * 25_000), ("x" * 150_000, "y"), ("\n" * 100_000, "\n甲" * 50_000)],
)
async def test_what_would_take_over_a_second_is_compared_coarsely_and_holds_nobody(before: str, after: str) -> None:
    spent = time.thread_time()
    diff = await compare_texts(before, after)
    assert time.thread_time() - spent < 0.1
    assert diff.is_coarse
    assert (diff.before, diff.after) == (before, after)
