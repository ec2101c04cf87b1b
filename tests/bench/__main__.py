"""Runs the chosen parts one after the other and prints what they found."""

from __future__ import annotations

import argparse
import asyncio
import logging
import shutil
import sys
import tempfile
import time
from pathlib import Path

import structlog
import uvloop

from tests.bench.figures import Figure, keep, machine, show
from tests.bench.parts import PARTS
from tests.bench.surroundings import Surroundings


def main(arguments: list[str]) -> int:
    """Measure the named parts, or all of them."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=main.__doc__)
    parser.add_argument("names", nargs="*", metavar="part", help=f"of {', '.join(PARTS)}")
    parser.add_argument("--backlog", type=int, default=20_000, help="routine facts before the urgent ones")
    given = parser.parse_args(arguments)
    if unknown := set(given.names) - PARTS.keys():
        parser.error(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    logging.disable(logging.ERROR)
    before = machine()
    print(f"{before['processor']}, {before['cores']} cores, {before['memory_gb']} GB, load {before['load_average']}")
    figures: list[Figure] = []
    folder = Path(tempfile.mkdtemp(prefix="shangda-bench-"))
    with Surroundings(folder, backlog=given.backlog) as around:
        for name in given.names or PARTS:
            began = time.monotonic()
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                found = runner.run(PARTS[name](around))
            print(f"\n{name} ({time.monotonic() - began:.0f} s)\n{show(found)}", flush=True)
            figures += found
    shutil.rmtree(folder, ignore_errors=True)
    print(f"\n{keep(figures, before)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
