"""One campaign from its seed: the world comes up, people work, faults happen, all is healed, the books are compared."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from deploy.demo.nodes import spare_ports
from deploy.demo.world import DemoWorld
from tests.faults.campaign.attempts import Diary, Seat
from tests.faults.campaign.books import Ledger, Told, ledgers
from tests.faults.campaign.comparing import Comparison
from tests.faults.campaign.faults import Fault, Faults
from tests.faults.campaign.promises import LostTime, broken_promises
from tests.faults.campaign.returns import command
from tests.faults.campaign.work import Work

SETTLES_WITHIN_S = 420.0
SAYS_EVERY_S = 30.0
LEAST_ATTEMPTS = 150
LONGER_S = 180.0
ASKED_AGAIN_WITHIN_S = 180.0
SETTINGS = {"link_heartbeat_s": "1"}


class CampaignFailed(Exception):
    """The books do not agree; the message has the seed, the last steps and the differences."""


@dataclass
class Witness:
    """Whoever looks into the outboxes all the time, so that a database put back cannot hide what had left."""

    world: DemoWorld
    gone: dict[tuple[str, str], Told] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Prepare to look."""
        self.stop = threading.Event()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def end(self) -> None:
        """Look no more."""
        self.stop.set()
        self._thread.join()

    def look(self) -> None:
        """Note every fact of which a broker has said that it holds it."""
        with self._lock:
            for ledger in ledgers(self.world.base).values():
                known = {event_id for node, event_id in self.gone if node == ledger.node}
                for one in ledger.gone(besides=known):
                    self.gone[one.node, one.event_id] = one

    @contextmanager
    def looking_away(self) -> Iterator[None]:
        """A last look; then none while the files of databases are exchanged."""
        self.look()
        with self._lock:
            yield

    def _run(self) -> None:
        while not self.stop.wait(5.0):
            self.look()


class Campaign:
    """A campaign of a given seed in a folder of its own."""

    def __init__(self, folder: Path, seed: int, faults: dict[str, Fault], say: Callable[[str], None] = print) -> None:
        self.folder, self.seed, self.faults = folder, seed, faults
        self._say = say
        self._began = time.monotonic()
        self.steps: list[str] = []
        self.gone: dict[tuple[str, str], Told] = {}
        self.planted: frozenset[str] = frozenset()
        self.lost: list[LostTime] = []
        self.diary = Diary()

    def say(self, text: str) -> None:
        """Note a step with its time."""
        line = f"{time.monotonic() - self._began:7.1f} s  {text}"
        self.steps.append(line)
        self._say(line)

    def run(self, minutes: float) -> None:
        """Work and faults for so long, then the comparison.

        Raises:
            CampaignFailed: Something was lost, double or out of order.
        """
        self.say(f"seed {self.seed}, {minutes:g} minutes, in {self.folder}")
        world = DemoWorld.start(self.folder, ports=spare_ports(), fresh=True, settings=SETTINGS)
        try:
            witness = Witness(world)
            self._disturb(world, witness, minutes * 60)
            self._settle(world, witness)
        finally:
            world.stop()

    def differences(self, books: dict[tuple[str, str], Ledger], gone: dict[tuple[str, str], Told]) -> list[str]:
        """What is lost, double or out of order, in words."""
        compared = Comparison(books, gone, self.planted).differences()
        return [*compared, *broken_promises(self.diary.attempts, books, self.lost)]

    def _disturb(self, world: DemoWorld, witness: Witness, seconds: float) -> None:
        work = Work(world, self.seed, self.diary)
        faults = Faults(world, self.seed, self.faults, witness, self.say)
        witness.start()
        work.start()
        faults.start()
        until = time.monotonic() + seconds
        give_up_at = until + LONGER_S
        while faults.fault is None and time.monotonic() < until:
            time.sleep(0.2)
        while faults.fault is None and len(self.diary.attempts) < LEAST_ATTEMPTS and time.monotonic() < give_up_at:
            time.sleep(0.2)  # on a busy machine a minute is not enough to compare anything
        faults.end()
        self.planted, self.lost = frozenset(faults.planted), faults.lost
        work.end()
        self._ask_again(world)
        witness.end()
        self.say(f"{len(self.diary.attempts)} attempts: {dict(self.diary.outcomes.most_common())}")

    def _ask_again(self, world: DemoWorld) -> None:
        """Whatever got no answer is asked once more under its key: afterwards each was done once or refused."""
        give_up_at = time.monotonic() + ASKED_AGAIN_WITHIN_S
        self.say(f"asking again for {len(self.diary.unanswered)} answers")
        while self.diary.unanswered and time.monotonic() < give_up_at:
            for attempt in self.diary.unanswered:
                seat = Seat(world.nodes[attempt.node_id], attempt.username, self.diary)
                seat.repeat(attempt)
                seat.close()
        if left := self.diary.unanswered:
            raise CampaignFailed(self._report([f"nobody answers: {attempt}" for attempt in left]))

    def _settle(self, world: DemoWorld, witness: Witness) -> None:
        """Wait until the books agree, twice in a row; say how they differ when they never do."""
        give_up_at = time.monotonic() + SETTLES_WITHIN_S
        says_at = time.monotonic() + SAYS_EVERY_S
        agreed = 0
        while agreed < 2:
            witness.look()
            found = self.differences(ledgers(world.base), witness.gone)
            agreed = 0 if found else agreed + 1
            if found and time.monotonic() > says_at:
                says_at = time.monotonic() + SAYS_EVERY_S
                self.say(f"waiting for {len(found)}, the first: {found[0]}")
            if found and time.monotonic() > give_up_at:
                raise CampaignFailed(self._report(found))
            time.sleep(2.0)
        self.gone = witness.gone
        self._verify(world)
        self.say(f"{len(witness.gone)} facts told by three nodes, each applied once and in order")

    def _verify(self, world: DemoWorld) -> None:
        """Every chain, head and receipt of every node holds, as `exchange verify` walks them."""
        for node in world.nodes.values():
            try:
                lines = command(node, "exchange", "verify").splitlines()
            except RuntimeError as fault:
                raise CampaignFailed(self._report([str(fault)])) from fault
            self.say(f"verified {node.plan.node_id}: {len(lines)} chains")

    def _report(self, found: list[str]) -> str:
        last = "\n".join(self.steps[-12:])
        attempts = "\n".join(map(str, self.diary.attempts[-12:]))
        return (
            f"seed {self.seed}, everything is kept in {self.folder}\n{last}\n\nlast attempts:\n{attempts}\n\n"
            f"{len(found)} differences:\n" + "\n".join(found[:60])
        )
