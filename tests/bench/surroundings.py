"""The servers that a run measures on: one broker, and a PostgreSQL that writes through to the disk."""

from __future__ import annotations

import secrets
from functools import cached_property
from pathlib import Path
from typing import Any, Self

from deploy.kafka.broker import Broker
from deploy.kafka.process import free_ports
from services.kernel.language.vocabulary import Level
from services.kernel.runtime.surroundings.settings import NodeInfo, Settings
from tests.support.postgres import PostgresServer, find_programs

KINDS = ("sqlite", "postgresql")


class Surroundings:
    """Starts servers when they are first asked for, and ends them all."""

    def __init__(self, folder: Path, *, backlog: int = 20_000) -> None:
        self.folder = folder
        self.backlog = backlog
        """How many routine facts urgent ones find before them."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if "broker" in self.__dict__:
            self.broker.kill()
        if "postgres" in self.__dict__:
            self.postgres.remove()

    @cached_property
    def broker(self) -> Broker:
        """The broker of this run."""
        port, controller_port = free_ports(2)
        broker = Broker(self.folder / "broker", port, controller_port)
        broker.start()
        return broker

    @cached_property
    def postgres(self) -> PostgresServer:
        """The PostgreSQL server of this run, with fsync."""
        return PostgresServer.create(fsync=True)

    @property
    def kinds(self) -> list[str]:
        """The databases that can be measured here."""
        return [kind for kind in KINDS if kind == "sqlite" or find_programs()]

    def url(self, kind: str) -> str:
        """What a new node of this kind takes as its database address."""
        return "" if kind == "sqlite" else self.postgres.new_database()

    def settings(self, kind: str, **more: Any) -> Settings:
        """Settings of a new node with a name of its own."""
        node = NodeInfo(f"b{secrets.token_hex(3)}", "安澜市云岭区", Level.COUNTY)
        values: dict[str, Any] = {
            "node_id": node.node_id, "node_name": node.name, "level": node.level, "kafka": self.broker.bootstrap,
            "data_dir": self.folder / node.node_id, "database_url": self.url(kind), "demo": True,
        }  # fmt: skip
        return Settings(**values | more)
