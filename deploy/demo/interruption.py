"""Ctrl-C and SIGTERM at any time: stop once, in order, and let nothing interrupt the stopping."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class StopAsked(KeyboardInterrupt):
    """Somebody wants the command to end; a KeyboardInterrupt, because event loops let nothing else through."""


@contextmanager
def stoppable() -> Iterator[None]:
    """Within the block the first signal raises `StopAsked`, and later ones do nothing.

    A signal that was ignored at the start (nohup) stays ignored, except SIGINT, which shells switch
    off for whatever they put into the background.
    """
    heeded = [number for number in _SIGNALS if number == signal.SIGINT or signal.getsignal(number) != signal.SIG_IGN]
    before = {number: signal.signal(number, _raise_once) for number in heeded}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _raise_once(_number: int, _frame: FrameType | None) -> None:
    for number in _SIGNALS:
        if signal.getsignal(number) == _raise_once:
            signal.signal(number, _do_nothing)
    raise StopAsked


def _do_nothing(_number: int, _frame: FrameType | None) -> None:
    """Not SIG_IGN: a process started from here would inherit that."""
