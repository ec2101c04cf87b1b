"""Commands that keep a node: backing it up whole, checking a backup, restoring it on an empty machine, erasing an item."""

from __future__ import annotations

import asyncio
import logging
import shutil
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
from kafka.errors import KafkaError

from services.erasing_command import erase_on_node
from services.kernel.language.vocabulary import ErasureGround
from services.kernel.runtime.keeping.backup.archive import check_archive
from services.kernel.runtime.keeping.backup.laying import lay_down
from services.kernel.runtime.keeping.backup.manifest import Manifest
from services.kernel.runtime.keeping.backup.taking import drop_older, take_backup
from services.kernel.runtime.keeping.erasure.copies import Order
from services.kernel.runtime.keeping.listeners import forget_listener
from services.kernel.runtime.service import Service, ServiceContext
from services.kernel.runtime.surroundings.clock import utc_now
from services.kernel.runtime.surroundings.settings import Settings
from services.kernel.runtime.telling.restoring import restore
from services.kernel.runtime.telling.topics import ensure_topics
from services.node import build_services
from services.opened import opened

TRY_BROKER_EVERY_S = 3.0


def register(app: typer.Typer) -> None:
    """Add these commands to the node's command line."""
    app.command("backup")(backup)
    app.command("backup-check")(check_backup)
    app.command("restore-node")(restore_node)
    app.command("erase")(erase)
    app.command("forget-listener")(forget_gone_listener)


def backup(
    target: Annotated[Path, typer.Argument(help="备份文件；给出已有的文件夹时，文件按节点和时间取名")],
    keep: Annotated[int, typer.Option(min=0, help="文件夹里只留最新的几份，0 为全留")] = 0,
) -> None:
    """备份整个节点：全部数据库（同一时刻）、密钥、附件；节点照常运行。"""

    async def run() -> None:
        settings = Settings()
        services = build_services(settings.service_names)
        async with opened(services, settings) as contexts:
            written = await take_backup(list(contexts.values()), target, utc_now(), typer.echo)
            typer.echo(f"已备份：{written}（{written.stat().st_size / 1024**2:.1f} MB）。里面有密钥，请妥善保管。")
            for old in drop_older(written.parent, settings, keep=keep):
                typer.echo(f"已删除旧备份：{old.name}")

    asyncio.run(run())


def check_backup(file: Annotated[Path, typer.Argument(help="备份文件")]) -> None:
    """校验一份备份：逐个文件核对 SHA-256。"""
    manifest = check_archive(file)
    typer.echo(f"{manifest.node_name}（{manifest.node_id}）{manifest.taken_at.astimezone():%Y-%m-%d %H:%M} 的备份完好")
    typer.echo(f"数据库 {manifest.database}，服务 {len(manifest.services)} 个，文件 {len(manifest.members)} 个")


def restore_node(
    file: Annotated[Path, typer.Argument(help="备份文件")],
    force: Annotated[bool, typer.Option("--force", help="已有数据时，移到一边再恢复")] = False,
    wait_s: Annotated[float, typer.Option("--wait", min=0, help="等消息队列应答的秒数")] = 120.0,
) -> None:
    """在空机器上恢复整个节点，并与消息队列核对。"""

    async def run() -> None:
        settings = Settings()
        services = build_services(settings.service_names)
        keys = Path(settings.data_dir) / "keys"
        had_keys = keys.exists()
        async with opened(services, settings) as contexts:
            if not had_keys:
                shutil.rmtree(keys)  # made just now by opening; the node's own come out of the backup
            manifest = await lay_down(services, list(contexts.values()), file, utc_now(), force=force, say=typer.echo)
        typer.echo(_laid_down(manifest))
        async with opened(services, settings) as contexts:  # with the node's own keys now
            await _reconcile(services, contexts, settings, wait_s)

    asyncio.run(run())


def erase(
    origin_id: Annotated[UUID, typer.Argument(help="稿件编号（origin_id）")],
    reason: Annotated[
        str, typer.Option(help="谁批准的、依据什么；写入操作记录并发给相邻节点，不要复述内容", prompt="原因")
    ],
    ground: Annotated[ErasureGround, typer.Option(help="为什么清除")] = ErasureGround.MISTAKE,
    yes: Annotated[bool, typer.Option("--yes", help="不再询问")] = False,
) -> None:
    """把一件稿件的内容从本节点的每一处清除：数据库、消息队列、附件；不能恢复。"""
    if not yes:
        typer.confirm(f"清除 {origin_id} 的全部内容，不能恢复。继续？", abort=True)
    settings = Settings()
    services = build_services(settings.service_names)
    try:
        asyncio.run(erase_on_node(services, settings, Order(origin_id=origin_id, reason=reason[:200]), ground))
    except KafkaError:
        typer.secho(f"消息队列 {settings.kafka} 没有应答，那里还有；它应答以后，请再执行一次", fg="red", err=True)
        raise typer.Exit(1) from None
    typer.echo("本节点已清除。早于现在的备份请销毁；相邻节点由他们的管理员决定（见 docs/how-to/erase.md）。")


def forget_gone_listener(
    listener: Annotated[str, typer.Argument(help="不再运行的服务，如 stats")],
) -> None:
    """不再为一个已停用的服务留着到期的内容；它还在运行的，过一会儿自己会重新登记。"""

    async def run() -> None:
        settings = Settings()
        services = build_services(settings.service_names)
        async with opened(services, settings) as contexts:
            for service in services:
                context = contexts[service.name]
                async with context.database.transaction(context.clock()) as tx:
                    was_known = await forget_listener(tx, listener)
                typer.echo(f"{service.title}：{'已不再为它保留' if was_known else '没有为它保留什么'}")

    asyncio.run(run())


def _laid_down(manifest: Manifest) -> str:
    return (
        f"已恢复到 {manifest.taken_at.astimezone():%Y-%m-%d %H:%M} 的状态；核对消息队列以前，各服务只能查看，不能办理"
    )


async def _reconcile(
    services: Sequence[Service], contexts: dict[str, ServiceContext], settings: Settings, wait_s: float
) -> None:
    """Compare every service with the broker, as soon as it answers."""
    if not await _broker_answers(settings, wait_s):
        typer.secho(
            f"消息队列 {settings.kafka} 没有应答。它应答以后，逐个服务执行 restore，再启动节点。", fg="red", err=True
        )
        raise typer.Exit(1)
    for service in services:
        done = await restore(service, contexts[service.name])
        typer.echo(f"{service.title}：{done.summary}")
    typer.echo("恢复完成，可以启动节点。上级、下级那里有而本机没有的，启动后自动取回。")


async def _broker_answers(settings: Settings, wait_s: float) -> bool:
    logging.getLogger("kafka").setLevel(logging.CRITICAL)  # one Chinese sentence instead of the client's hundreds
    until = time.monotonic() + wait_s
    while True:
        try:
            await ensure_topics(settings)
        except KafkaError:
            if time.monotonic() >= until:
                return False
            await asyncio.sleep(TRY_BROKER_EVERY_S)
        else:
            return True
