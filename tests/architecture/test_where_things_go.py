"""What docs/explanation/where-things-go.md says is so: the files that a thing is added in, and no others, know of it."""

import re
from pathlib import Path

from services.kernel.language.vocabulary.item_fields import FIELDS
from tests.architecture.source import ROOT, SERVICES

TABLE = ROOT / "docs" / "explanation" / "where-things-go.md"
CODE = {".py", ".html", ".js", ".css", ".yaml"}


def rows() -> dict[str, tuple[list[str], list[str]]]:
    """By what is added: the files to touch, and what keeps the row true."""
    lines = [line for line in TABLE.read_text(encoding="utf-8").splitlines() if line.startswith("| a ")]
    cells = [line.strip("| ").split(" | ") for line in lines]
    return {what: (re.findall(r"`([^`]+)`", touch), re.findall(r"`([^`]+)`", kept)) for what, touch, kept in cells}


def code_files() -> list[Path]:
    return [path for path in SERVICES.rglob("*") if path.suffix in CODE and "vendor" not in path.parts]


def test_every_file_that_the_table_names_is_there() -> None:
    named = [
        name
        for touch, kept in rows().values()
        for name in touch + kept
        if name.startswith(("services/", "tests/")) and "<" not in name
    ]
    assert named
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_a_field_of_some_types_is_named_in_the_catalogue_and_nowhere_else() -> None:
    names = [field.name for field in FIELDS if not field.is_for_every_type and "_" in field.name]
    assert {"leaders_on_site", "responsible_level", "occurred_at"} <= set(names)
    word = re.compile(rf"\b({'|'.join(names)})\b")
    places = {str(path.relative_to(ROOT)) for path in code_files() if word.search(path.read_text(encoding="utf-8"))}
    touch, _ = rows()["a new type"]
    assert places == set(touch[:1])
