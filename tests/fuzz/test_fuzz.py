"""A short look at every operation of the six services; `make fuzz` looks longer."""

from __future__ import annotations

from pathlib import Path

from tests.fuzz.asking import faults_of, operations
from tests.fuzz.world import open_world

CASES = 2


def test_no_operation_of_any_service_answers_5xx_to_any_role(tmp_path: Path) -> None:
    with open_world(tmp_path) as world:
        found = list(operations())
        assert len({service for service, _, _ in found}) == 6
        faults = [
            fault
            for service, _, operation in found
            for fault in faults_of(world, service, operation, cases=CASES, derandomize=True)
        ]
    assert not faults, "\n".join(faults)
    for status in (200, 401, 403, 404, 422):
        assert world.statuses[status] > 50, f"the requests say too little: {world.statuses}"
