"""What is done to the nodes and brokers: each fault by its name, seeded, healed before the next begins."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from deploy.demo.officers import CallRefused, Officer
from deploy.demo.world import DemoWorld
from tests.faults.campaign.books import NODES, SERVICES
from tests.faults.campaign.promises import LostTime

if TYPE_CHECKING:
    from tests.faults.campaign.running import Witness

LINKS = (("township", "district"), ("district", "city"))
BETWEEN_S = (3.0, 9.0)
LASTS_S = (0.5, 8.0)

Say = Callable[[str], None]


class Faults:
    """One fault after another until told to stop; what was begun is always healed."""

    def __init__(self, world: DemoWorld, seed: int, chosen: dict[str, Fault], witness: Witness, say: Say) -> None:
        self.world = world
        self.chance = random.Random(f"{seed}/faults")
        self.chosen = chosen
        self.witness = witness
        self.say = say
        self.planted: set[str] = set()
        self.backed_up_at: dict[str, float] = {}
        self.lost: list[LostTime] = []
        self.stop = threading.Event()
        self.fault: BaseException | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        """Let it begin."""
        self._thread.start()

    def end(self) -> None:
        """Let the fault in hand be healed.

        Raises:
            BaseException: A node or broker did not come up again.
        """
        self.stop.set()
        self._thread.join()
        if self.fault:
            raise self.fault

    def _run(self) -> None:
        try:
            while not self.stop.wait(self.chance.uniform(*BETWEEN_S)):
                self._one()
        except BaseException as fault:  # noqa: BLE001 - told at the end, in the thread that asks
            self.fault = fault

    def _one(self) -> None:
        name = self.chance.choice(list(self.chosen))
        node_id = self.chance.choice(NODES)
        self.say(f"{name} {node_id}")
        self.chosen[name](self, node_id)

    def lasts(self) -> None:
        """Leave things as they are for a while."""
        time.sleep(self.chance.uniform(*LASTS_S))

    def broker_data(self, node_id: str) -> Path:
        """Where a broker keeps what it is told."""
        return self.world.brokers[node_id].directory / "data"

    def database(self, node_id: str, service: str) -> Path:
        """A service's file."""
        return self.world.nodes[node_id].directory / "data" / f"{service}.db"


def kill_node(faults: Faults, node_id: str) -> None:
    """The node ends as in a power cut, and is started again."""
    faults.world.nodes[node_id].kill()
    faults.lasts()
    faults.world.restart(node_id)


def stop_node(faults: Faults, node_id: str) -> None:
    """The node is stopped in an orderly way while people work, and started again."""
    faults.world.nodes[node_id].stop()
    faults.lasts()
    faults.world.restart(node_id)


def kill_broker(faults: Faults, node_id: str) -> None:
    """The broker ends at once, and is started again."""
    faults.world.brokers[node_id].kill()
    faults.lasts()
    faults.world.brokers[node_id].start()


def kill_both(faults: Faults, node_id: str) -> None:
    """The machine that holds a node and its broker loses power."""
    faults.world.nodes[node_id].kill()
    faults.world.brokers[node_id].kill()
    faults.lasts()
    faults.world.brokers[node_id].start()
    faults.world.restart(node_id)


def freeze_node(faults: Faults, node_id: str) -> None:
    """The node stands still, and goes on as if nothing had happened."""
    _freeze(faults, faults.world.nodes[node_id].pid)


def freeze_broker(faults: Faults, node_id: str) -> None:
    """The broker stands still, and goes on."""
    _freeze(faults, faults.world.brokers[node_id].pid)


def cut_link(faults: Faults, node_id: str) -> None:
    """The link to the neighbour is down for a while."""
    node_id, peer = LINKS[faults.chance.randrange(len(LINKS))][:: faults.chance.choice((1, -1))]
    with Officer(faults.world.nodes[node_id], "admin") as admin:
        try:
            admin.call("POST", f"/exchange/api/v1/links/{peer}/pause")
            faults.lasts()
        finally:
            _insist(lambda: admin.call("POST", f"/exchange/api/v1/links/{peer}/resume"))


def lock_database(faults: Faults, node_id: str) -> None:
    """Somebody else writes to a service's database and takes his time."""
    service = faults.chance.choice(SERVICES)
    with closing(sqlite3.connect(faults.database(node_id, service), timeout=30, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        faults.lasts()
        other.execute("ROLLBACK")


def _freeze(faults: Faults, pid: int | None) -> None:
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    try:
        faults.lasts()
    finally:
        os.kill(pid, signal.SIGCONT)


def _insist(act: Callable[[], object], within_s: float = 60.0) -> None:
    give_up_at = time.monotonic() + within_s
    while True:
        try:
            act()
        except CallRefused:
            if time.monotonic() > give_up_at:
                raise
            time.sleep(0.5)
        else:
            return


Fault = Callable[[Faults, str], None]

KILLS_AND_CUTS: dict[str, Fault] = {
    fault.__name__: fault
    for fault in (
        kill_node, stop_node, kill_broker, kill_both, freeze_node, freeze_broker, cut_link, lock_database,
    )
}  # fmt: skip
