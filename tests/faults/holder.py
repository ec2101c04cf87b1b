"""A process that takes a lease, says so, opens a transaction under it and sleeps: `python -m tests.faults.holder <url> <folder>`."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from services.kernel.runtime.storing.database import Database
from services.kernel.runtime.storing.leases import Lease
from tests.support.service import DISTRICT, NOW


async def hold(url: str, folder: Path) -> None:
    """Hold the lease, and its row's lock, until the end."""
    database = Database(url, service="directory", node=DISTRICT)
    lease = Lease(database, "relay", folder=folder)
    assert await lease.take()
    async with database.fenced(lease.check).transaction(NOW):
        print("held", flush=True)
        await asyncio.sleep(3600)


if __name__ == "__main__":
    asyncio.run(hold(sys.argv[1], Path(sys.argv[2])))
