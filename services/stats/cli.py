"""Commands of stats: check a rule file, put one in force."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from services.kernel.language.field_error import FieldError
from services.kernel.language.rule_file import RuleFileIsInvalid
from services.kernel.runtime.database import Database, database_url
from services.kernel.runtime.naps import utc_now
from services.kernel.runtime.settings import Settings
from services.stats.actions.ruling import save_ruleset
from services.stats.model import StoredRuleset
from services.stats.policy import read_ruleset
from services.stats.policy.ruleset import Head

app = typer.Typer(help="考核统计：计分办法。", no_args_is_help=True)
rules = typer.Typer(help="计分办法。", no_args_is_help=True)
app.add_typer(rules, name="rules")

RuleFile = Annotated[Path, typer.Argument(help="计分办法文件（YAML）", exists=True, dir_okay=False)]


@rules.command("check")
def check_rules(file: RuleFile) -> None:
    """检查一份计分办法，不保存。"""
    found = read_ruleset(_text_of(file))
    typer.echo(f"没有问题：{found.id} 第{found.version}版，{len(found.rules)} 条规则，{_dates(found.ruleset)}")


@rules.command("load")
def load_rules(file: RuleFile) -> None:
    """保存一份计分办法，从它的生效日期起重新计分。"""
    settings, text = Settings(), _text_of(file)

    async def run() -> None:
        database = Database(database_url(settings, "stats"), service="stats", node=settings.node)
        try:
            async with database.transaction(utc_now()) as tx:
                saved = await save_ruleset(tx, text, by=None)
            typer.echo(f"已保存：{saved.ruleset_id} 第{saved.version}版，{_dates(saved)}")
        finally:
            await database.close()

    asyncio.run(run())


def _text_of(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError as fault:
        raise RuleFileIsInvalid([FieldError("文件", "encoding", "不是 UTF-8 文字")]) from fault


def _dates(dated: Head | StoredRuleset) -> str:
    end = f"至 {dated.effective_to}" if dated.effective_to else ""
    return f"自 {dated.effective_from} 起{end}"
