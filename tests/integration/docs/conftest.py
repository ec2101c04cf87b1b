"""A machine for the commands of a page."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.docs.machine import Machine


@pytest.fixture
def machine() -> Iterator[Machine]:
    # Not tmp_path: nobody else may enter pytest's folder.
    root = Path(tempfile.mkdtemp(prefix="shangda-install-"))
    made = Machine(root)
    yield made
    made.end()
    shutil.rmtree(root, ignore_errors=True)
