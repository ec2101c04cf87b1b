"""The node's commands, composed from each service's own: set-up, migration, waiting events, republishing, diagnosis."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated

import httpx
import typer

from services.kernel.language.refusal import Refusal
from services.kernel.runtime import administration
from services.kernel.runtime.app import make_context
from services.kernel.runtime.inbox import waiting
from services.kernel.runtime.migrations import upgrade
from services.kernel.runtime.restore import restore
from services.kernel.runtime.service import Service, ServiceContext
from services.kernel.runtime.serving import configure_logging, serve
from services.kernel.runtime.settings import Settings
from services.kernel.runtime.topics import ensure_topics
from services.node import build_service, build_services

app = typer.Typer(help="上达节点的管理命令。设置取自环境变量 SHANGDA_*。", no_args_is_help=True)
parked = typer.Typer(help="搁置和等待的记录：查看、修改、重放。", no_args_is_help=True)
app.add_typer(parked, name="parked")

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
        typer.secho(str(refusal), fg="red", err=True)
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
def restore_outbox(service: ServiceName) -> None:
    """从备份恢复之后：取回本库没有的已发记录，升高纪元，恢复发送。"""

    async def run(_service: Service, context: ServiceContext) -> None:
        found = await restore(context)
        for one in found:
            typer.echo(f"{one.envelope.time:%Y-%m-%d %H:%M:%S} {one.envelope.type} {one.key} #{one.envelope.sequence}")
        typer.echo(f"取回 {len(found)} 条；请重启本服务")

    _for_one(service, run)


@app.command()
def doctor() -> None:
    """检查本节点：表结构、未发记录、搁置记录、操作记录链、主题、磁盘。"""

    async def run() -> bool:
        services = build_services(Settings().service_names)
        async with _contexts(services) as contexts:
            findings = await administration.diagnose(services, contexts)
        for finding in findings:
            typer.secho(
                f"{'正常' if finding.is_well else '异常'}  {finding.what}", fg=None if finding.is_well else "red"
            )
            if finding.advice:
                typer.echo(f"      → {finding.advice}")
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


def _for_one(name: str, act: Callable[[Service, ServiceContext], Awaitable[None]]) -> None:
    async def run() -> None:
        service = build_service(name)
        async with _contexts([service]) as contexts:
            await act(service, contexts[name])

    asyncio.run(run())


def _for_each(act: Callable[[Service, ServiceContext], Awaitable[None]]) -> None:
    async def run() -> None:
        services = build_services(Settings().service_names)
        async with _contexts(services) as contexts:
            for service in services:
                await act(service, contexts[service.name])

    asyncio.run(run())


@asynccontextmanager
async def _contexts(services: list[Service]) -> AsyncIterator[dict[str, ServiceContext]]:
    settings = Settings()
    async with httpx.AsyncClient(base_url=settings.node_url or f"http://{settings.host}:{settings.port}") as http:
        contexts = {service.name: make_context(service, settings, http) for service in services}
        try:
            yield contexts
        finally:
            for context in contexts.values():
                await context.database.close()
