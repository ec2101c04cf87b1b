"""A machine and its broker are lost, and come back from a backup that was taken in the middle of the work."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from deploy.demo.nodes import spare_ports
from deploy.demo.world import DemoWorld
from tests.faults.campaign.attempts import Diary
from tests.faults.campaign.books import NODES, Told, ledgers
from tests.faults.campaign.comparing import Comparison
from tests.faults.campaign.promises import LostTime, broken_promises
from tests.faults.campaign.returns import command
from tests.faults.campaign.running import SETTINGS, SETTLES_WITHIN_S
from tests.faults.campaign.work import Work
from tests.faults.machines.snapshot import Shown, excused, look

Facts = dict[tuple[str, str], Told]

BACKED_UP_AFTER, LOST_AFTER = 0.4, 0.75
"""At which part of the operations the backup is made, and the machine is lost."""


class MachineNotBack(Exception):
    """The nodes differ after the restore; the message has the differences."""


class AfterTheLoss(Comparison):
    """The usual comparison; a fact that came back from a neighbour may have another number at home."""

    lost_node = ""

    def lost_by_the_teller(self) -> Iterator[str]:
        """A fact that a neighbour holds is told again by the node that was lost."""
        back = {one.event_id for one in self.told[self.lost_node]}
        for (node, event_id), one in self.gone.items():
            if node == self.lost_node and event_id not in back:
                yield f"in the backup or with a neighbour, and {node} that told it has it no more: {one}"


class LostMachine:
    """Three nodes at work, one backed up in the middle; then its machine is lost and restored, and work goes on.

    Attributes:
        gone: Facts told before the loss that must be in force afterwards.
        lost: Facts that only the lost machine and its broker had: told after the backup, and for no neighbour.
    """

    def __init__(self, folder: Path, seed: int, node: str, say: Callable[[str], None] = print) -> None:
        self.folder, self.seed, self.node = folder, seed, node
        self._say = say
        self._began = time.monotonic()
        self.diary = Diary()
        self.gone: Facts = {}
        self.lost: list[Told] = []
        self.times: list[LostTime] = []

    def say(self, text: str) -> None:
        """Note a step with its time."""
        self._say(f"{time.monotonic() - self._began:7.1f} s  {text}")

    def run(self, operations: int) -> None:
        """Work, the backup, work, the loss, the restore, the comparison; then work again, and the comparison again.

        Raises:
            MachineNotBack: Something is missing, double or out of order.
        """
        self.say(f"{self.node}, seed {self.seed}, {operations} operations, in {self.folder}")
        world = DemoWorld.start(self.folder, ports=spare_ports(), fresh=True, settings=SETTINGS)
        try:
            backed_up_at = self._work_and_back_up(world, operations)
            before = self._lose(world, backed_up_at)
            self._restore(world)
            self._compare_with(world, before)
            self._work(world, self.seed + 1, operations)
            self._settle(world, self._differences)
            self._verify(world)
        finally:
            world.stop()
        self.say(f"{len(self.gone)} facts of before the loss and all later ones are in force once and in order")

    def _work_and_back_up(self, world: DemoWorld, operations: int) -> float:
        """Work until the loss, the node backed up meanwhile; the time of the backup."""
        work = Work(world, self.seed, self.diary)
        work.start()
        self._until(int(operations * BACKED_UP_AFTER), work)
        backed_up_at = time.time()
        self._say_all(f"backup {self.node}", command(world.nodes[self.node], "backup", str(self._file)))
        self._until(max(int(operations * LOST_AFTER), len(self.diary.attempts) + operations // 4), work)
        work.end()
        self.say(f"{len(self.diary.attempts)} operations: {dict(self.diary.outcomes.most_common())}")
        return backed_up_at

    def _work(self, world: DemoWorld, seed: int, operations: int) -> None:
        before = len(self.diary.attempts)
        work = Work(world, seed, self.diary)
        work.start()
        self._until(max(operations, before + operations // 4), work)
        work.end()
        self.say(f"{len(self.diary.attempts) - before} operations more: {dict(self.diary.outcomes.most_common())}")

    def _until(self, operations: int, work: Work) -> None:
        while len(self.diary.attempts) < operations and not work.faults:
            time.sleep(0.2)

    def _lose(self, world: DemoWorld, backed_up_at: float) -> frozenset[Shown]:
        """Wait until all is carried, note what there is, and lose the machine."""
        self._settle(world, lambda world: Comparison(ledgers(world.base), {}).differences())
        books = ledgers(world.base)
        safe = self._held_elsewhere(world) | self._in_the_backup()
        for ledger in books.values():
            for one in ledger.told():
                if one.node == self.node and one.event_id not in safe:
                    self.lost.append(one)
                else:
                    self.gone[one.node, one.event_id] = one
        before = look(books)
        self.times.append(LostTime(self.node, backed_up_at, time.time()))
        world.nodes[self.node].kill()
        world.brokers[self.node].kill()
        for place in ("data", "broker"):
            path = world.base / self.node / place
            path.rename(path.with_name(f"lost-{place}"))
        self.say(
            f"{self.node} is lost with its broker: {len(self.gone)} facts must be in force, "
            f"{len(self.lost)} were there alone"
        )
        return before

    def _held_elsewhere(self, world: DemoWorld) -> set[str]:
        """Facts that came to the lost node from a neighbour, or went from it to one."""
        found: set[str] = set()
        queries = (
            ("SELECT event_id FROM exchange_arrival WHERE link = ?", f"{self.node}>{{}}"),
            ("SELECT event_id FROM exchange_dispatch WHERE link = ?", f"{{}}>{self.node}"),
        )
        for other in set(NODES) - {self.node}:
            ledger = ledgers(world.base)[other, "exchange"]
            for query, link in queries:
                found.update(ledger.column(query, link.format(other)))
        return found

    def _in_the_backup(self) -> set[str]:
        data = self.folder / "unpacked" / self.node / "data"
        shutil.unpack_archive(self._file, data, filter="data")
        for file in (data / "databases").iterdir():
            file.rename(data / file.name)
        kept = (ledger for (node, _), ledger in ledgers(self.folder / "unpacked").items() if node == self.node)
        return {one.event_id for ledger in kept for one in ledger.told()}

    def _restore(self, world: DemoWorld) -> None:
        """On the empty machine, as docs/how-to/restore.md says."""
        world.brokers[self.node].start()
        said = command(world.nodes[self.node], "restore-node", str(self._file))
        self._say_all(f"restore-node {self.node}", said)
        world.restart(self.node)

    def _compare_with(self, world: DemoWorld, before: frozenset[Shown]) -> None:
        self._settle(world, lambda world: [*self._differences(world), *self._shown_otherwise(world, before)])
        for one in self.lost:
            self.say(f"was on the lost machine alone: {one}")
        for shown in sorted(look(ledgers(world.base)) ^ before, key=str):
            self.say(f"{'stood' if shown in before else 'stands now'}: {shown}")
        self._verify(world)

    def _differences(self, world: DemoWorld) -> list[str]:
        """What is missing, double or out of order."""
        books = ledgers(world.base)
        comparison = AfterTheLoss(books, self.gone)
        comparison.lost_node = self.node
        return [*comparison.differences(), *broken_promises(self.diary.attempts, books, self.times)]

    def _shown_otherwise(self, world: DemoWorld, before: frozenset[Shown]) -> Iterator[str]:
        """What does not stand as it stood, though nothing of it was lost."""
        may_differ = excused(self.lost, self.diary.attempts, self.times)
        for one in look(ledgers(world.base)) ^ before:
            if one.node != self.node:
                yield f"a neighbour shows otherwise: {one}"
            elif not one.ids & may_differ:
                yield f"{'stood' if one in before else 'stands now'}, and nothing of it was lost: {one}"

    def _verify(self, world: DemoWorld) -> None:
        for node_id, node in world.nodes.items():
            self.say(f"verified {node_id}: {len(command(node, 'exchange', 'verify').splitlines())} chains")

    def _settle(self, world: DemoWorld, differences: Callable[[DemoWorld], list[str]]) -> None:
        give_up_at = time.monotonic() + SETTLES_WITHIN_S
        while found := differences(world):
            if time.monotonic() > give_up_at:
                raise MachineNotBack(f"{len(found)} differences, in {self.folder}:\n" + "\n".join(found[:60]))
            time.sleep(2.0)
        self.say("told and applied agree")

    def _say_all(self, who: str, said: str) -> None:
        for line in said.splitlines():
            self.say(f"{who}: {line}")

    @property
    def _file(self) -> Path:
        return self.folder / "backup.tar.gz"
