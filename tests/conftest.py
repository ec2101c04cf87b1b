"""Which shared fixtures the tests have, how several processes share the tests out, and that none fails by being slow."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.dependencies import models
from hypothesis import HealthCheck, settings

from deploy.kafka.process import PORT_SHARE

settings.register_profile("without_a_stopwatch", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("without_a_stopwatch")

pytest_plugins = [
    "tests.support.apart",
    "tests.support.databases",
    "tests.support.kafka",
]


NO_FLUSHING = Path(__file__).parents[1] / ".run" / "tools" / "libeatmydata.so"


def pytest_configure() -> None:
    """Let each process of a run take its servers' ports from a part of its own, and no server wait for the disk.

    Tests kill processes, never the machine: what the system holds in memory survives that. Thousands of flushes of
    brokers and SQLite files took most of a start where the disk was slow.
    """
    if NO_FLUSHING.exists():
        os.environ["LD_PRELOAD"] = str(NO_FLUSHING)
    if worker := os.environ.get("PYTEST_XDIST_WORKER"):
        os.environ[PORT_SHARE] = f"{int(worker.removeprefix('gw'))}/{os.environ['PYTEST_XDIST_WORKER_COUNT']}"


def pytest_collection_finish() -> None:
    """What has been imported and collected stays to the end: looking through it again and again took an eighth of a run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """Forget the applications of a file at its end.

    FastAPI remembers every handler that it has looked at, and with it the application, its pages and its database: a
    process of a run grew to two gigabytes.
    """
    yield
    if nextitem is None or nextitem.path != item.path:
        for remembered in vars(models).values():
            if hasattr(remembered, "cache_clear"):
                remembered.cache_clear()
        gc.collect()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Share the tests out by file; those that need three whole nodes stay together and begin first."""
    from tests.support.sharing import ByFileAndWorld

    return ByFileAndWorld(config, log)
