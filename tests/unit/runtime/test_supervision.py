"""A supervised job that ends unasked, however it ends, is told, counted and started again; one that is told to stop is not."""

from __future__ import annotations

import asyncio
import secrets

import pytest
from structlog.testing import capture_logs

from services.kernel.runtime.surroundings import metrics, supervision
from services.kernel.runtime.surroundings.supervision import keep_running

WHERE = ("district", "toy")


@pytest.fixture(autouse=True)
def without_delay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervision, "FIRST_BACK_OFF_S", 0.01)
    monkeypatch.setattr(supervision, "LONGEST_BACK_OFF_S", 0.02)


class Job:
    """Ends in one way a few times, then runs until it is told to stop."""

    def __init__(self, how: str, times: int = 2) -> None:
        self.name = secrets.token_hex(4)
        self.how = how
        self.times = times
        self.began = 0
        self.stop = asyncio.Event()
        self.runs = asyncio.Event()
        self.was_cancelled = False

    async def __call__(self) -> None:
        self.began += 1
        if self.began <= self.times:
            await self._end()
            return
        self.runs.set()
        try:
            await self.stop.wait()
        except asyncio.CancelledError:
            self.was_cancelled = True
            raise

    async def _end(self) -> None:
        if self.how == "fault":
            raise ZeroDivisionError("why")
        if self.how == "cancelled":  # as a client's `stop` does that awaits a task which it has cancelled
            inner = asyncio.ensure_future(asyncio.sleep(10))
            inner.cancel()
            await inner

    def kept(self) -> asyncio.Task[None]:
        return asyncio.create_task(keep_running(self.name, self, where=WHERE, stop=self.stop))

    @property
    def ends(self) -> float:
        return metrics.JOBS_ENDED.labels(*WHERE, self.name)._value.get()


@pytest.mark.parametrize(
    ("how", "cause"),
    [("return", "returned"), ("fault", "ZeroDivisionError('why')"), ("cancelled", "CancelledByItself()")],
)
async def test_a_job_that_ends_unasked_is_told_counted_and_started_again(how: str, cause: str) -> None:
    job = Job(how)
    with capture_logs() as lines:
        keeping = job.kept()
        await asyncio.wait_for(job.runs.wait(), 30)
        job.stop.set()
        await keeping
    assert job.began == 3
    assert job.ends == 2
    assert [(line["task"], line["cause"]) for line in lines if line["event"] == "node.job.ended"] == [
        (job.name, cause),
        (job.name, cause),
    ]


async def test_a_job_that_stops_when_told_is_no_end() -> None:
    job = Job("return", times=0)
    with capture_logs() as lines:
        keeping = job.kept()
        await asyncio.wait_for(job.runs.wait(), 30)
        job.stop.set()
        await keeping
    assert (job.began, job.ends, lines) == (1, 0, [])


async def test_our_own_cancellation_ends_the_job_and_its_keeper() -> None:
    job = Job("return", times=0)
    keeping = job.kept()
    await asyncio.wait_for(job.runs.wait(), 30)
    keeping.cancel()
    with pytest.raises(asyncio.CancelledError):
        await keeping
    assert (job.was_cancelled, job.ends) == (True, 0)


async def test_a_fault_that_is_the_callers_business_is_let_out() -> None:
    async def work() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await keep_running("lets out", work, where=WHERE, stop=asyncio.Event(), lets_out=(ZeroDivisionError,))
