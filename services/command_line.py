"""The node's commands, composed from each service's own: set-up, migration, waiting events, republishing, diagnosis."""

from __future__ import annotations

import asyncio
import json
import logging
import os
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from sqlalchemy.exc import DBAPIError

from services import keeping_commands, rulebook_commands
from services.kernel.language.refusal import Refusal
from services.kernel.runtime.keeping.sizes import rewrite, size_bytes
from services.kernel.runtime.running.serving import configure_logging, serve
from services.kernel.runtime.service import Service, ServiceContext
from services.kernel.runtime.storing.migrations import upgrade
from services.kernel.runtime.storing.transaction import Transaction
from services.kernel.runtime.surroundings.settings import Settings
from services.kernel.runtime.telling import administration, setting_aside
from services.kernel.runtime.telling.inbox import waiting
from services.kernel.runtime.telling.restoring import restore
from services.kernel.runtime.telling.topics import ensure_topics
from services.node import build_service, build_services
from services.opened import opened

app = typer.Typer(help="上达节点的管理命令。设置取自环境变量 SHANGDA_*。", no_args_is_help=True)
parked = typer.Typer(help="搁置和等待的记录：查看、修改、重放。", no_args_is_help=True)
app.add_typer(parked, name="parked")
keeping_commands.register(app)
app.add_typer(rulebook_commands.rules, name="rules")
aside = typer.Typer(help="发不出去的记录：查看、重试、放弃。", no_args_is_help=True)
app.add_typer(aside, name="aside")

ServiceName = Annotated[str, typer.Argument(help="服务名，如 review")]


def main() -> None:
    """Run the command line; a refusal is one Chinese sentence and exit code 1."""
    configure_logging()
    for service in build_services(Settings().service_names):
        if service.cli is not None:
            app.add_typer(service.cli, name=service.name)
    try:
        app()
    except Refusal as refusal:
        _leave("\n".join([str(refusal), *map(str, refusal.details.get("errors", ()))]))
    except (PermissionError, DBAPIError) as fault:
        folder = Settings().data_dir
        if isinstance(fault, DBAPIError) and (Settings().database_url or os.access(folder, os.W_OK)):
            raise
        _leave(
            f"没有权限：{getattr(fault, 'filename', None) or folder}。数据目录要先由 root 建好，交给运行服务的用户，例如 "
            f"sudo install -d -o shangda -g shangda {folder}"
        )


def _leave(sentence: str) -> NoReturn:
    typer.secho(sentence, fg="red", err=True)
    raise SystemExit(1) from None


@app.command("serve")
def serve_node() -> None:
    """启动本节点（SHANGDA_SERVICES 选择服务）。"""
    settings = Settings()
    serve(build_services(settings.service_names), settings)


@app.command()
def migrate() -> None:
    """建立或升级各服务的表结构。"""

    async def run(service: Service, context: ServiceContext) -> None:
        await upgrade(context.database, service.migrations)
        typer.echo(f"{service.title}：已是最新")

    _for_each(run)


@app.command("compact")
def compact_databases() -> None:
    """把各服务的库重写一遍，空出来的地方还给磁盘；请先停节点。"""

    async def run(service: Service, context: ServiceContext) -> None:
        await rewrite(context.database)
        async with context.database.reading() as session:
            typer.echo(f"{service.title}：{await size_bytes(session) / 1024**2:.1f} MB")

    _for_each(run)


@app.command()
def topics() -> None:
    """在消息队列上建立本节点的主题。"""
    asyncio.run(ensure_topics(Settings()))
    typer.echo("主题齐全")


@app.command()
def republish(
    service: ServiceName,
    topic: Annotated[str, typer.Option(help="只重发这个主题，如 review.submission")] = "",
    key: Annotated[str, typer.Option(help="只重发这个编号")] = "",
    since: Annotated[datetime | None, typer.Option(help="只重发此时（UTC）以后的")] = None,
) -> None:
    """重新发布已发出的记录；已有的一方自动略过。"""

    async def run(_service: Service, context: ServiceContext) -> None:
        async with context.database.transaction(context.clock()) as tx:
            from datetime import UTC

            count = await administration.republish(
                tx, topic=topic, key=key, since=since.replace(tzinfo=UTC) if since else None
            )
        typer.echo(f"将重新发布 {count} 条")

    _for_one(service, run)


@app.command("restore")
def restore_services(
    service: Annotated[str, typer.Argument(help="服务名，如 review；all 表示本节点全部服务")],
    accept: Annotated[bool, typer.Option(help="有的记录重做失败也照样开放保存（先核对列出的记录）")] = False,
) -> None:
    """从备份恢复之后：取回并重做备份以后的记录，然后重新开放保存。"""

    async def run(made: Service, context: ServiceContext) -> None:
        done = await restore(made, context, accept_failures=accept)
        for line in done.lines():
            typer.echo(line)
        typer.echo(f"{made.title}：{done.summary}；可以保存了，不用重启")

    if service == "all":
        _for_each(run)
    else:
        _for_one(service, run)


