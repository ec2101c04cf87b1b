"""A holder of a lease whose machine loses its power says no goodbye: the server notices, and another takes over."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy.exc import DBAPIError

from services.kernel.runtime.storing.leases import Lease
from tests.faults.counting import counting_service
from tests.support.postgres import PostgresServer, find_programs
from tests.support.service import service_database

NOTICED_WITHIN_S = 180
"""It takes twenty seconds; without the server's questions it would take two hours."""


@dataclass(frozen=True)
class Neighbour:
    """A machine of its own, as the network sees it, on a cable to this one."""

    name: str
    server_address: str

    def cut(self) -> None:
        """Its end of the cable goes dead: nothing is sent, nothing is answered."""
        _ip("-n", self.name, "link", "set", "far", "down")


@pytest.fixture
def neighbour() -> Iterator[Neighbour]:
    if os.geteuid() != 0:
        pytest.skip("only root can lay a cable")
    name, near = f"shangda{os.getpid()}", f"sh{os.getpid()}"
    net = f"10.231.{os.getpid() % 250}"
    made = Neighbour(name, f"{net}.1")
    _ip("netns", "add", name)
    try:
        _ip("link", "add", near, "type", "veth", "peer", "name", "far", "netns", name)
        _ip("addr", "add", f"{net}.1/30", "dev", near)
        _ip("link", "set", near, "up")
        _ip("-n", name, "addr", "add", f"{net}.2/30", "dev", "far")
        _ip("-n", name, "link", "set", "far", "up")
        yield made
    finally:
        _ip("netns", "del", name)


@pytest.fixture
async def server(neighbour: Neighbour) -> AsyncIterator[PostgresServer]:
    if not find_programs():
        pytest.skip("PostgreSQL is not installed")
    made = await asyncio.to_thread(PostgresServer.create, also_at=neighbour.server_address)
    yield made
    await asyncio.to_thread(made.remove)


async def test_a_lease_whose_holder_lost_its_power_is_taken_over(
    neighbour: Neighbour, server: PostgresServer, tmp_path: Path
) -> None:
    url = server.new_database()
    async with service_database(counting_service(), url) as database:
        far_url = url.replace("127.0.0.1", neighbour.server_address)
        command = [
            "ip",
            "netns",
            "exec",
            neighbour.name,
            sys.executable,
            "-m",
            "tests.faults.holder",
            str(far_url),
            str(tmp_path),
        ]
        holder = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE)
        assert holder.stdout
        assert await asyncio.wait_for(holder.stdout.readline(), 120) == b"held\n"
        lease = Lease(database, "relay", folder=tmp_path)
        assert not await lease.take()
        neighbour.cut()
        await _take_over(lease)
        assert lease.term == 2
        await lease.release()
        holder.kill()
        await holder.wait()


async def _take_over(lease: Lease) -> None:
    give_up_at = time.monotonic() + NOTICED_WITHIN_S
    while time.monotonic() < give_up_at:
        with suppress(DBAPIError):  # the row is still locked by the holder's transaction
            if await lease.take():
                return
        await lease.release()
        await asyncio.sleep(0.5)
    raise AssertionError("the server still believes in the holder")


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True)
