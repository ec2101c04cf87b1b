"""What a process holds at one moment, as the system shows it and, for a node, as it says itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx

_TASKS = re.compile(r"^shangda_process_tasks\S* (\S+)$", re.MULTILINE)

Sample = dict[str, float]
"""What was counted, by name: descriptors, sockets, threads, memory_mb and, of a node, tasks."""


def sample_of(pid: int, url: str = "") -> Sample:
    """Count what the process holds; with the address of a node, its tasks too."""
    targets = list(_targets(pid))
    found = {
        "descriptors": float(len(targets)),
        "sockets": float(sum(target.startswith("socket:") for target in targets)),
        "threads": _field(f"/proc/{pid}/status", "Threads"),
        "memory_mb": _field(f"/proc/{pid}/smaps_rollup", "Pss") / 1024,
    }
    if url:
        said = _TASKS.search(httpx.get(f"{url}/metrics", timeout=30, trust_env=False).text)
        assert said, "the node does not say how many tasks it has"
        found["tasks"] = float(said.group(1))
    return found


def _targets(pid: int) -> Iterator[str]:
    for entry in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):  # closed since
            yield str(entry.readlink())


def _field(path: str, name: str) -> float:
    found = re.search(rf"^{name}:\s+(\d+)", Path(path).read_text(), re.MULTILINE)
    assert found, f"{name} in {path}"
    return float(found.group(1))
