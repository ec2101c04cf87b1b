"""A machine for the commands of a page."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.docs.machine import Machine

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A page with many commands takes as long as a slow machine makes it."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.timeout(3600))


@pytest.fixture
def machine() -> Iterator[Machine]:
    # Not tmp_path: nobody else may enter pytest's folder.
    root = Path(tempfile.mkdtemp(prefix="shangda-install-"))
    made = Machine(root)
    yield made
    made.end()
    shutil.rmtree(root, ignore_errors=True)
