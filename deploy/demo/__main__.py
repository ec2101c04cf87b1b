"""python -m deploy.demo run | up | down | status | at <node> <command>."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from deploy.demo import commands
from deploy.demo.commands import DemoFailed
from deploy.demo.process import ROOT
from deploy.demo.progress import on_screen
from deploy.demo.turns import NoTurn
from deploy.demo.world import DemoWorld

BASE = ROOT / ".run" / "demo"

cli = typer.Typer(help="三级节点的演示环境。", no_args_is_help=True, add_completion=False)

Directory = Annotated[Path, typer.Option(help="数据、日志所在的目录。")]
Kafka = Annotated[
    str, typer.Option(envvar="SHANGDA_KAFKA", help="改用自己的 Kafka，三个节点共用；缺省每个节点启动一个。")
]
DatabaseUrl = Annotated[
    str,
    typer.Option(
        envvar="SHANGDA_DATABASE_URL",
        help="改用 PostgreSQL，每个节点一个已建好的库：postgresql+asyncpg://…/shangda_{node}；缺省用 SQLite 文件。",
    ),
]
Keep = Annotated[
    bool, typer.Option("--keep", help="接着用原有数据。缺省从头开始，原有数据移到 before/，到下次从头开始时删除。")
]
Fresh = Annotated[bool, typer.Option("--fresh", help="从头开始，原有数据移到 before/。缺省接着用原有数据。")]
WithStory = Annotated[bool, typer.Option("--story", help="在后台启动后把故事讲一遍。缺省只在队列里放一批稿件。")]


@cli.command()
def run(directory: Directory = BASE, kafka: Kafka = "", database_url: DatabaseUrl = "", *, keep: Keep = False) -> None:
    """在前台启动三级节点，把主要流程讲一遍并逐项核对，然后保持运行，按 Ctrl-C 结束。"""
    _say_failures(lambda: commands.run(_world(directory, kafka, database_url), fresh=not keep))


@cli.command()
def up(
    directory: Directory = BASE,
    kafka: Kafka = "",
    database_url: DatabaseUrl = "",
    *,
    fresh: Fresh = False,
    story: WithStory = False,
) -> None:
    """在后台启动三级节点，就绪后返回；已在运行的不再启动。"""
    _say_failures(lambda: commands.up(_world(directory, kafka, database_url), fresh=fresh, with_story=story))


@cli.command()
def down(directory: Directory = BASE) -> None:
    """停止演示（前台的、后台的都停），停完返回；没有在运行的也算成功。"""
    _say_failures(lambda: commands.down(directory, on_screen()))


@cli.command()
def status(directory: Directory = BASE) -> None:
    """各节点是否就绪；没有全部就绪时返回 1。"""
    if not commands.status(directory, on_screen()):
        raise typer.Exit(1)


@cli.command(context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
def at(
    node: Annotated[str, typer.Argument(help="township、district 或 city")],
    command: Annotated[list[str], typer.Argument(help="节点的命令，如 doctor；见 python -m services --help")],
    directory: Directory = BASE,
    kafka: Kafka = "",
    database_url: DatabaseUrl = "",
) -> None:
    """在一个演示节点上执行它的管理命令。"""
    nodes = _world(directory, kafka, database_url).nodes
    if node not in nodes:
        raise typer.BadParameter(f"没有节点“{node}”，只有 {'、'.join(nodes)}。")
    surroundings = {**os.environ, **nodes[node].environment(), "PYTHONPATH": str(ROOT)}
    words = [sys.executable, "-m", "services", *command]
    os.execve(words[0], words, surroundings)  # noqa: S606 - the command takes this one's place


def _world(directory: Path, kafka: str, database_url: str) -> DemoWorld:
    return commands.world_of(directory, on_screen(), kafka=kafka, database_url=database_url)


def _say_failures(act: Callable[[], None]) -> None:
    try:
        act()
    except (DemoFailed, NoTurn) as fault:
        typer.secho(f"\n✗ {fault}", fg="red", err=True)
        raise typer.Exit(1) from None


if __name__ == "__main__":
    cli()
