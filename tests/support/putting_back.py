"""A service's database put back to a backup, and restored as the command does it."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import httpx
from sqlalchemy import select

from services.kernel.runtime.running.process import NodeProcess
from services.kernel.runtime.service import Service
from services.kernel.runtime.storing.database import Database
from services.kernel.runtime.storing.standing import DatabaseOlderThanTold
from services.kernel.runtime.storing.tables import OUTBOX
from services.kernel.runtime.surroundings.settings import NodeInfo, Settings
from services.kernel.runtime.telling.restoring import restore
from tests.support.service import DISTRICT, settings_for
from tests.support.waiting import eventually


def own_settings(folder: Path, kafka: str) -> Settings:
    """Settings of a district whose name no other test uses on the shared broker."""
    node = NodeInfo(f"office-{secrets.token_hex(4)}", DISTRICT.name, DISTRICT.level)
    return settings_for(node, folder, kafka=kafka)


def put_back(settings: Settings, service: str, backup: Path) -> None:
    """Exchange the service's file for the backup; nobody may have it open."""
    for leftover in settings.data_dir.glob(f"{service}.db*"):
        leftover.unlink()
    shutil.copy(backup, settings.data_dir / f"{service}.db")


async def run_restore(process: NodeProcess, service: Service) -> None:
    """As the command does it: with a database object of its own."""
    context = process.contexts[service.name]
    database = Database(context.database.url, service=service.name, node=context.node)
    try:
        await restore(service, replace(context, database=database))
    finally:
        await database.close()


async def everything_has_left(process: NodeProcess, service: str) -> None:
    """Return when the service has nothing left to tell: the broker has it all."""

    async def is_so() -> bool:
        async with process.contexts[service].database.reading() as session:
            waiting = select(OUTBOX.c.id).where(OUTBOX.c.published_at.is_(None)).limit(1)
            return (await session.execute(waiting)).first() is None

    await eventually(is_so)


async def is_refused_as_older(ask: Callable[[], Awaitable[httpx.Response]]) -> None:
    """Return when the service refuses to write because it has told more than it knows.

    A node that has just been put back says so as soon as it has looked. It need not be ready then:
    what it had not applied before the backup cannot take effect until it is restored.
    """

    async def is_so() -> bool:
        answer = await ask()
        assert answer.status_code == 503, answer.text
        return bool(answer.json()["code"] == DatabaseOlderThanTold.code)

    await eventually(is_so)
