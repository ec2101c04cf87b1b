"""A service's start: it begins a new incarnation, or finds at once that its database was put back from a backup."""

from __future__ import annotations

from pathlib import Path

import structlog
from sqlalchemy import update

from services.kernel.runtime.storing.database import Database
from services.kernel.runtime.storing.standing import note_incarnation, read_last_incarnation, read_standing
from services.kernel.runtime.storing.tables import OUTBOX_STATE
from services.kernel.runtime.surroundings.clock import utc_now

log = structlog.get_logger()

PUT_BACK = "数据库比上次运行时旧（第 {found} 次启动，上次是第 {last} 次），多半是从备份恢复的，请执行 restore"


async def begin_incarnation(database: Database, folder: Path) -> None:
    """Raise the incarnation in the database and beside the data; from now on the broker is to be asked.

    A database whose number is lower than the one beside the data was put back from a backup. It
    is blocked then and there, whether the broker answers or not. The file follows the commit: a
    start that broke off between them leaves the lower number in the file, which says nothing.
    """
    last = read_last_incarnation(folder, database.service)
    async with database.ungated().transaction(utc_now()) as tx:
        standing = await read_standing(tx.session)
        if standing.incarnation < last and not standing.blocked_reason:
            reason = PUT_BACK.format(found=standing.incarnation, last=last)
            await tx.session.execute(update(OUTBOX_STATE).values(blocked_reason=reason))
            log.error("node.database.put_back", service=database.service, reason=reason)
        elif not standing.blocked_reason:
            await tx.session.execute(update(OUTBOX_STATE).values(incarnation=standing.incarnation + 1))
            last = standing.incarnation + 1
    note_incarnation(folder, database.service, last)
    database.gate.await_check()
