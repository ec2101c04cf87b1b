"""Administrative commands of disclosure: check, load and show the rule files; prepare a portal of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from enum import StrEnum
from pathlib import Path

import httpx
import typer

from services.disclosure.actions.seeding import load_rules
from services.disclosure.model import METADATA
from services.disclosure.store import rules
from services.disclosure.store.portal import list_public_digests
from services.kernel.runtime.app import make_context
from services.kernel.runtime.migrations import upgrade
from services.kernel.runtime.service import Service, ServiceContext
from services.kernel.runtime.settings import Settings

cli = typer.Typer(help="信息公开：目录、索引号格式、公开指南和提示词表。", no_args_is_help=True)


class RuleName(StrEnum):
    """Which rule file is meant."""

    CATEGORIES = rules.CATEGORIES
    INDEX_NUMBER = rules.INDEX_NUMBER
    GUIDE = rules.GUIDE
    SENSITIVE_WORDS = rules.SENSITIVE_WORDS


_MIGRATIONS = Path(__file__).parent / "migrations"


@cli.command("validate")
def validate_rules(name: RuleName, file: Path) -> None:
    """检查规则文件，不采用。"""
    rules.READERS[name.value](file.read_text(encoding="utf-8"))
    typer.echo(f"{file.name}：格式正确")


@cli.command("load")
def load_rule_file(name: RuleName, file: Path) -> None:
    """检查并采用规则文件；有误时原规则不变。"""
    content = file.read_text(encoding="utf-8")

    async def run(context: ServiceContext) -> None:
        async with context.database.transaction(context.clock()) as tx:
            await load_rules(tx, name.value, content)

    _with_context(run)
    typer.echo(f"{file.name}：已采用")


@cli.command("show")
def show_rules(name: RuleName) -> None:
    """显示现行规则文件，可以改了再采用。"""

    async def run(context: ServiceContext) -> None:
        async with context.database.reading() as session:
            row = await rules.find_rule_file(session, name.value)
        typer.echo(row.content if row else "还没有采用任何规则；启动一次本服务即采用默认规则。")

    _with_context(run)


@cli.command("migrate-portal")
def migrate_portal() -> None:
    """建立或升级单独运行的门户的表结构。"""
    _with_context(lambda context: upgrade(context.database, _MIGRATIONS), name="portal")
    typer.echo("公开门户：已是最新")


@cli.command("public-files")
def list_public_files() -> None:
    """列出已公开信息的附件在 files/ 里的路径，只有这些要拷到单独运行的门户。"""

    async def run(context: ServiceContext) -> None:
        async with context.database.reading() as session:
            digests = await list_public_digests(session)
        root = Path(context.settings.data_dir) / "files"
        for path in map(context.files.path, digests):
            typer.echo(path.relative_to(root))

    _with_context(run)


def _with_context(act: Callable[[ServiceContext], Awaitable[None]], *, name: str = "disclosure") -> None:
    async def run() -> None:
        service = Service(name=name, title="信息公开", metadata=METADATA, migrations=_MIGRATIONS)
        async with httpx.AsyncClient() as http:
            context = make_context(service, Settings(), http)
            try:
                await act(context)
            finally:
                await context.database.close()

    asyncio.run(run())
