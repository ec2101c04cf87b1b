"""Which command has its turn with the demo, so that two of them never start and stop it at once."""

from __future__ import annotations

import fcntl
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.demo.progress import Progress
from deploy.kafka.process import is_running

TURN_WITHIN_S = 180.0
# Nodes have half a minute to finish, and brokers twenty seconds after them.
RUN_ENDS_WITHIN_S = 90.0


class NoTurn(Exception):
    """Another command holds the demo for longer than one waits."""


@contextmanager
def turn(base: Path, progress: Progress) -> Iterator[None]:
    """Hold the demo's lock; wait for another command to finish first.

    Raises:
        NoTurn: It does not finish.
    """
    base.mkdir(parents=True, exist_ok=True)
    with (base / "lock").open("w") as lock:
        _take(lock.fileno(), progress)
        yield


def _take(lock: int, progress: Progress) -> None:
    give_up_at = time.monotonic() + TURN_WITHIN_S
    has_said = False
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() > give_up_at:
                raise NoTurn("另一个命令一直占用着演示环境。请先结束它，或执行 make down。") from None
            if not has_said:
                progress.say("  … 另一个命令正在启动或停止演示，等它完成")
            has_said = True
            time.sleep(0.2)


@contextmanager
def in_foreground(base: Path) -> Iterator[None]:
    """Let other commands know that the demo belongs to this process while the block lasts."""
    file = base / "run.pid"
    base.mkdir(parents=True, exist_ok=True)
    file.write_text(str(os.getpid()))
    try:
        yield
    finally:
        file.unlink(missing_ok=True)


def foreground_pid(base: Path) -> int | None:
    """Process id of the demo that runs in the foreground, if any."""
    try:
        pid = int((base / "run.pid").read_text())
    except (FileNotFoundError, ValueError):
        return None
    return pid if is_running(pid, "deploy.demo") else None


def end_foreground(base: Path) -> None:
    """Ask the demo in the foreground to end, and wait until it has."""
    give_up_at = time.monotonic() + RUN_ENDS_WITHIN_S
    if (pid := foreground_pid(base)) is not None:
        os.kill(pid, signal.SIGTERM)
    while foreground_pid(base) is not None and time.monotonic() < give_up_at:
        time.sleep(0.1)
