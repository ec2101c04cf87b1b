"""Settings of one node, read once from the environment (SHANGDA_*) and passed in everywhere."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict

from services.kernel.language.vocabulary import Level

ALL_SERVICES = ("directory", "intake", "review", "disclosure", "stats", "exchange")


@dataclass(frozen=True, slots=True)
class NodeInfo:
    """Which node this is: id on the wire, full Chinese name, level."""

    node_id: str
    name: str
    level: Level


class Settings(BaseSettings):
    """Everything that differs from node to node.

    `database_url` empty means one SQLite file per service in `data_dir`; a PostgreSQL URL
    (`postgresql+asyncpg://…/db`) means one schema per service. `node_url` empty means that the
    services of this node run in this process; else it is the node's own address.
    """

    model_config = SettingsConfigDict(env_prefix="SHANGDA_", extra="ignore", frozen=True)

    node_id: str = "township"
    node_name: str = "安澜市云岭区龙潭乡"
    level: Level = Level.TOWNSHIP
    services: str = ",".join(ALL_SERVICES)
    host: str = "127.0.0.1"
    port: int = 8101
    data_dir: Path = Path(".run/data")
    kafka: str = "127.0.0.1:9092"
    database_url: str = ""
    node_url: str = ""
    demo: bool = False
    fonts_dir: Path = Path(".run/fonts")
    secure_cookies: bool = False
    attachment_limit_mb: int = 50
    link_heartbeat_s: float = 60.0

    @property
    def node(self) -> NodeInfo:
        """The node these settings describe."""
        return NodeInfo(self.node_id, self.node_name, self.level)

    @property
    def service_names(self) -> tuple[str, ...]:
        """The services this process runs, in the order given."""
        return tuple(name.strip() for name in self.services.split(",") if name.strip())

    def topic(self, name: str) -> str:
        """The full name of a topic on the broker, e.g. `township.intake.submission`."""
        return f"{self.node_id}.{name}"
