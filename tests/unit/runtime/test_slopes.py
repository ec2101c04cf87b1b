"""The long run's judgement: a leak is seen, a busy machine is not taken for one."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from tests.soak.slopes import lines_of

MINUTES = 20


def judged(what: str, value: Callable[[float], float]) -> bool:
    """Whether a line of these values, one every five seconds, is found flat."""
    samples = [(float(at), {what: value(float(at))}) for at in range(0, MINUTES * 60, 5)]
    [line] = lines_of({"township": samples})
    return line.is_flat


def test_one_task_lost_every_two_minutes_is_seen_in_the_noise_of_use() -> None:
    chance = random.Random(1)
    assert not judged("tasks", lambda at: 500 + at / 120 + chance.choice([0, 0, 3, 12, 40]))


def test_a_leak_that_was_found_once_is_seen() -> None:
    assert not judged("sockets", lambda at: 50 + at / 2)


@pytest.mark.parametrize("what", ["tasks", "descriptors", "sockets", "threads"])
def test_what_comes_and_goes_is_flat(what: str) -> None:
    chance = random.Random(2)
    assert judged(what, lambda _: 100 + chance.randint(0, 60))


def test_a_pile_at_the_end_of_a_run_on_a_busy_machine_is_no_leak() -> None:
    """Requests stand in a queue for the last minutes, and are dealt with now and then."""
    assert judged("tasks", lambda at: 500 + (80 if at > 900 and at % 100 > 10 else 0))


def test_memory_that_settles_late_is_flat_and_memory_that_never_settles_is_not() -> None:
    assert judged("memory_mb", lambda at: 180 + 60 * (1 - 0.5 ** (at / 180)))
    assert not judged("memory_mb", lambda at: 180 + at / 30)
    assert judged("memory_mb", lambda at: 200 + (at % 120) / 4), "what the collector takes back"


def test_samples_that_could_not_be_taken_are_no_matter() -> None:
    samples = [(float(at), {"tasks": 100.0}) for at in (0, 5, 400, 405, 700, 1100, 1200)]
    [line] = lines_of({"township": samples})
    assert line.is_flat
