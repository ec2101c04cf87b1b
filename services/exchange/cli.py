"""Commands of the exchange: how links stand, verification, erasure, pausing, opening an epoch."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated

import typer

from services.exchange import actions
from services.exchange.policy.chain import Chain
from services.exchange.store.keys import known_keys
from services.exchange.store.overview import LaneStanding, link_standings
from services.kernel.language.refusal import InvalidInput
from services.kernel.language.vocabulary import Lane
from services.kernel.runtime.storing.database import Database, opened_database
from services.kernel.runtime.storing.transaction import Transaction
from services.kernel.runtime.surroundings.clock import utc_now
from services.kernel.runtime.surroundings.settings import Settings
from services.kernel.runtime.web.tokens import ensure_key_pair

app = typer.Typer(help="交换：链路、账本校验、清除、纪元。", no_args_is_help=True)


@app.command("links")
def show_links() -> None:
    """列出各条链路的通道和未回执情况。"""

    async def run(database: Database, settings: Settings) -> None:
        async with database.reading() as session:
            found = await link_standings(
                session, own=settings.node_id, now=utc_now(), idle_head_s=settings.link_heartbeat_s
            )
        for link in found:
            typer.echo(f"{link.peer.name}（{link.peer.peer}）：{link.state.label}")
            for lane in link.lanes:
                typer.echo(f"  {_lane_line(lane)}")
        if not found:
            typer.echo("还没有登记相邻节点")

    _with_database(run)


@app.command("verify")
def verify() -> None:
    """重走每条链、每个头签名和回执；有不成立的，指出第一行并以 1 退出。"""
    faults: list[str] = []

    async def run(database: Database, settings: Settings) -> None:
        own = ensure_key_pair(Path(settings.data_dir) / "keys" / "node.key")
        async with database.reading() as session:
            found = await actions.verify_ledger(session, await known_keys(session, own))
        for one in found:
            place = f"{one.chain.link} {Lane(one.chain.lane).label}"
            if one.is_good:
                typer.echo(f"{place}：成立，{one.rows} 行，{one.signatures} 个签名")
            else:
                faults.append(place)
                typer.secho(f"{place}：第 {one.epoch} 纪元第 {one.n} 行，{one.fault}", fg="red")

    _with_database(run)
    if faults:
        raise typer.Exit(1)


@app.command("erase")
def erase(
    event_id: Annotated[str, typer.Argument(help="要清除的事实编号（ce_id）")],
    reason: Annotated[str, typer.Option(help="原因，写入操作记录", prompt="原因")],
) -> None:
    """清除账本里一条事实的内容；摘要留下，链仍可校验。"""
    erased: list[int] = []

    async def run(tx: Transaction) -> None:
        erased.append(await actions.erase_fact(tx, event_id, by=None, reason=reason))

    _write(run)
    typer.echo(f"已清除 {erased[0]} 行的内容")


@app.command("give-up-file")
def give_up_file(
    sha256: Annotated[str, typer.Argument(help="附件的校验值（SHA-256）")],
    reason: Annotated[str, typer.Option(help="原因，写入操作记录", prompt="原因")],
) -> None:
    """不再等一个传不到的附件。"""
    given_up: list[int] = []

    async def run(tx: Transaction) -> None:
        given_up.append(await actions.give_up_file(tx, sha256, by=None, reason=reason))

    _write(run)
    typer.echo(f"不再等这个附件（{given_up[0]} 处）")


@app.command("epoch")
def open_epoch(
    link: Annotated[str, typer.Argument(help="有向链路，如 township>district")],
    lane: Annotated[Lane, typer.Argument(help="通道：urgent、routine、bulk")],
    agreed: Annotated[int, typer.Option(min=0, help="两边一致的最后一行", prompt="一致行")],
    reason: Annotated[str, typer.Option(help="对端经办人、核对时间和原因", prompt="原因")],
) -> None:
    """两边历史不同时，以一致行开启下一纪元；两边都要执行。"""
    if link.count(">") != 1:
        raise InvalidInput("链路写作 发送方>接收方，如 township>district")
    opened: list[int] = []

    async def run(tx: Transaction) -> None:
        epoch = await actions.open_epoch(tx, Chain(link, lane.value), agreed_n=agreed, by=None, reason=reason)
        opened.append(epoch)

    _write(run)
    typer.echo(f"已开启第 {opened[0]} 纪元")


@app.command("pause")
def pause(peer: Annotated[str, typer.Argument(help="对端节点编号")]) -> None:
    """暂停与一个节点的链路。"""
    _write(lambda tx: actions.pause_link(tx, peer, by=None))
    typer.echo("已暂停")


@app.command("resume")
def resume(peer: Annotated[str, typer.Argument(help="对端节点编号")]) -> None:
    """恢复与一个节点的链路。"""
    _write(lambda tx: actions.resume_link(tx, peer, by=None))
    typer.echo("已恢复")


def _lane_line(lane: LaneStanding) -> str:
    sent = f"发到 {lane.out.n}，回执到 {lane.out.receipted_n}" if lane.out else "没有发过"
    sent += f"，待发 {lane.waiting} 条" if lane.waiting else ""
    waiting = f"，未回执 {lane.unreceipted} 条，最早 {lane.oldest_age_s:.0f} 秒" if lane.unreceipted else ""
    got = f"；收到 {lane.inward.n}" if lane.inward else "；没有收过"
    return f"{lane.lane.label} {lane.state.label}：{sent}{waiting}{got}"


def _write(act: Callable[[Transaction], Awaitable[object]]) -> None:
    async def run(database: Database, _settings: Settings) -> None:
        async with database.transaction(utc_now()) as tx:
            await act(tx)

    _with_database(run)


def _with_database(act: Callable[[Database, Settings], Awaitable[None]]) -> None:
    async def run() -> None:
        settings = Settings()
        async with opened_database(settings, "exchange") as database:
            await act(database, settings)

    asyncio.run(run())