@app.command()
def doctor() -> None:
    """检查本节点：表结构、未发记录、搁置记录、操作记录链、主题、磁盘。"""

    logging.getLogger("kafka").setLevel(logging.CRITICAL)  # what it would say is one of the findings

    async def run() -> bool:
        services = build_services(Settings().service_names)
        async with opened(services, Settings()) as contexts:
            findings = await administration.diagnose(services, contexts)
        for finding in findings:
            advice = f" → {finding.advice}" if finding.advice else ""
            typer.secho(
                f"{'正常' if finding.is_well else '异常'}  {finding.what}{advice}",
                fg=None if finding.is_well else "red",
            )
        return all(finding.is_well for finding in findings)

    if not asyncio.run(run()):
        raise SystemExit(1)


@parked.command("list")
def list_parked(service: ServiceName) -> None:
    """列出等待的记录。"""

    async def run(_service: Service, context: ServiceContext) -> None:
        async with context.database.reading() as session:
            rows = await waiting.list_waiting(session, limit=500)
        for row in rows:
            typer.echo(
                f"{row.id:>6} {row.kind:<6} {row.type or '?'} {row.key or '-'} #{row.sequence} {row.reason[:80]}"
            )
        typer.echo(f"共 {len(rows)} 条")

    _for_one(service, run)


@parked.command("show")
def show_parked(service: ServiceName, waiting_id: int) -> None:
    """显示一条记录的全部内容。"""

    async def run(_service: Service, context: ServiceContext) -> None:
        async with context.database.reading() as session:
            row = await waiting.find(session, waiting_id)
        if row is None:
            typer.echo("没有这条记录")
            raise SystemExit(1)
        typer.echo(json.dumps({"reason": row.reason, "tries": row.tries, "topic": row.topic}, ensure_ascii=False))
        typer.echo(bytes(row.body).decode("utf-8", "replace"))

    _for_one(service, run)


@parked.command("repair")
def repair_parked(service: ServiceName, waiting_id: int, file: Path) -> None:
    """用文件的内容替换一条搁置记录的数据。"""
    body = file.read_bytes()

    async def run(_service: Service, context: ServiceContext) -> None:
        async with context.database.transaction(context.clock()) as tx:
            await administration.repair_event(tx, waiting_id, body)
        typer.echo("已替换，可以重放")

    _for_one(service, run)


@parked.command("replay")
def replay_parked(service: ServiceName, waiting_id: int) -> None:
    """重放一条搁置记录和它之后等待的记录。"""

    async def run(made: Service, context: ServiceContext) -> None:
        await administration.replay_event(made, context, waiting_id)
        typer.echo("已重放")

    _for_one(service, run)


@aside.command("list")
def list_set_aside(service: ServiceName) -> None:
    """列出发不出去的记录，以及等在它们后面的条数。"""

    async def run(_service: Service, context: ServiceContext) -> None:
        async with context.database.reading() as session:
            rows = await setting_aside.list_aside(session)
        for row in rows:
            typer.echo(
                f"{row.id:>6} {row.type} {row.topic} {row.key} #{row.sequence} 后面等着 {row.behind} 条 {row.aside_reason[:160]}"
            )
        typer.echo(f"共 {len(rows)} 条")

    _for_one(service, run)


@aside.command("retry")
def retry_set_aside(service: ServiceName, row_id: int) -> None:
    """再发一次；仍发不出去会回到这里。"""
    _change_aside(service, lambda tx: setting_aside.retry_aside(tx, row_id), "将再发一次")


@aside.command("give-up")
def give_up_set_aside(service: ServiceName, row_id: int) -> None:
    """放弃一条：永远不发，等在它后面的照常发出。不能撤销。"""
    _change_aside(service, lambda tx: setting_aside.give_up_aside(tx, row_id), "已放弃，后面的记录将照常发出")


def _change_aside(service: str, act: Callable[[Transaction], Awaitable[None]], done: str) -> None:
    async def run(_service: Service, context: ServiceContext) -> None:
        async with context.database.transaction(context.clock()) as tx:
            await act(tx)
        typer.echo(done)

    _for_one(service, run)


def _for_one(name: str, act: Callable[[Service, ServiceContext], Awaitable[None]]) -> None:
    async def run() -> None:
        service = build_service(name)
        async with opened([service], Settings()) as contexts:
            await act(service, contexts[name])

    asyncio.run(run())


def _for_each(act: Callable[[Service, ServiceContext], Awaitable[None]]) -> None:
    async def run() -> None:
        services = build_services(Settings().service_names)
        async with opened(services, Settings()) as contexts:
            for service in services:
                await act(service, contexts[service.name])

    asyncio.run(run())
