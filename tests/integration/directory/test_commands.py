"""The commands that found a node and introduce it to its neighbours."""

from __future__ import annotations

import asyncio
import json
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from services.directory.app import directory_service
from services.directory.cli import app
from services.kernel.language.refusal import Refusal
from services.kernel.runtime.storing.database import Database, database_url
from services.kernel.runtime.storing.migrations import upgrade
from services.kernel.runtime.surroundings.settings import NodeInfo
from tests.support.service import CITY, DISTRICT, settings_for

Command = Callable[..., Result]
INIT = (
    "init",
    "--office",
    "云岭区人民政府办公室",
    "--short-name",
    "区政府办",
    "--admin-name",
    "石磊",
    "--password",
    "山高水长-安澜-2026",
)


def commands_of(node: NodeInfo, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Run commands as the operator of a node whose data lies in `folder`, its schema made."""
    settings = settings_for(node, folder)

    async def migrate() -> None:
        database = Database(database_url(settings, "directory"), service="directory", node=node)
        await upgrade(database, directory_service().migrations)
        await database.close()

    asyncio.run(migrate())

    def run(*arguments: str) -> Result:
        said = {
            "NODE_ID": node.node_id,
            "NODE_NAME": node.name,
            "LEVEL": node.level.value,
            "DATA_DIR": str(folder),
            "KAFKA": "127.0.0.1:9102",
        }
        for name, value in said.items():
            monkeypatch.setenv(f"SHANGDA_{name}", value)
        return CliRunner().invoke(app, list(arguments))

    return run


def refusal(result: Result) -> str:
    assert isinstance(result.exception, Refusal), result.output
    return result.exception.code


def test_a_node_is_founded_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = commands_of(DISTRICT, tmp_path, monkeypatch)
    assert run(*INIT).exit_code == 0
    assert {stat.S_IMODE(key.stat().st_mode) for key in (tmp_path / "keys").iterdir()} == {0o600}
    assert refusal(run(*INIT)) == "head_office_already_there"
    assert "录入 0 天" in run("calendar", "seed").output


def test_units_officers_and_passwords_are_set_by_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = commands_of(DISTRICT, tmp_path, monkeypatch)
    run(*INIT)
    assert run("unit", "add", "云岭区水利局", "--short-name", "区水利局").exit_code == 0
    officer = (
        "officer",
        "add",
        "jiang",
        "--name",
        "江水生",
        "--unit",
        "云岭区水利局",
        "--password",
        "山高水长-安澜-2026",
    )
    assert run(*officer, "--role", "clerk", "--role", "reviewer").exit_code == 0
    assert refusal(run(*officer, "--role", "clerk")) == "username_taken"
    assert (
        refusal(
            run(
                "officer",
                "add",
                "he",
                "--name",
                "何",
                "--unit",
                "没有",
                "--role",
                "clerk",
                "--password",
                "山高水长-安澜-2026",
            )
        )
        == "not_found"
    )
    assert refusal(run("password", "jiang", "--password", "short")) == "password_too_weak"
    assert refusal(run("password", "jiang", "--password", "shangda-demo")) == "demo_account_refused"
    assert run("password", "jiang", "--password", "水长山高-安澜-2026").exit_code == 0
    assert refusal(run("demo")) == "demo_account_refused"


def test_two_nodes_exchange_their_cards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    district = commands_of(DISTRICT, tmp_path / "district", monkeypatch)
    city = commands_of(CITY, tmp_path / "city", monkeypatch)
    assert refusal(city("peers", "card")) == "not_found"
    district(*INIT)
    city("init", "--office", "安澜市人民政府办公室", "--admin-name", "程远航", "--password", "山高水长-安澜-2026")
    shown = district("peers", "card")
    card = tmp_path / "district.json"
    card.write_text(shown.stdout, encoding="utf-8")
    assert json.loads(shown.stdout)["bootstrap_servers"] == "127.0.0.1:9102"
    fingerprint = shown.stderr.split("：")[1].strip()
    assert refusal(city("peers", "add", "--file", str(card), "--fingerprint", "0000")) == "fingerprint_differs"
    assert city("peers", "add", "--file", str(card), "--fingerprint", fingerprint).exit_code == 0
    assert refusal(district("peers", "add", "--file", str(card), "--fingerprint", fingerprint)) == "peer_is_this_node"
    card.write_text("not a card")
    assert refusal(city("peers", "add", "--file", str(card), "--fingerprint", fingerprint)) == "invalid_input"
