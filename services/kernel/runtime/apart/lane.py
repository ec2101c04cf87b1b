"""The parent's side: a child of its own for each lane, begun when needed, one piece of work at a time."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import structlog

from services.kernel.language.refusal import Refusal
from services.kernel.runtime.apart import wire

log = structlog.get_logger()

Answer = TypeVar("Answer")

IDLE_S = 600.0
"""A child that had nothing to do for so long ends, and gives its memory back."""
_STARTS_WITHIN_S = 60.0
_TIMES_AS_LONG = 3
"""Processor time is what is limited; the clock only ends a child that does not even get on."""


LANES: list[Lane] = []


class WorkTooLarge(Exception):
    """The work needed more time or memory than it may have."""


class TooBusy(Refusal):
    """系统正忙，请稍后再试。"""

    status = 503
    code = "too_busy"
    message = "系统正在处理其他大文件，请过一会儿再试。您填写的内容还在。"
    retry_after_s = 10


async def close_lanes() -> None:
    """End every child: the node stops."""
    for lane in LANES:
        await asyncio.to_thread(lane.close)


class Lane:
    """One kind of work: how much processor time each piece of it and how much memory its child may take, and how many may wait."""

    def __init__(self, name: str, *, seconds: float, megabytes: int, may_wait: int) -> None:
        self._name = name
        self._seconds = seconds
        self._megabytes = megabytes
        self._may_wait = may_wait
        self._asked = 0
        self._child: subprocess.Popen[bytes] | None = None
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"apart-{name}")
        LANES.append(self)

    async def work(self, work: Callable[..., Answer], *arguments: Any) -> Answer:
        """What `work` (a function of a module) answers, worked out in the child; what it refuses is raised here.

        Raises:
            TooBusy: Too many wait already.
            WorkTooLarge: It was ended for its time or memory.
        """
        if self._asked > self._may_wait:
            raise TooBusy
        self._asked += 1
        try:
            kind, said = await asyncio.get_running_loop().run_in_executor(self._thread, self._ask, work, arguments)
        finally:
            self._asked -= 1
        if kind == "refusal":
            raise _made_again(*said)
        if kind == "limit":
            log.warning("apart.work.ended", lane=self._name, work=work.__qualname__, why=said)
            raise WorkTooLarge(said)
        answer: Answer = said
        return answer

    def close(self) -> None:
        """End the child; the next work begins another."""
        child, self._child = self._child, None
        if child is not None:
            child.kill()
            child.communicate()

    def _ask(self, work: Callable[..., Any], arguments: tuple[Any, ...]) -> tuple[str, Any]:
        """In the lane's thread: ask the child; one that ended while nobody needed it is begun anew."""
        child = self._begun(work, arguments)
        if child is not None:
            try:
                answer: tuple[str, Any] = self._answer_of(child, None, self._seconds * _TIMES_AS_LONG)
            except (EOFError, OSError):
                self.close()  # it died of this work, was too slow, or the node stops
            else:
                return answer
        return "limit", "ended"

    def _begun(self, work: Callable[..., Any], arguments: tuple[Any, ...]) -> subprocess.Popen[bytes] | None:
        """The child that has begun the work; one that had died before is not the work's fault."""
        for _ in range(2):
            child, is_new = self._running()
            try:
                self._answer_of(child, (work, arguments, self._seconds), _STARTS_WITHIN_S)
            except (EOFError, OSError):
                self.close()
                if is_new:
                    break
            else:
                return child
        return None

    def _running(self) -> tuple[subprocess.Popen[bytes], bool]:
        if self._child is not None and self._child.poll() is None:
            return self._child, False
        self.close()
        command = [sys.executable, "-m", "services.kernel.runtime.apart.child", str(self._megabytes), str(IDLE_S)]
        self._child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._answer_of(self._child, None, _STARTS_WITHIN_S)
        return self._child, True

    def _answer_of(self, child: subprocess.Popen[bytes], asked: Any, within_s: float) -> Any:
        assert child.stdin is not None
        assert child.stdout is not None
        watch = threading.Timer(within_s, child.kill)
        watch.start()
        try:
            if asked is not None:
                wire.write(child.stdin, asked)
            return wire.read(child.stdout)
        finally:
            watch.cancel()


def _made_again(cls: type[Refusal], args: tuple[Any, ...], fields: dict[str, Any]) -> Refusal:
    """The refusal that the child raised; its class may be made with other arguments than it keeps."""
    refusal = cls.__new__(cls)
    refusal.args = args
    vars(refusal).update(fields)
    return refusal


READING = Lane("reading", seconds=10.0, megabytes=512, may_wait=4)
"""Files that somebody made elsewhere, turned into what the node works with."""
