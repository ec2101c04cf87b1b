"""A real broker for tests: one for the whole run, and one of its own for a test that kills it."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from deploy.kafka.broker import Broker
from deploy.kafka.process import free_ports


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Bootstrap servers of the broker that this run shares, or of the one that SHANGDA_KAFKA names.

    Topics and groups of one test stay there for the next: give each test's node an id of its own.
    """
    if given := os.environ.get("SHANGDA_KAFKA"):
        yield given
        return
    with_own_ports = new_broker(tmp_path_factory.mktemp("broker"))
    with_own_ports.start()
    yield with_own_ports.bootstrap
    with_own_ports.kill()


@pytest.fixture
def killable_broker(tmp_path: Path) -> Iterator[Broker]:
    """A running broker of the test's own, to be stopped, killed and started again."""
    broker = new_broker(tmp_path / "broker")
    broker.start()
    yield broker
    broker.kill()


def new_broker(directory: Path, settings: Mapping[str, object] | None = None) -> Broker:
    """A broker not yet started, on ports that are free now; `settings` are further properties of Kafka."""
    port, controller_port = free_ports(2)
    return Broker(directory, port, controller_port, settings=settings or {})
