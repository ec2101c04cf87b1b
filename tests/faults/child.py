"""A node in a process of its own, with the places where it may be told to die."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from services.kernel.language.events.directory import OfficerAppointed, UnitRegistered
from services.kernel.language.vocabulary import Level
from services.kernel.runtime.pages.templating import make_templates
from services.kernel.runtime.running import service_runner as running
from services.kernel.runtime.running.serving import serve
from services.kernel.runtime.storing.transaction import Transaction
from services.kernel.runtime.surroundings.settings import Settings
from services.kernel.runtime.telling.agents import application, supervised
from services.kernel.runtime.telling.inbox import Inbox, ListensTo, Message
from services.kernel.runtime.telling.relay import Relay
from tests.faults.counting import counting_service, note_and_pass_on, note_passed_on, teller

make_templates().compile_all()  # once, in the process that all are forked from

PUBLISHED_BEFORE = 2
APPLIED_BEFORE = 2


def die() -> None:
    """End as a power cut would."""
    os.kill(os.getpid(), signal.SIGKILL)


class DiesAfterCommit(Relay):
    """Facts are committed and not yet sent."""

    published = 0

    async def _publish(self, producer: Any, rows: Sequence[Any]) -> None:
        if self.published >= PUBLISHED_BEFORE:
            die()
        await super()._publish(producer, rows)
        self.published += 1


class DiesAfterSend(Relay):
    """The broker has acknowledged, and nothing is marked yet: dies where the marking would begin."""

    published = 0

    async def _publish(self, producer: Any, rows: Sequence[Any]) -> None:
        if self.published >= PUBLISHED_BEFORE:
            self.database = self.database.fenced(_die_when_called)  # the first thing that marking does
        await super()._publish(producer, rows)
        self.published += 1


async def _die_when_called(*_: Any) -> None:
    die()


class DiesAfterApply(Inbox):
    """Effects are committed and not yet acknowledged."""

    received = 0

    async def receive(self, messages: Sequence[Message]) -> None:
        await super().receive(messages)
        self.received += 1
        if self.received > APPLIED_BEFORE:
            die()


class Escapes(Inbox):
    """Raises where nothing should: at the second batch, and never again."""

    received = 0

    async def receive(self, messages: Sequence[Message]) -> None:
        Escapes.received += 1
        if Escapes.received == 2:
            raise AttributeError("nobody expected this")
        await super().receive(messages)


class SlowToBegin(Inbox):
    """Takes longer to say where to read, the first time, than Faust waits for it."""

    has_waited = False

    async def known_positions(self, assigned: Any) -> Any:
        if not SlowToBegin.has_waited:
            SlowToBegin.has_waited = True
            await asyncio.sleep(application.REQUEST_TIMEOUT_S + 4)
        return await super().known_positions(assigned)


def listens_to(folder: Path) -> ListensTo:
    """The usual handlers; while the file `gate` is there, the handler of units waits before its end."""
    gate = folder / "gate"

    async def wait_at_the_gate(tx: Transaction, fact: UnitRegistered) -> None:
        await note_and_pass_on(tx, fact)
        while gate.exists():
            (folder / "waiting").touch()
            await asyncio.sleep(0.05)

    return {
        "directory.unit": {UnitRegistered: wait_at_the_gate},
        "directory.officer": {OfficerAppointed: note_passed_on},
    }


def run(order: dict[str, Any], log: str) -> None:
    """Serve until killed; what it says goes to the file `log`."""
    out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    os.dup2(out, 1)
    os.dup2(out, 2)
    folder = Path(order["folder"])
    dies = order.get("dies", "")
    running.Relay = {"after_commit": DiesAfterCommit, "after_send": DiesAfterSend}.get(dies, Relay)  # type: ignore[misc]
    running.Inbox = {"after_apply": DiesAfterApply, "escapes": Escapes, "slow_to_begin": SlowToBegin}.get(dies, Inbox)  # type: ignore[misc]
    if dies == "slow_to_begin":
        application.SESSION_TIMEOUT_S, application.REQUEST_TIMEOUT_S, supervised.START_WITHIN_S = 6.0, 8.0, 16.0
    settings = Settings(
        node_id=order["node_id"], node_name="安澜市云岭区", level=Level.COUNTY, data_dir=folder / "data",
        database_url=order["database_url"], kafka=order["kafka"], port=order["port"], demo=True,
        **order.get("settings", {}),
    )  # fmt: skip
    workers = (teller(order["total"], order.get("pause_s", 0.005)),) if order.get("total") else ()
    serve([counting_service(workers=workers, listens_to=listens_to(folder))], settings)
