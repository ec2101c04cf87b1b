"""A node of six services in one process: start-up, memory, and what it does while nothing happens."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import httpx

from deploy.kafka.process import free_ports
from services.kernel.runtime.storing.database import Database, database_url
from services.kernel.runtime.storing.migrations import upgrade
from services.kernel.runtime.surroundings.settings import ALL_SERVICES, Settings
from services.node import build_services
from tests.bench.figures import Figure, at_most
from tests.bench.surroundings import Surroundings

IDLE_FOR_S = 20
_TICKS = os.sysconf("SC_CLK_TCK")


async def measure_node(around: Surroundings) -> list[Figure]:
    """On SQLite, as a small node has it; the broker is not counted."""
    settings = around.settings("sqlite", port=free_ports(1)[0])
    await _migrate(settings)
    first = await _start_and_rest(settings)
    second = await _start_and_rest(settings)
    part = "node, six services"
    return [
        Figure(part, "start-up to ready, the first time (topics are made)", first["ready_s"], "s"),
        Figure(part, "start-up to ready", second["ready_s"], "s"),
        Figure(part, "start-up to ready, processor time", second["ready_cpu_s"], "s"),
        at_most(part, "memory of its own (PSS) when idle", second["memory_mb"], "MB", 250),
        at_most(part, f"processor when idle, over {IDLE_FOR_S} s", second["idle_percent"], "% of a core", 3),
        Figure(part, "threads", second["threads"], ""),
        Figure(part, "SIGTERM to gone", second["stop_s"], "s"),
    ]


async def _migrate(settings: Settings) -> None:
    for service in build_services(ALL_SERVICES):
        database = Database(database_url(settings, service.name), service=service.name, node=settings.node)
        await upgrade(database, service.migrations)
        await database.close()


async def _start_and_rest(settings: Settings) -> dict[str, float]:
    environment = os.environ | {
        f"SHANGDA_{name.upper()}": str(getattr(settings, name))
        for name in ("node_id", "node_name", "level", "kafka", "data_dir", "port", "demo")
    }
    began = time.perf_counter()
    node = subprocess.Popen(  # noqa: ASYNC220 - a moment, and nothing else runs
        [sys.executable, "-m", "services.node"], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        await _until_ready(settings.port)
        ready_s, ready_cpu_s = time.perf_counter() - began, processor_s(node.pid)
        await asyncio.sleep(5)
        before = processor_s(node.pid)
        await asyncio.sleep(IDLE_FOR_S)
        idle_percent = (processor_s(node.pid) - before) / IDLE_FOR_S * 100
        memory_mb = _field(f"/proc/{node.pid}/smaps_rollup", "Pss") / 1024
        threads = _field(f"/proc/{node.pid}/status", "Threads")
    finally:
        stopping = time.perf_counter()
        node.terminate()
        await asyncio.to_thread(node.wait, 40)
    stop_s = time.perf_counter() - stopping
    return {
        "ready_s": ready_s, "ready_cpu_s": ready_cpu_s, "idle_percent": idle_percent, "memory_mb": memory_mb, "threads": threads, "stop_s": stop_s,
    }  # fmt: skip


async def _until_ready(port: int) -> None:
    give_up_at = time.monotonic() + 90
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        while time.monotonic() < give_up_at:
            try:
                answer = await client.get("/readyz")
                if answer.status_code == 200 and answer.json()["broker"]:
                    return
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.1)
    raise TimeoutError("the node did not get ready")


def processor_s(pid: int) -> float:
    """Processor time that a process has used so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _field(path: str, name: str) -> float:
    found = re.search(rf"^{name}:\s+(\d+)", Path(path).read_text(), re.MULTILINE)
    assert found, f"{name} in {path}"
    return float(found.group(1))
