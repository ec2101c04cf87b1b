"""What is going on, for whoever waits: one line when something begins, its duration when it is done."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO


class Progress:
    """Writes lines as things happen; `Progress(None)` is silent."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream

    def say(self, text: str = "") -> None:
        """Write a line; nobody may be left to read it, and then the rest is silent."""
        if self._stream is None:
            return
        try:
            print(text, file=self._stream, flush=True)
        except BrokenPipeError:
            self._stream = None

    @contextmanager
    def doing(self, what: str) -> Iterator[None]:
        """Say that something begins, and how long it took."""
        self.say(f"  … {what}")
        started = time.monotonic()
        yield
        self.say(f"  ✓ {what}，{time.monotonic() - started:.1f} 秒")


def on_screen() -> Progress:
    """Progress that a person at the terminal sees."""
    return Progress(sys.stdout)
