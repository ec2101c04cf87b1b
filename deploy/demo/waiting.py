"""Waiting for what must become true, never longer than said."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class DidNotHappen(Exception):
    """What was waited for did not become true in time."""


def eventually(ask: Callable[[], T | None], what: str, *, within_s: float = 30.0, pause_s: float = 0.1) -> T:
    """The first answer of `ask` that is not None or False.

    Raises:
        DidNotHappen: None came in time; the message says what was waited for.
    """
    give_up_at = time.monotonic() + within_s
    while True:
        if (found := ask()) is not None and found is not False:
            return found
        if time.monotonic() > give_up_at:
            raise DidNotHappen(f"{what}：等了 {within_s:.0f} 秒仍未出现")
        time.sleep(pause_s)
