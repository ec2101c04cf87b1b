"""What is in hand is bounded by bytes, and what one transaction does by time."""

import asyncio

from services.kernel.runtime.telling.agents.room import Room
from services.kernel.runtime.telling.inbox.pace import FEWEST_EVENTS, MOST_EVENTS, Pace


async def test_reading_waits_while_the_room_is_full_and_goes_on_at_half() -> None:
    room = Room(limit=100)
    assert await room.wait(0)
    room.take(120)
    assert not await room.wait(0.01)
    room.give(60)
    assert not await room.wait(0.01)
    reading = asyncio.create_task(room.wait(30))
    room.give(20)
    assert await reading


async def test_what_is_thrown_away_leaves_its_room() -> None:
    room = Room(limit=100)
    room.take(500)
    room.empty()
    assert await room.wait(0)
    room.give(500)
    assert room.taken == 0


def test_a_slow_handler_makes_batches_small_and_a_fast_one_large() -> None:
    pace = Pace()
    pace.note(50, 5.0)
    assert pace.events == FEWEST_EVENTS
    for _ in range(20):
        pace.note(pace.events, 0.0001 * pace.events)
    assert pace.events == MOST_EVENTS


def test_a_few_events_that_were_quick_say_nothing_about_many() -> None:
    pace = Pace()
    pace.note(3, 0.0001)
    assert pace.events == 50
