"""A page that shows the state of a moment hears of every change after it, also of one before it is connected."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from services.kernel.runtime.surroundings.signals import Signals


async def heard(signals: Signals, channels: list[str], last: str) -> str:
    return await asyncio.wait_for(anext(signals.changes(channels, last)), 5)


async def hears_nothing(signals: Signals, channels: list[str], last: str) -> bool:
    try:
        await asyncio.wait_for(anext(signals.changes(channels, last)), 0.05)
    except TimeoutError:
        return True
    return False


async def test_a_change_between_reading_and_connecting_is_heard() -> None:
    signals = Signals()
    read_at = signals.now()
    signals.publish("item:a")
    assert await heard(signals, ["item:a"], read_at) == signals.now()


async def test_what_the_page_does_not_show_is_not_heard() -> None:
    signals = Signals()
    read_at = signals.now()
    signals.publish("item:b")
    assert await hears_nothing(signals, ["item:a"], read_at)


async def test_a_page_may_show_what_another_service_signals() -> None:
    page, shown = Signals(), Signals()
    read_at = page.now()
    shown.publish("queue")
    assert await heard(shown, ["queue"], read_at)


async def test_each_change_is_heard_once() -> None:
    signals = Signals()
    signals.publish("queue")
    first = await heard(signals, ["queue"], "0-0")
    assert await hears_nothing(signals, ["queue"], first)
    signals.publish("queue")
    assert await heard(signals, ["queue"], first) != first


@pytest.mark.parametrize("unknown", ["x", "-", "0-1", "another-7", f"-{'9' * 50}", "²-²"])
async def test_an_id_of_another_process_means_ask_again(unknown: str) -> None:
    signals = Signals()
    assert await heard(signals, ["queue"], unknown)


async def test_channels_that_were_asked_for_leave_nothing_behind() -> None:
    signals = Signals()
    before = {name: len(kept) for name, kept in vars(signals).items()}
    for number in range(3000):
        channel = f"item:{number}"
        listening: Any = signals.changes([channel], signals.now())
        asked = asyncio.ensure_future(anext(listening))
        await asyncio.sleep(0)
        signals.publish(channel)
        await asked
        await listening.aclose()
    assert {name: len(kept) for name, kept in vars(signals).items()} == before
