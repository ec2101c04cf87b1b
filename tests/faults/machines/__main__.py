"""A lost machine by hand: `python -m tests.faults.machines district --operations 1000`."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from tests.faults.campaign.books import NODES
from tests.faults.machines.losing import LostMachine, MachineNotBack


def main() -> int:
    """Lose and restore one node; the folder is kept when the nodes differ afterwards."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("node", choices=NODES)
    asked.add_argument("--operations", type=int, default=1000)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--keep", action="store_true", help="keep the folder in any case")
    given = asked.parse_args()
    folder = Path(tempfile.mkdtemp(prefix=f"machine-{given.node}-"))
    try:
        LostMachine(folder, given.seed, given.node, lambda line: print(line, flush=True)).run(given.operations)
    except MachineNotBack as fault:
        print(fault)
        return 1
    if not given.keep:
        shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
