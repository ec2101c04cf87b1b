"""Cursors, downloads and offered versions are made in one place each, and nobody makes his own."""

import ast
from pathlib import Path

import pytest

from tests.architecture.source import SERVICES, place, python_files, tree

RUNTIME = SERVICES / "kernel" / "runtime"
ONLY_IN = {
    "encode_cursor": RUNTIME / "pages" / "paging.py",
    "decode_cursor": RUNTIME / "pages" / "paging.py",
    "Content-Disposition": RUNTIME / "web" / "downloads.py",
    "if-match": RUNTIME / "web" / "dependencies.py",
    "add_worksheet": RUNTIME / "pages" / "export.py",
}


def _says(path: Path, word: str) -> bool:
    """Whether a file has the word as a name, an attribute or a text of its own."""
    fields = {ast.Constant: "value", ast.Name: "id", ast.Attribute: "attr"}
    nodes = (node for node in ast.walk(tree(path)) if type(node) in fields)
    return any(getattr(node, fields[type(node)]) == word for node in nodes)


@pytest.mark.parametrize("word", ONLY_IN)
def test_each_is_made_in_one_place(word: str) -> None:
    makers = [path for path in python_files("services") if _says(path, word)]
    assert [place(path) for path in makers] == [place(ONLY_IN[word])]
