"""Commands of the review service: its periodicals."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from services.kernel.language.vocabulary import PeriodicalKind, System
from services.kernel.runtime.pages.templating import masthead_of
from services.kernel.runtime.storing.database import opened_database
from services.kernel.runtime.surroundings.clock import utc_now
from services.kernel.runtime.surroundings.settings import Settings
from services.review.actions.seeding import add_periodical
from services.review.policy.rules import PeriodicalSeed
from services.review.store.issues import list_periodicals

cli = typer.Typer(help="审核采用：刊物。", no_args_is_help=True)
periodical = typer.Typer(help="信息刊物：登记、列出。", no_args_is_help=True)
cli.add_typer(periodical, name="periodical")


@periodical.command("list")
def list_all() -> None:
    """列出本级的刊物。"""

    async def run() -> None:
        async with opened_database(Settings(), "review") as database, database.reading() as session:
            for one in await list_periodicals(session, active_only=False):
                state = "在用" if one.is_active else "停刊"
                typer.echo(
                    f"{one.periodical_id} {one.code} 《{one.title}》 {one.kind.label} {one.system.label} {state}"
                )

    asyncio.run(run())


@periodical.command("add")
def add(
    code: Annotated[str, typer.Argument(help="代码，小写字母开头，如 zhengwu")],
    title: Annotated[str, typer.Argument(help="刊名，不带书名号")],
    *,
    kind: Annotated[PeriodicalKind, typer.Option(help="种类")] = PeriodicalKind.BRIEF,
    system: Annotated[System, typer.Option(help="所属系统")] = System.GOVERNMENT,
    report_to: Annotated[str, typer.Option(help="报")] = "",
    send_to: Annotated[str, typer.Option(help="送")] = "",
    distribute_to: Annotated[str, typer.Option(help="发")] = "",
) -> None:
    """登记一个刊物。"""
    seed = PeriodicalSeed(
        code=code,
        title=title,
        kind=kind,
        system=system,
        mark="内部资料 注意保存",
        report_to=report_to,
        send_to=send_to,
        distribute_to=distribute_to,
    )

    async def run() -> None:
        settings = Settings()
        async with opened_database(settings, "review") as database, database.transaction(utc_now()) as tx:
            added = await add_periodical(tx, seed, office=masthead_of(settings.node).office_title)
        typer.echo(f"已登记《{added.title}》，编号 {added.periodical_id}")

    asyncio.run(run())
