"""The child: does one piece of work after the other, each within its processor time, and all within its memory."""

from __future__ import annotations

import os
import resource
import select
import signal
import sys
from typing import Any

from services.kernel.language.refusal import Refusal
from services.kernel.runtime.apart import wire


class OutOfTime(Exception):
    """The work took more than its share of processor time."""


def _out_of_time(_signal: int, _frame: Any) -> None:
    raise OutOfTime


def done(work: Any, arguments: Any, seconds: float) -> tuple[str, Any]:
    """What the parent is told: the answer, the refusal that the work raised, or why there is no answer."""
    signal.signal(signal.SIGPROF, _out_of_time)
    try:
        signal.setitimer(signal.ITIMER_PROF, seconds)
        try:
            return "answer", work(*arguments)
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
    except Refusal as refusal:
        return "refusal", (type(refusal), refusal.args, vars(refusal))
    except (OutOfTime, MemoryError, RecursionError) as limit:
        return "limit", type(limit).__name__


def main(megabytes: int, idle_s: float) -> None:
    """Work until the parent ends, or has had nothing to do for a while."""
    resource.setrlimit(resource.RLIMIT_AS, (megabytes * 1024 * 1024,) * 2)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the node; its end is ours
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # nothing that prints can come between the answers
    asked = os.fdopen(0, "rb", buffering=0)  # what it had read ahead, select would not see
    wire.write(answers, "ready")
    while select.select([asked], [], [], idle_s)[0]:
        try:
            work, arguments, seconds = wire.read(asked)
        except EOFError:
            return
        wire.write(answers, "begun")  # its modules are imported: from here on, time is its own
        wire.write(answers, done(work, arguments, seconds))


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]))
