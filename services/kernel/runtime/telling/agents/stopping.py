"""Starting and stopping one Faust app: neither hangs, and neither takes another's cancellation for ours."""

from __future__ import annotations

import asyncio

import faust
import structlog

log = structlog.get_logger()

START_CUT_S = 2.0


def is_cut_off(fault: BaseException) -> bool:
    """Whether this very task is being cancelled; clients raise CancelledError of their own when they are stopped."""
    task = asyncio.current_task()
    return isinstance(fault, asyncio.CancelledError) and task is not None and task.cancelling() > 0


async def start_app(app: faust.App, stop: asyncio.Event, *, within_s: float) -> None:
    """Start the app; give up as soon as we are to stop.

    Faust ends its task that begins to read when that takes longer than the broker's request timeout,
    without a word, and waits for it for ever: an app that takes so long is of no more use.

    Raises:
        TimeoutError: It did not start in time.
    """
    starting = asyncio.ensure_future(app.start())
    stopping = asyncio.ensure_future(stop.wait())
    try:
        done, _ = await asyncio.wait([starting, stopping], timeout=within_s, return_when=asyncio.FIRST_COMPLETED)
        if not done:
            raise TimeoutError(f"the app did not start within {within_s:.0f} s")
        if starting.done():
            starting.result()
    finally:
        stopping.cancel()
        if not starting.done():
            starting.cancel()
            await asyncio.wait([starting], timeout=START_CUT_S)


async def stop_app(app: faust.App, within_s: float) -> bool:
    """Stop the app; False when it did not end in time and was cut."""
    stopping = asyncio.ensure_future(app.stop())
    _done, late = await asyncio.wait([stopping], timeout=within_s)
    if late:
        stopping.cancel()
        await asyncio.wait([stopping], timeout=1.0)
    elif not stopping.cancelled() and (fault := stopping.exception()):
        log.info("agents.app.stopped_badly", fault=repr(fault)[:300])
    return not late
