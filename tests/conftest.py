"""Which shared fixtures the tests have, how several processes share the tests out, and that none fails by being slow."""

from __future__ import annotations

import gc
import os
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from deploy.kafka.process import PORT_SHARE

settings.register_profile("without_a_stopwatch", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("without_a_stopwatch")

pytest_plugins = [
    "tests.support.apart",
    "tests.support.databases",
    "tests.support.kafka",
]


def pytest_configure() -> None:
    """Let each process of a run take its servers' ports from a part of its own."""
    if worker := os.environ.get("PYTEST_XDIST_WORKER"):
        os.environ[PORT_SHARE] = f"{int(worker.removeprefix('gw'))}/{os.environ['PYTEST_XDIST_WORKER_COUNT']}"


def pytest_collection_finish() -> None:
    """What has been imported and collected stays to the end: looking through it again and again took an eighth of a run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Share the tests out by file; those that need three whole nodes stay together and begin first."""
    from tests.support.sharing import ByFileAndWorld

    return ByFileAndWorld(config, log)
