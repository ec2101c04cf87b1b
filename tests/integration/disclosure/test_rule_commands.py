"""Rulebooks by command: listed, shown, checked, saved, and returned to; what is wrong changes nothing."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from typer.testing import CliRunner

from services.disclosure.app import disclosure_service
from services.kernel.language.refusal import NotFound
from services.kernel.language.rulebooks import RuleFileIsInvalid
from services.kernel.runtime.storing.database import Database, database_url
from services.kernel.runtime.storing.migrations import upgrade
from services.rulebook_commands import rules
from tests.support.service import DISTRICT, settings_for

WORDS = ("disclosure", "sensitive_words")


def test_a_rulebook_is_kept_by_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def migrate() -> None:
        url = database_url(settings_for(DISTRICT, tmp_path), "disclosure")
        database = Database(url, service="disclosure", node=DISTRICT)
        await upgrade(database, disclosure_service().migrations)
        await database.close()

    asyncio.run(migrate())
    said = {"NODE_ID": "district", "NODE_NAME": DISTRICT.name, "LEVEL": "county", "DATA_DIR": str(tmp_path)}
    for name, value in (said | {"SERVICES": "disclosure"}).items():
        monkeypatch.setenv(f"SHANGDA_{name}", value)
    run = CliRunner().invoke
    assert "disclosure sensitive_words《保密审查提示词》第1版" in run(rules, ["list"]).output
    first = run(rules, ["show", *WORDS]).output
    file = tmp_path / "words.yaml"
    file.write_text(first.replace("维稳", "维稳, 某工程"), encoding="utf-8")
    checked = run(rules, ["set", *WORDS, str(file), "--check"]).output
    assert "words：— → 某工程" in checked
    assert "没有保存" in checked
    assert "共 1 版" in run(rules, ["list"]).output
    assert "第2版" in run(rules, ["set", *WORDS, str(file), "--note", "新增工程"]).output
    assert "某工程" in run(rules, ["show", *WORDS]).output
    file.write_text("words: 3", encoding="utf-8")
    assert isinstance(run(rules, ["set", *WORDS, str(file)]).exception, RuleFileIsInvalid)
    file.write_bytes(b"\xff\xfe")
    assert "不是 UTF-8" in str(run(rules, ["set", *WORDS, str(file)]).exception)
    assert "第3版" in run(rules, ["return", *WORDS, "1"]).output
    history = run(rules, ["history", *WORDS]).output.splitlines()
    assert [line.split(" ", 1)[0] for line in history] == ["第3版", "第2版", "第1版"]
    assert "恢复第1版 在用" in history[0]
    assert "新增工程" in history[1]
    assert run(rules, ["show", *WORDS]).output.strip() == first.strip()
    assert isinstance(run(rules, ["show", "disclosure", "nothing"]).exception, NotFound)
