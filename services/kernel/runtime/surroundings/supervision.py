"""Keeps a job running: one that ends unasked is logged with its cause, counted, and started again with back-off."""

from __future__ import annotations

import asyncio
import random
import time
import traceback
from collections.abc import Awaitable, Callable

import structlog

from services.kernel.runtime.surroundings import metrics
from services.kernel.runtime.surroundings.clock import pause

log = structlog.get_logger()

FIRST_BACK_OFF_S = 1.0
LONGEST_BACK_OFF_S = 30.0
LASTED_S = 120.0
"""A job that ran so long was a good one: the next starts with the shortest back-off again."""

ENDS_WITHIN_S = 5.0
"""A cancelled job that does not end is left behind after this time."""


class CancelledByItself(Exception):
    """The job ended by a cancellation that nobody here asked for, as a client's `stop` may raise it."""


async def keep_running(
    task: str,
    work: Callable[[], Awaitable[None]],
    *,
    where: tuple[str, str],
    stop: asyncio.Event,
    lets_out: tuple[type[Exception], ...] = (),
) -> None:
    """Run `work` until `stop`, again and again: however it ends before, it is told, counted and started anew.

    Args:
        task: What the job is called in logs and metrics.
        where: Node and service.
        lets_out: Faults that are no end of the job but the caller's business; they are raised.
    """
    metrics.JOBS_ENDED.labels(*where, task).inc(0)  # so that the first end is seen as a rise
    delay_s = FIRST_BACK_OFF_S
    while not stop.is_set():
        started = time.monotonic()
        cause = await _end_of(work)
        if isinstance(cause, lets_out):
            raise cause
        if stop.is_set():
            if cause is not None:
                log.warning("node.job.failed_at_stop", service=where[1], task=task, fault=repr(cause)[:300])
            return
        _note_end(task, where, cause)
        if time.monotonic() - started > LASTED_S:
            delay_s = FIRST_BACK_OFF_S
        await pause(stop, delay_s * random.uniform(0.8, 1.2))  # noqa: S311 - jitter
        delay_s = min(delay_s * 2, LONGEST_BACK_OFF_S)


def _note_end(task: str, where: tuple[str, str], cause: Exception | None) -> None:
    metrics.JOBS_ENDED.labels(*where, task).inc()
    how = "returned" if cause is None else repr(cause)[:300]
    trace = "".join(traceback.format_exception(cause))[-3000:] if cause else ""
    log.error("node.job.ended", node=where[0], service=where[1], task=task, cause=how, trace=trace)


async def _end_of(work: Callable[[], Awaitable[None]]) -> Exception | None:
    """Run `work` in a task of its own; why it ended, None when it returned.

    Only so are two cancellations told apart: ours reaches this function, another one only the task.
    """
    job = asyncio.ensure_future(work())
    try:
        await asyncio.wait([job])
    except asyncio.CancelledError:
        job.cancel()
        await asyncio.wait([job], timeout=ENDS_WITHIN_S)
        raise
    if job.cancelled():
        return CancelledByItself()
    fault = job.exception()
    if fault is None or isinstance(fault, Exception):
        return fault
    raise fault
