"""Runs three nodes in steady use for some minutes and judges the lines: `python -m tests.soak 20`."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections import defaultdict
from contextlib import suppress
from pathlib import Path

import httpx

from deploy.demo.nodes import spare_ports
from deploy.demo.world import DemoWorld
from tests.soak.samples import Sample, sample_of
from tests.soak.slopes import lines_of
from tests.soak.use import Use

SAMPLE_EVERY_S = 5.0
KEPT = Path(".run/soak.json")

Taken = dict[str, list[tuple[float, Sample]]]


def main(minutes: float) -> int:
    """Use the nodes for so many minutes; 1 when a line grows, or the use failed or came to a stand."""
    world = DemoWorld.start(Path(tempfile.mkdtemp(prefix="shangda-soak-")), ports=spare_ports(), fresh=True)
    use = Use(world)
    taken: Taken = defaultdict(list)
    try:
        use.start()
        _watch(world, taken, minutes * 40)
        use.count_lately()
        _watch(world, taken, minutes * 20, from_s=minutes * 40)
    finally:
        use.stop()
        world.stop()
    KEPT.write_text(json.dumps(taken))
    return _judge(use, taken, minutes)


def _watch(world: DemoWorld, taken: Taken, for_s: float, *, from_s: float = 0.0) -> None:
    began, said = time.monotonic() - from_s, -60.0
    while (at := time.monotonic() - began) < from_s + for_s:
        for name, node in world.nodes.items():
            _sample(taken[name], at, node.pid or 0, node.url)
        for name, broker in world.brokers.items():
            _sample(taken[f"broker {name}"], at, broker.pid or 0)
        if at - said >= 60:
            said = at
            print(
                f"{at:6.0f} s  " + "  ".join(f"{name} {some[-1][1]}" for name, some in taken.items() if some),
                flush=True,
            )
        time.sleep(SAMPLE_EVERY_S)


def _sample(some: list[tuple[float, Sample]], at: float, pid: int, url: str = "") -> None:
    """One more sample; on a busy machine a node may not answer in time, and is asked again later."""
    with suppress(httpx.TimeoutException):
        some.append((at, sample_of(pid, url)))


def _judge(use: Use, taken: Taken, minutes: float) -> int:
    lines = lines_of(taken)
    print(
        f"\n{minutes:g} minutes; done: {dict(use.done)}; late: {use.late}; failed: {len(use.failed)} {use.failed[:3]}\n"
    )
    print("\n".join(map(str, lines)))
    print(f"\nevery sample: {KEPT}")
    if idle := [name for name, count in use.done_lately.items() if not count]:
        print(f"nothing was done in the last third by: {', '.join(idle)}")
    growing = [line for line in lines if not line.is_flat]
    return 1 if growing or idle or len(use.failed) > sum(use.done.values()) / 100 else 0


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]) if len(sys.argv) > 1 else 20.0))
