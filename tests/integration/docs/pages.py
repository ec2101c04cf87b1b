"""The commands that the documentation tells people to run: every `sh` block of a page, as written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
_BLOCK = re.compile(r"^ *```(?:sh|bash|shell|console)\n(.*?)^ *```", re.MULTILINE | re.DOTALL)


def pages() -> dict[str, list[str]]:
    """The `sh` blocks of every page that has any, by the page's path."""
    files = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    found = {str(file.relative_to(ROOT)): _BLOCK.findall(file.read_text(encoding="utf-8")) for file in files}
    return {page: blocks for page, blocks in found.items() if blocks}


def commands_of(page: str) -> list[str]:
    """The lines of all blocks of a page that are commands, without remarks."""
    lines = [line.strip() for block in pages()[page] for line in block.splitlines()]
    return [line for line in lines if line and not line.startswith("#")]


def rewritten(block: str, *, instead: Mapping[str, str], places: Mapping[str, str]) -> str:
    """The block with some lines put otherwise and with places and ports of this test's own."""
    lines = [instead.get(line.strip(), line) for line in block.splitlines()]
    return placed("\n".join(lines) + "\n", places)


def placed(text: str, places: Mapping[str, str]) -> str:
    """The text with other places and ports, all put in at once, so that none is taken for another."""
    return re.sub("|".join(map(re.escape, places)), lambda found: places[found[0]], text)
