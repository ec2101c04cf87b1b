"""Commands that the pages name in a sentence or a table exist, with these arguments and options."""

from __future__ import annotations

import re
import shlex
from typing import Any

import pytest
import typer

from services.command_line import app
from services.node import build_services
from tests.architecture.source import ROOT

NAMED = re.compile(
    r"`((?:python -m services|at|portal|parked|aside|republish|exchange|compact|doctor|erase)(?: [^`\n]*)?)`"
)
PAGES = [*sorted((ROOT / "docs").rglob("*.md")), ROOT / "README.md"]
FOUND = sorted({found for page in PAGES for found in NAMED.findall(page.read_text(encoding="utf-8"))})
NOT_COMMANDS = {"at", "at district"}


@pytest.fixture(scope="module")
def root() -> Any:
    known = {one.name for one in app.registered_groups}
    for service in build_services():
        if service.cli is not None and service.name not in known:
            app.add_typer(service.cli, name=service.name)
    return typer.main.get_command(app)


@pytest.mark.parametrize("written", [found for found in FOUND if found not in NOT_COMMANDS])
def test_it_is_a_command_with_these_arguments(root: Any, written: str) -> None:
    words = shlex.split(re.sub(r"^(python -m services|at|portal)( |$)", "", written))
    command = root
    while hasattr(command, "commands") and words:
        assert words[0] in command.commands, f"{written}: no {words[0]}"
        command = command.commands[words.pop(0)]
    options = {name for one in command.params for name in (*one.opts, *one.secondary_opts)}
    assert {word for word in words if word.startswith("--")} - options == set(), written
    arguments = [one for one in command.params if one.param_type_name == "argument"]
    given = [word for n, word in enumerate(words) if not word.startswith("--") and not _belongs(words, n)]
    assert len(given) <= len(arguments), written


def _belongs(words: list[str], n: int) -> bool:
    return n > 0 and words[n - 1].startswith("--")
