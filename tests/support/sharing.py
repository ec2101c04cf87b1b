"""Which tests stay together when several processes run them: a file's, and all that need three whole nodes."""

from __future__ import annotations

from typing import Any

from xdist.scheduler import LoadScopeScheduling

WORLDS = ("tests/journeys/", "tests/integration/demo/", "tests/integration/docs/", "tests/faults/campaign/")
"""Folders whose tests start whole nodes and brokers: one process runs them, so that one world is up at a time."""

_LONGEST_FIRST = ("worlds", "tests/faults/", "tests/integration/")


class ByFileAndWorld(LoadScopeScheduling):
    """A file is one piece of work, so that what its tests share is made once; all worlds together are another."""

    _is_sorted = False

    def _split_scope(self, nodeid: str) -> str:
        return "worlds" if nodeid.startswith(WORLDS) else nodeid.partition("::")[0]

    def _assign_work_unit(self, node: Any) -> None:
        if not self._is_sorted:  # a long piece that begins last would keep one process busy alone
            for scope in sorted(self.workqueue, key=_rank):
                self.workqueue.move_to_end(scope)
            self._is_sorted = True
        super()._assign_work_unit(node)


def _rank(scope: str) -> int:
    return next((rank for rank, start in enumerate(_LONGEST_FIRST) if scope.startswith(start)), len(_LONGEST_FIRST))
