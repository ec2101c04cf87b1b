"""Settings of one node, read once from the environment (SHANGDA_*) and passed in everywhere."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from services.kernel.language.vocabulary import Level
from services.kernel.runtime.surroundings.monitoring import networks_in

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


def _set(default: Any, description: str) -> Any:
    """A setting: its default and what it is for, in the words of the reference page that is made from it."""
    return Field(default=default, description=description)


@dataclass(frozen=True, slots=True)
class NodeInfo:
    """Which node this is: id on the wire, full Chinese name, level."""

    node_id: str
    name: str
    level: Level


class Settings(BaseSettings):
    """Everything that differs from node to node; what is kept how long, and why: `docs/reference/growth.md`."""

    model_config = SettingsConfigDict(env_prefix="SHANGDA_", extra="ignore", frozen=True)

    node_id: str = _set("township", "节点编号：小写字母、数字；上报后不能再改")
    node_name: str = _set("安澜市云岭区龙潭乡", "节点全称")
    level: Level = _set(Level.TOWNSHIP, "层级")
    services: str = _set(",".join(ALL_SERVICES), "本进程运行哪些服务，用逗号分开")
    host: str = _set("127.0.0.1", "监听的地址")
    port: int = _set(8101, "监听的端口")
    inside_port: int = _set(0, "公开门户单独运行时，监控在本机的这个端口读取，门户的端口不回答监控；0 为不开")
    monitoring_from: Annotated[str, AfterValidator(_networks)] = _set(
        "127.0.0.0/8,::1", "哪些地址和网段可以看指标和接口说明，用逗号分开；在反向代理后面时，按代理所报的地址"
    )
    data_dir: Path = _set(Path(".run/data"), "数据目录：SQLite 库、附件、密钥")
    kafka: str = _set("127.0.0.1:9092", "消息队列的地址")
    database_url: str = _set(
        "", "PostgreSQL 的地址（`postgresql+asyncpg://…/库名`），每个服务一个模式；空为每个服务一个 SQLite 文件"
    )
    node_url: str = _set("", "各服务分开运行时，本节点的网址；空为都在本进程内")
    public_url: Annotated[str, AfterValidator(_address)] = _set(
        "",
        "公众访问门户的网址，订阅源和站点地图里的链接用它；空则用 `SHANGDA_NODE_URL`，也没有时用访问者所用的网址，此时不让公共缓存保存",
    )
    demo: bool = _set(False, "演示节点：允许演示口令，登录页注明是演示")
    outbox_keep_days: KeepDays = _set(400, "发出的事实保存多少天；0 为永久，否则最少 60")
    ledger_keep_days: KeepDays = _set(400, "交换账本的内容保存多少天；0 为永久，否则最少 60")
    statement_keep_days: KeepDays = _set(60, "交换的签名保存多少天；0 为永久，否则最少 60")
    answer_keep_hours: Annotated[int, Field(ge=1)] = _set(24, "重复请求的答复保存多少小时")
    fonts_dir: Path = _set(Path(".run/fonts"), "打印文稿所用字体的目录")
    secure_cookies: bool = _set(False, "只经 HTTPS 送登录凭据；对外用 HTTPS 时要打开")
    attachment_limit_mb: int = _set(50, "一个附件最大多少 MB")
    link_heartbeat_s: float = _set(60.0, "没有新内容时，每隔多少秒向上下级报一次平安")
    stop_within_s: float = _set(4.0, "停止时，后台工作最多等多少秒，过后截断")
    progress_every_s: float = _set(15.0, "每隔多少秒核对一次：发出的是否都已生效")
    ask_again_after_s: float = _set(30.0, "发出超过多少秒，读过了它应在的位置还没有见到的，请发出方再发")
    stands_still_after_s: float = _set(120.0, "有内容而多少秒一条也没有生效的，节点算没有就绪")
    held_limit: int = _set(10_000, "等待前一条的事实，一个来源最多留多少条")
    held_limit_per_key: int = _set(1_000, "同上，一件稿件最多留多少条")
    broker_look_s: float = _set(180.0, "每隔多少秒核对一次消息队列是否少了内容")

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
