"""Whether a service's database is as new as what it has told, and who may write meanwhile."""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from services.kernel.language.refusal import Refusal
from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.storing.tables import OUTBOX_STATE

LOOK_EVERY_S = 1.0
CHECK_WITHIN_S = 30.0
PATIENCE_S = 5.0
UNFINISHED_AFTER_S = 60.0
"""No member takes so long to note its incarnation: its file was left by a kill."""


class DatabaseOlderThanTold(Refusal):
    """这个服务的数据库比它发出过的信息旧，在恢复完成之前不能保存。"""

    status = 503
    code = "database_older_than_told"
    message = (
        "现在不能保存：这个服务的数据库比它发出过的信息旧，多半是从备份恢复的。"
        "页面可以照常查看。请管理员执行 python -m services restore <服务>，完成后即可保存，不用重启。"
    )
    retry_after_s = 30


class StillStarting(Refusal):
    """系统刚启动，正在核对数据，请稍候再保存。"""

    status = 503
    code = "starting"
    message = "系统刚启动，正在核对数据，请几秒后再保存。"
    retry_after_s = 3


@dataclass(frozen=True, slots=True)
class Standing:
    """What the database says of itself.

    `incarnation` is raised at every start; `checked` is the one for which the broker was last
    asked whether it holds facts that the outbox forgot.
    """

    blocked_reason: str | None
    incarnation: int
    checked: int

    @property
    def is_checked(self) -> bool:
        """Whether the check of the present incarnation is done."""
        return self.checked >= self.incarnation


async def read_standing(session: AsyncSession) -> Standing:
    """The standing as it is in the database."""
    state = OUTBOX_STATE.c
    row = (await session.execute(select(state.blocked_reason, state.incarnation, state.checked))).one()
    return Standing(row.blocked_reason, row.incarnation, row.checked)


async def incarnation(session: AsyncSession) -> int:
    """How many lives the database has had: a number that a restore never lowers and every start raises."""
    return (await read_standing(session)).incarnation


class Gate:
    """Lets the writes of one service pass, or refuses them; asks the database at most once a second.

    Another process may block or unblock: what counts is what stands in the database.
    """

    def __init__(self, read: Callable[[], Awaitable[Standing]]) -> None:
        self._read = read
        self._seen: Standing | None = None
        self._seen_at = 0.0
        self._check_until = 0.0

    def await_check(self) -> None:
        """This process has just begun: until its check is done, for a bounded time, nothing is written."""
        self._check_until = time.monotonic() + CHECK_WITHIN_S
        self.changed()

    def broker_is_away(self) -> None:
        """There is nobody to ask: a node works alone for days."""
        self._check_until = 0.0

    def changed(self) -> None:
        """Look again before the next write."""
        self._seen = None

    async def refusal(self) -> Refusal | None:
        """Why nothing may be written now, or None."""
        standing = await self._look()
        if standing.blocked_reason:
            return DatabaseOlderThanTold()
        if time.monotonic() < self._check_until and not standing.is_checked:
            return StillStarting()
        return None

    async def require_open(self) -> None:
        """Let a person's write pass, after a short wait while the start is not complete.

        Raises:
            DatabaseOlderThanTold: Until a restore is done.
            StillStarting: The wait was not enough.
        """
        give_up_at = time.monotonic() + PATIENCE_S
        while refusal := await self.refusal():
            self.changed()
            if isinstance(refusal, DatabaseOlderThanTold) or time.monotonic() > give_up_at:
                raise refusal
            await asyncio.sleep(0.05)

    async def until_open(self) -> None:
        """Let background work pass; it waits, however long that takes."""
        while await self.refusal():
            await asyncio.sleep(0.5)
            self.changed()

    async def _look(self) -> Standing:
        if self._seen is None or time.monotonic() - self._seen_at > LOOK_EVERY_S:
            self._seen, self._seen_at = await self._read(), time.monotonic()
        return self._seen


def read_last_incarnation(folder: Path, service: str) -> int:
    """The incarnation noted beside the data at the last start; 0 when there is none."""
    try:
        return int((folder / "incarnation" / service).read_text())
    except (FileNotFoundError, ValueError):
        return 0


def note_incarnation(folder: Path, service: str, number: int) -> None:
    """Note the incarnation beside the data, so that a database put back from a backup shows at once.

    Two members that start at once both note it, each through a file of its own. What a kill left of
    such files is swept up.
    """
    path = folder / "incarnation" / service
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(f".{secrets.token_hex(4)}.new")
    with fresh.open("w") as file:
        file.write(str(number))
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    _sweep(path)


def _sweep(path: Path) -> None:
    for left in path.parent.glob(f"{path.name}.*.new"):
        with contextlib.suppress(FileNotFoundError):  # written to its end, or swept by another member
            if time.time() - left.stat().st_mtime > UNFINISHED_AFTER_S:
                left.unlink()
