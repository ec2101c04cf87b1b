"""Runs of equal lines of code in two places, found in the project's own files."""

import ast
import tokenize
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

Lines = list[tuple[int, str]]
"""Lines that count, each with its number in the file."""


@dataclass(frozen=True, order=True)
class Run:
    """Equal lines that stand in two places: where each begins, and how many lines they are."""

    file: Path
    line: int
    other_file: Path
    other_line: int
    length: int


def lines_of_code(path: Path) -> Lines:
    """The lines of a file that say something: of Python without imports, docstrings and comments."""
    text = path.read_text(encoding="utf-8")
    left_out = _said_elsewhere(text) if path.suffix == ".py" else set()
    lines = _without_comments(text) if path.suffix == ".py" else text.splitlines()
    return [(n, line.strip()) for n, line in enumerate(lines, 1) if line.strip() and n not in left_out]


def equal_runs(paths: Iterable[Path], longer_than: int) -> list[Run]:
    """Every run of more than so many equal lines, each as long as it goes and told once."""
    files = {path: lines_of_code(path) for path in paths}
    return sorted(run for pairs in _pairs(files, longer_than + 1) for run in _grown(files, pairs, longer_than + 1))


def _pairs(files: dict[Path, Lines], size: int) -> Iterator[tuple[tuple[Path, int], tuple[Path, int]]]:
    """Two places whose next `size` lines are equal, and whose lines before are not: where a run begins."""
    places: dict[tuple[str, ...], list[tuple[Path, int]]] = defaultdict(list)
    for path, lines in files.items():
        for at in range(len(lines) - size + 1):
            places[tuple(text for _, text in lines[at : at + size])].append((path, at))
    for found in places.values():
        for i, one in enumerate(found):
            yield from ((one, other) for other in found[i + 1 :] if _before(files, one) != _before(files, other))


def _before(files: dict[Path, Lines], place: tuple[Path, int]) -> str | Path:
    path, at = place
    return files[path][at - 1][1] if at else path


def _grown(files: dict[Path, Lines], pair: tuple[tuple[Path, int], tuple[Path, int]], size: int) -> Iterator[Run]:
    (file, at), (other, other_at) = pair
    mine, theirs = files[file], files[other]
    length = size
    while min(len(mine) - at, len(theirs) - other_at) > length and mine[at + length][1] == theirs[other_at + length][1]:
        length += 1
    yield Run(file, mine[at][0], other, theirs[other_at][0], length)


def _said_elsewhere(text: str) -> set[int]:
    """Numbers of the lines of imports and docstrings."""
    spans: list[ast.stmt] = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            spans.append(node)
        elif (
            isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
            and ast.get_docstring(node, clean=False) is not None
        ):
            spans.append(node.body[0])
    return {n for node in spans for n in range(node.lineno, (node.end_lineno or node.lineno) + 1)}


def _without_comments(text: str) -> list[str]:
    lines = text.splitlines()
    for token in tokenize.generate_tokens(StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            row, column = token.start
            lines[row - 1] = lines[row - 1][:column]
    return lines
