"""Commands of the rulebooks: `rules list | show | set | history | return`, for every service alike."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from services.kernel.language.calendar import local_date
from services.kernel.language.refusal import NotFound
from services.kernel.language.rulebooks import Rulebook, unreadable
from services.kernel.runtime.apart import close_lanes
from services.kernel.runtime.rulebooks import Draft, Version, find_version, list_versions, read_apart, save_version
from services.kernel.runtime.rulebooks.foreseeing import foresee
from services.kernel.runtime.rulebooks.versions import version_on
from services.kernel.runtime.service import Service, ServiceContext
from services.kernel.runtime.surroundings.settings import Settings
from services.node import build_service, build_services
from services.opened import opened

rules = typer.Typer(help="规则：列出、查看、修改、历次版本、恢复。", no_args_is_help=True)

ServiceName = Annotated[str, typer.Argument(help="服务名，如 stats")]
BookName = Annotated[str, typer.Argument(help="规则名，见 rules list")]
Since = Annotated[datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="从哪一天起执行，不写就是今天")]
Note = Annotated[str, typer.Option(help="为什么改")]

Act = Callable[[Service, ServiceContext, Rulebook[Any]], Awaitable[None]]


@rules.command("list")
def list_rulebooks() -> None:
    """列出各服务的规则和在用的版本。"""

    async def run() -> None:
        services = build_services(Settings().service_names)
        async with opened(services, Settings()) as contexts:
            for service in services:
                for book in service.rulebooks:
                    await _print_line(contexts[service.name], book)

    asyncio.run(run())


@rules.command("show")
def show_rulebook(
    service: ServiceName,
    name: BookName,
    version: Annotated[int, typer.Option(help="第几版，不写就是在用的一版")] = 0,
) -> None:
    """显示规则全文，可以存成文件改了再 set。"""

    async def run(_service: Service, context: ServiceContext, book: Rulebook[Any]) -> None:
        async with context.database.reading() as session:
            kept = await list_versions(session, book)
            today = version_on(kept, local_date(context.clock())) or kept[0]
            shown = await find_version(session, book, version) if version else today
        typer.echo(shown.text)

    _with_book(service, name, run)


@rules.command("set")
def set_rulebook(
    service: ServiceName,
    name: BookName,
    file: Annotated[Path, typer.Argument(help="规则文件（YAML）", exists=True, dir_okay=False)],
    *,
    since: Since = None,
    note: Note = "",
    check: Annotated[bool, typer.Option("--check", help="只检查和列出改动，不保存")] = False,
) -> None:
    """检查并保存新的一版；有误时原来的不变。"""
    text = _text_of(file)

    async def run(made: Service, context: ServiceContext, book: Rulebook[Any]) -> None:
        await _put_in_force(made, context, book, Draft(text, _day(since, context, book), note), is_only_checked=check)

    _with_book(service, name, run)


@rules.command("history")
def show_history(service: ServiceName, name: BookName) -> None:
    """列出历次版本，新的在前。"""

    async def run(_service: Service, context: ServiceContext, book: Rulebook[Any]) -> None:
        async with context.database.reading() as session:
            kept = await list_versions(session, book)
        held = version_on(kept, local_date(context.clock()))
        for one in sorted(kept, key=lambda one: -one.version):
            typer.echo(
                f"第{one.version}版 {_span(one)} {one.saved_by or '-'} {one.note}{' 在用' if one == held else ''}"
            )

    _with_book(service, name, run)


@rules.command("return")
def return_to(service: ServiceName, name: BookName, version: int, *, since: Since = None, note: Note = "") -> None:
    """恢复较早的一版：照它的文字另存一版。"""

    async def run(made: Service, context: ServiceContext, book: Rulebook[Any]) -> None:
        async with context.database.reading() as session:
            text = (await find_version(session, book, version)).text
            if book.redraft is not None:
                kept = [book.read(one.text) for one in await list_versions(session, book)]
                text = book.redraft(text, kept, local_date(context.clock()))
        draft = Draft(text, _day(since, context, book), note or f"恢复第{version}版")
        await _put_in_force(made, context, book, draft)

    _with_book(service, name, run)


async def _put_in_force(
    service: Service, context: ServiceContext, book: Rulebook[Any], draft: Draft, *, is_only_checked: bool = False
) -> None:
    hooks, now = service.hooks_of(book), context.clock()
    async with context.database.reading() as session:
        foreseen = await foresee(session, book, hooks, draft, now)
    for one in foreseen.differences:
        typer.echo(f"{one.where}：{one.before} → {one.after}")
    if is_only_checked:
        typer.echo(f"没有问题，没有保存；保存后为第{foreseen.made.version}版，{_span(foreseen.made)}")
        return
    checked = await read_apart(book, draft.text)
    async with context.database.transaction(now) as tx:
        saved = await save_version(tx, book, hooks, draft, by=None, rules=checked)
    typer.echo(f"已保存《{book.title}》第{saved.version}版，{_span(saved)}")


async def _print_line(context: ServiceContext, book: Rulebook[Any]) -> None:
    async with context.database.reading() as session:
        kept = await list_versions(session, book)
    held = version_on(kept, local_date(context.clock()))
    state = f"第{held.version}版 {_span(held)}" if held else "没有在用的一版"
    typer.echo(f"{context.name} {book.name}《{book.title}》{state}，共 {len(kept)} 版")


def _day(since: datetime | None, context: ServiceContext, book: Rulebook[Any]) -> date | None:
    if not book.asks_for_a_day:
        return None
    return since.date() if since else local_date(context.clock())


def _span(one: Version) -> str:
    return f"自 {one.effective_from} 起" + (f"至 {one.effective_to}" if one.effective_to else "")


def _text_of(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError as fault:
        raise unreadable("不是 UTF-8 文字") from fault


def _with_book(name: str, book_name: str, act: Act) -> None:
    async def run() -> None:
        service = build_service(name)
        found = [book for book in service.rulebooks if book.name == book_name]
        if not found:
            names = "、".join(book.name for book in service.rulebooks) or "没有"
            raise NotFound(f"{service.title}没有名为 {book_name} 的规则；有的是：{names}。")
        async with opened([service], Settings()) as contexts:
            try:
                await act(service, contexts[name], found[0])
            finally:
                await close_lanes()

    asyncio.run(run())
