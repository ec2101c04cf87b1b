"""Settings of one node, read once from the environment (SHANGDA_*) and passed in everywhere."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from services.kernel.language.vocabulary import Level
from services.kernel.runtime.monitoring import networks_in

ALL_SERVICES = ("directory", "intake", "review", "disclosure", "stats", "exchange")

SHORTEST_KEEP_DAYS = 60
"""The broker keeps 30 days: until they are over, all may have to be published again; as much again is the margin."""


def _long_enough(days: int) -> int:
    if days and days < SHORTEST_KEEP_DAYS:
        raise ValueError(f"0 (for ever), or at least {SHORTEST_KEEP_DAYS} days")
    return days


def _networks(text: str) -> str:
    networks_in(text)
    return text


def _address(text: str) -> str:
    if not text:
        return ""
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/") or parts.query:
        raise ValueError("an address without a path, as https://open.example.gov.cn")
    return f"{parts.scheme}://{parts.netloc}"


KeepDays = Annotated[int, AfterValidator(_long_enough)]
"""How many days something is kept; 0 is for ever."""


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
    services of this node run in this process; else it is the node's own address. `public_url` is the
    address by which citizens reach the portal (`https://open.example.gov.cn`): its feed and its sitemap name it; empty,
    they name `node_url`, and without that what the caller called, which no cache then shares. At `inside_port`
    of this machine alone the public portal answers monitoring, which its own port does not (0: nowhere).
    `monitoring_from` are the addresses and networks, with commas, to which `/metrics` and the documents of the
    APIs are shown; behind a proxy the address is the one that the proxy names. `stop_within_s` is how long background work may take to finish when the node is told to stop, before it is cut.

    Every `progress_every_s` a listener compares what was told with what took effect; what was
    published `ask_again_after_s` ago and never came is asked for again; a lane that applies
    nothing for `stands_still_after_s` although facts are there makes the node not ready.

    What is kept how long (0 = for ever) and why: `docs/reference/growth.md`.
    """

    model_config = SettingsConfigDict(env_prefix="SHANGDA_", extra="ignore", frozen=True)

    node_id: str = "township"
    node_name: str = "安澜市云岭区龙潭乡"
    level: Level = Level.TOWNSHIP
    services: str = ",".join(ALL_SERVICES)
    host: str = "127.0.0.1"
    port: int = 8101
    inside_port: int = 0
    monitoring_from: Annotated[str, AfterValidator(_networks)] = "127.0.0.0/8,::1"
    data_dir: Path = Path(".run/data")
    kafka: str = "127.0.0.1:9092"
    database_url: str = ""
    node_url: str = ""
    public_url: Annotated[str, AfterValidator(_address)] = ""
    demo: bool = False
    outbox_keep_days: KeepDays = 400
    ledger_keep_days: KeepDays = 400
    statement_keep_days: KeepDays = 60
    answer_keep_hours: Annotated[int, Field(ge=1)] = 24
    fonts_dir: Path = Path(".run/fonts")
    secure_cookies: bool = False
    attachment_limit_mb: int = 50
    link_heartbeat_s: float = 60.0
    stop_within_s: float = 4.0
    progress_every_s: float = 15.0
    ask_again_after_s: float = 30.0
    stands_still_after_s: float = 120.0
    held_limit: int = 10_000
    held_limit_per_key: int = 1_000
    broker_look_s: float = 180.0

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
