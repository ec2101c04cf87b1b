"""Faults after which a node is not what it was: its databases of some time ago are put back, and `restore` is run."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

from deploy.demo.process import ROOT, NodeProcess
from tests.faults.campaign.books import SERVICES
from tests.faults.campaign.faults import Fault, Faults
from tests.faults.campaign.promises import LostTime
from tests.faults.campaign.strangers import MARK


def back_up(faults: Faults, node_id: str) -> None:
    """Copy the node's databases while it runs; the next return of this node begins from here."""
    folder = backup_of(faults, node_id)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    faults.backed_up_at[node_id] = time.time()
    for service in SERVICES:
        with (
            closing(sqlite3.connect(faults.database(node_id, service), timeout=30)) as source,
            closing(sqlite3.connect(folder / f"{service}.db")) as copy,
        ):
            source.backup(copy)


def put_back(faults: Faults, node_id: str) -> None:
    """The machine is lost, and the node goes on from its last backup, as docs/how-to say."""
    folder = backup_of(faults, node_id)
    if not folder.exists():
        back_up(faults, node_id)
        return
    node = faults.world.nodes[node_id]
    node.kill()
    with faults.witness.looking_away():
        faults.lost.append(LostTime(node_id, faults.backed_up_at[node_id], time.time()))
        for service in SERVICES:
            for end in ("-wal", "-shm"):
                Path(f"{faults.database(node_id, service)}{end}").unlink(missing_ok=True)
            shutil.copy(folder / f"{service}.db", faults.database(node_id, service))
    node.start()
    faults.lasts()
    for line in _restore(node).splitlines():
        faults.say(f"restore {node_id}: {line}")
    faults.world.restart(node_id)


def _restore(node: NodeProcess) -> str:
    """What `restore` says; facts of the node's own future, which it cannot replay, are accepted as docs/how-to say."""
    try:
        return command(node, "restore", "all")
    except RuntimeError as refused:
        lines = [line for line in str(refused).splitlines() if "：未知类型或更新的版本：" in line]
        if not lines or not all(f" {MARK}" in line for line in lines):
            raise
        return command(node, "restore", "all", "--accept")


def command(node: NodeProcess, *arguments: str) -> str:
    """What one of the node's commands says.

    Raises:
        RuntimeError: It failed.
    """
    others = {name: value for name, value in os.environ.items() if not name.startswith("SHANGDA_")}
    done = subprocess.run(
        [sys.executable, "-m", "services", *arguments],
        env={**others, **node.environment()}, cwd=ROOT, capture_output=True, text=True, check=False, timeout=900,
    )  # fmt: skip
    if done.returncode != 0:
        raise RuntimeError(f"{node.plan.node_id} {arguments}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout or done.stderr or "-"


def backup_of(faults: Faults, node_id: str) -> Path:
    """Where the node's last backup lies."""
    return faults.world.base / "backups" / node_id


RETURNS: dict[str, Fault] = {fault.__name__: fault for fault in (back_up, put_back)}
