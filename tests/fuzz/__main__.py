"""`python -m tests.fuzz MINUTES`: random cases for every operation in turn, until the time is over."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from tests.fuzz.asking import faults_of, operations
from tests.fuzz.world import open_world

CASES = 10


def main(minutes: float) -> int:
    """Ask until the time is over; how many operations answered 5xx."""
    until, rounds, wrong = time.monotonic() + minutes * 60, 0, set()
    with tempfile.TemporaryDirectory() as folder, open_world(Path(folder)) as world:
        while time.monotonic() < until:
            rounds += 1
            for service, name, operation in operations():
                for fault in faults_of(world, service, operation, cases=CASES, derandomize=False)[:1]:
                    wrong.add(name)
                    print(fault)
                if time.monotonic() >= until:
                    break
    print("answers:", *(f"{status}: {count}" for status, count in sorted(world.statuses.items())))
    print(f"{rounds} rounds over every operation, {len(wrong)} operations answered 5xx", *sorted(wrong), sep="\n")
    return len(wrong)


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1])) > 0)
