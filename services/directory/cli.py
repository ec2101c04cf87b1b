"""Commands of the directory: found the node, units, officers, passwords, neighbours, calendar."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError

from services.directory import store
from services.directory.actions import days, demo, neighbours, officers, units
from services.directory.model import NewOfficer, NewUnit, PeerCard, ProfileChange
from services.kernel.language.refusal import InvalidInput, NotFound
from services.kernel.language.vocabulary import Role, System, UnitKind
from services.kernel.runtime.storing.database import Database, opened_database
from services.kernel.runtime.storing.transaction import Transaction
from services.kernel.runtime.surroundings.clock import utc_now
from services.kernel.runtime.surroundings.settings import Settings
from services.kernel.runtime.web.forms import meant
from services.kernel.runtime.web.tokens import KeyPair, ensure_key_pair

app = typer.Typer(help="机构人员：单位、人员、口令、相邻节点、工作日历。", no_args_is_help=True)
unit = typer.Typer(help="单位。", no_args_is_help=True)
officer = typer.Typer(help="人员。", no_args_is_help=True)
peers = typer.Typer(help="相邻节点。", no_args_is_help=True)
calendar = typer.Typer(help="工作日历。", no_args_is_help=True)
for name, part in {"unit": unit, "officer": officer, "peers": peers, "calendar": calendar}.items():
    app.add_typer(part, name=name)

Password = Annotated[str, typer.Option(prompt="口令", confirmation_prompt="再输一次", hide_input=True)]


@app.command("init")
def found_node(
    office: Annotated[str, typer.Option(help="本级办公室全称，如 云岭区人民政府办公室", prompt="本级办公室全称")],
    short_name: Annotated[str, typer.Option(help="简称，如 区政府办")] = "",
    *,
    admin: Annotated[str, typer.Option(help="管理员用户名")] = "admin",
    admin_name: Annotated[str, typer.Option(help="管理员姓名", prompt="管理员姓名")],
    password: Password,
    system: Annotated[System, typer.Option(help="所属系统")] = System.GOVERNMENT,
) -> None:
    """建立本节点：密钥、本级办公室、管理员、工作日历。"""
    settings = Settings()
    _keys(settings, "token"), _keys(settings, "node")

    async def run(tx: Transaction) -> None:
        made = await units.found_office(
            tx,
            _checked(NewUnit, name=office, short_name=short_name, kind=UnitKind.HEAD_OFFICE),
            ProfileChange(system=system),
        )
        await tx.session.flush()
        new = _checked(NewOfficer, username=admin, name=admin_name, unit_id=made.unit_id, roles={Role.ADMIN})
        await _appoint(tx, settings, new, password)
        await days.seed_calendar(tx)

    _write(settings, run)
    typer.echo(f"已建立“{office}”，管理员 {admin}。下一步：python -m services serve")


@unit.command("add")
def add_unit(
    name: str,
    short_name: Annotated[str, typer.Option(help="简称")] = "",
    *,
    kind: Annotated[UnitKind, typer.Option(help="类别")] = UnitKind.BUREAU,
    group: Annotated[str, typer.Option(help="考核分组")] = "",
) -> None:
    """登记一个部门或托管单位。"""

    async def run(tx: Transaction) -> None:
        new = _checked(NewUnit, name=name, short_name=short_name, kind=kind, ranking_group=group)
        await units.register_unit(tx, new, by=None)

    _write(Settings(), run)
    typer.echo(f"已登记“{name}”")


@officer.command("add")
def add_officer(
    username: str,
    name: Annotated[str, typer.Option(help="姓名", prompt="姓名")],
    unit_name: Annotated[str, typer.Option("--unit", help="单位全称", prompt="单位全称")],
    role: Annotated[list[Role], typer.Option(help="岗位，可重复")],
    *,
    section: Annotated[str, typer.Option(help="科室")] = "",
    password: Password,
) -> None:
    """任命一名人员。"""
    settings = Settings()

    async def run(tx: Transaction) -> None:
        place = await store.find_unit_named(tx.session, unit_name)
        if place is None:
            raise NotFound(f"没有单位“{unit_name}”")
        new = _checked(
            NewOfficer, username=username, name=name, unit_id=place.unit_id, section=section, roles=set(role)
        )
        await _appoint(tx, settings, new, password)

    _write(settings, run)
    typer.echo(f"已任命{name}（{username}）")


@app.command("password")
def set_password(username: str, password: Password) -> None:
    """重设一名人员的口令，其所有登录随即退出。"""
    settings = Settings()

    async def run(tx: Transaction) -> None:
        found = await store.find_officer_named(tx.session, username)
        if found is None:
            raise NotFound(f"没有用户“{username}”")
        password_hash = officers.hash_of_good(password, username=username, name=found.name, demo=settings.demo)
        await officers.set_password(tx, found.officer_id, password_hash, by=None)

    _write(settings, run)
    typer.echo("已重设口令")


@peers.command("card")
def show_card() -> None:
    """打印本节点的名片，交给相邻节点；指纹另行电话核对。"""
    settings = Settings()

    async def run(database: Database) -> None:
        async with database.reading() as session:
            card = await neighbours.node_card(
                session, node=settings.node, keys=_keys(settings, "node"), bootstrap_servers=settings.kafka
            )
        typer.echo(card.model_dump_json(indent=2))
        typer.echo(f"指纹：{neighbours.card_fingerprint(card)}", err=True)

    _with_database(settings, run)


@peers.command("add")
def add_peer(
    file: Annotated[Path, typer.Option(help="对方名片文件", exists=True, dir_okay=False)],
    fingerprint: Annotated[str, typer.Option(help="对方电话里念出的指纹", prompt="对方念出的指纹")],
    system: Annotated[System | None, typer.Option(help="链路所属系统，缺省同对方")] = None,
) -> None:
    """用名片登记相邻节点。"""
    card = _read_card(file)

    async def run(tx: Transaction) -> None:
        await neighbours.register_peer(tx, card, confirmed_fingerprint=fingerprint, system=system, by=None)

    _write(Settings(), run)
    typer.echo(f"已登记“{card.name}”")


@calendar.command("seed")
def seed_calendar() -> None:
    """录入 2004 年以来已公布的放假安排；已有内容的年份不动。"""
    counted: list[int] = []

    async def run(tx: Transaction) -> None:
        counted.append(await days.seed_calendar(tx))

    _write(Settings(), run)
    typer.echo(f"录入 {counted[0]} 天")


@app.command("demo")
def seed_demo() -> None:
    """录入演示用的单位、人员和口令（仅限演示环境）。"""
    settings = Settings()

    async def run(tx: Transaction) -> None:
        await demo.seed_demo(tx, settings)

    _keys(settings, "token"), _keys(settings, "node")
    _write(settings, run)
    typer.echo("演示单位和账号已录入")


async def _appoint(tx: Transaction, settings: Settings, new: NewOfficer, password: str) -> None:
    password_hash = officers.hash_of_good(password, username=new.username, name=new.name, demo=settings.demo)
    await officers.appoint_officer(tx, new, password_hash=password_hash, by=None)


def _read_card(file: Path) -> PeerCard:
    try:
        return PeerCard.model_validate(json.loads(file.read_text(encoding="utf-8")))
    except (ValidationError, ValueError) as fault:
        raise InvalidInput(f"{file.name} 不是一张名片") from fault


def _checked(model: type[Any], **fields: Any) -> Any:
    """The input, or one sentence naming the field that is wrong."""
    try:
        return meant(model, fields)
    except InvalidInput as fault:
        raise InvalidInput(fault.details["errors"][0]["message"]) from fault


def _keys(settings: Settings, name: str) -> KeyPair:
    return ensure_key_pair(Path(settings.data_dir) / "keys" / f"{name}.key")


def _write(settings: Settings, act: Callable[[Transaction], Awaitable[None]]) -> None:
    async def run(database: Database) -> None:
        async with database.transaction(utc_now()) as tx:
            await act(tx)

    _with_database(settings, run)


def _with_database(settings: Settings, act: Callable[[Database], Awaitable[None]]) -> None:
    async def run() -> None:
        async with opened_database(settings, "directory") as database:
            await act(database)

    asyncio.run(run())
