"""Administrative commands of disclosure: prepare a portal of its own, and what to carry there."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx
import typer

from services.disclosure.model import METADATA
from services.disclosure.store.portal import list_public_digests
from services.kernel.runtime.running.app import make_context
from services.kernel.runtime.service import Service, ServiceContext
from services.kernel.runtime.storing.migrations import upgrade
from services.kernel.runtime.surroundings.settings import Settings

cli = typer.Typer(help="信息公开：单独运行的门户。", no_args_is_help=True)


_MIGRATIONS = Path(__file__).parent / "migrations"


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
