"""Which tests stay together when several processes run them, and which begin first, so that no process idles at the end."""

from __future__ import annotations

from typing import Any

from xdist.scheduler import LoadScopeScheduling

WORLDS = {
    "tests/journeys/": "worlds of pages", "tests/integration/demo/": "worlds of pages",
    "tests/faults/campaign/": "worlds of faults", "tests/integration/docs/": "worlds of faults",
}  # fmt: skip
"""Folders whose tests start whole nodes and brokers: two processes take them, so that two worlds at most are up at a time."""

ALONE = "tests/faults/"
"""Tests that kill things share nothing with their neighbours: each is a piece of its own, and waits more than it works."""

_LONGEST_FIRST = (
    "worlds", "tests/faults/test_flat.py", "tests/faults/test_stopping.py", "tests/faults/test_positions.py", ALONE,
    "tests/integration/doors/", "tests/fuzz/", "tests/integration/",
)  # fmt: skip


class ByFileAndWorld(LoadScopeScheduling):
    """A file is one piece of work, so that what its tests share is made once; worlds are two; a fault stands alone."""

    _is_sorted = False

    def _split_scope(self, nodeid: str) -> str:
        if worlds := next((worlds for folder, worlds in WORLDS.items() if nodeid.startswith(folder)), ""):
            return worlds
        return nodeid if nodeid.startswith(ALONE) else nodeid.partition("::")[0]

    def _assign_work_unit(self, node: Any) -> None:
        if not self._is_sorted:  # a long piece that begins last would keep one process busy alone
            for scope in sorted(self.workqueue, key=_rank):
                self.workqueue.move_to_end(scope)
            self._is_sorted = True
        super()._assign_work_unit(node)


def _rank(scope: str) -> int:
    return next((rank for rank, start in enumerate(_LONGEST_FIRST) if scope.startswith(start)), len(_LONGEST_FIRST))
