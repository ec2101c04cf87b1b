"""How a command gets its turn on an SQLite database that a node writes without pause: it knocks, and the node waits."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import IO

WAIT_FOR_OTHERS_S = 10.0
"""So long a node lets one who knocked write; then it asks SQLite itself, which waits ten seconds more."""

OWN_TURN_S = 0.2
"""After it let somebody in, a node writes so long without listening: two share, none is shut out."""

LOOK_S = 0.003


class Door:
    """A lock file beside the database: held (shared) by commands that want to write, tried by the node before it writes.

    SQLite has no queue: who waits for its lock looks again every tenth of a second, and a node
    that catches up leaves gaps of a millisecond.
    """

    def __init__(self, database: Path) -> None:
        self._path = Path(f"{database}.knock")
        self._file: IO[bytes] | None = None
        self._listen_at = 0.0

    @asynccontextmanager
    async def knocked(self) -> AsyncIterator[None]:
        """For a command: want to write, and write, within the block."""
        with contextlib.ExitStack() as stack:
            with contextlib.suppress(OSError):  # a folder that takes no files: SQLite's own lock has to do
                file = stack.enter_context(self._path.open("ab"))
                fcntl.flock(file, fcntl.LOCK_SH)  # held for an instant alone by a node that looks
            yield

    async def let_in(self) -> None:
        """For the node: wait while somebody else wants to write or writes."""
        now = time.monotonic()
        if now < self._listen_at or self._is_free():
            return
        while time.monotonic() - now < WAIT_FOR_OTHERS_S and not self._is_free():  # noqa: ASYNC110 - in another process
            await asyncio.sleep(LOOK_S)
        self._listen_at = time.monotonic() + OWN_TURN_S

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _is_free(self) -> bool:
        try:
            self._file = self._file or self._path.open("ab")
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            fcntl.flock(self._file, fcntl.LOCK_UN)
        except BlockingIOError:
            return False
        except OSError:
            return True
        return True
