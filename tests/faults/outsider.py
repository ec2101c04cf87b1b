"""A command in a process of its own: writes a few rows into an SQLite database that a node writes without pause.

    python -m tests.faults.outsider <database> <rows>

Each row's name says how many rows the node wrote while this one waited for its turn.
"""

from __future__ import annotations

import asyncio
import sys

from sqlalchemy import func, insert, select

from services.kernel.runtime.storing.database import Database
from tests.integration.kernel.toy import APPLIED
from tests.support.service import DISTRICT, NOW

OURS = "outside"


async def write(path: str, rows: int) -> None:
    """Write the rows, one a transaction."""
    database = Database(f"sqlite+aiosqlite:///{path}", service="directory", node=DISTRICT)
    counted = select(func.count()).select_from(APPLIED)
    for _ in range(rows):
        async with database.door.knocked():  # here already, so that what the machine does before is not counted
            async with database.reading() as session:
                before = (await session.execute(counted)).scalar_one()
            async with database.transaction(NOW) as tx:
                waited = (await tx.session.execute(counted)).scalar_one() - before
                await tx.session.execute(insert(APPLIED).values(key=OURS, name=str(waited)))
    await database.close()


if __name__ == "__main__":
    asyncio.run(write(sys.argv[1], int(sys.argv[2])))
