"""A command gets its turn on an SQLite database while the node writes without pause."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from sqlalchemy import insert, select

from services.kernel.runtime.storing.database import Database
from tests.faults.counting import counting_service
from tests.faults.outsider import OURS
from tests.integration.kernel.toy import APPLIED
from tests.support.service import DISTRICT, NOW, service_database

ROWS = 8
AT_MOST = 5
"""So few transactions of the node go before one that knocked: the one that writes, and those of the node's own turn."""


async def test_a_command_is_let_in_while_the_node_writes_without_pause(tmp_path: Path) -> None:
    path = tmp_path / "node.db"
    async with service_database(counting_service(), f"sqlite+aiosqlite:///{path}", DISTRICT) as node:
        stop = asyncio.Event()
        hearing = asyncio.create_task(node.word.listen(stop))
        writing = asyncio.create_task(_write_on(node, stop))
        try:
            outsider = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "tests.faults.outsider", str(path), str(ROWS)
            )
            ended = await asyncio.wait_for(outsider.wait(), 120)
        finally:
            stop.set()
            await asyncio.gather(hearing, writing)
        async with node.reading() as session:
            rows = list(await session.execute(select(APPLIED.c.key, APPLIED.c.name).order_by(APPLIED.c.id)))
    assert ended == 0
    waited = [int(name) for key, name in rows if key == OURS]
    assert len(waited) == ROWS
    assert max(waited) <= AT_MOST, waited


async def _write_on(node: Database, stop: asyncio.Event) -> None:
    """Transactions one behind the other, each as long as a batch of facts."""
    n = 0
    while not stop.is_set():
        async with node.transaction(NOW) as tx:
            await tx.session.execute(insert(APPLIED).values(key="node", name=str(n)))
            await asyncio.sleep(0.1)
        n += 1
