"""Each thing is written once: no two places of the system share more lines than it takes to say that they do the same."""

import ast
from itertools import combinations
from pathlib import Path

from tests.architecture.alike import equal_runs
from tests.architecture.source import ROOT, SERVICES, place, rooms, tree

MOST_EQUAL_LINES = 12
MOST_EQUAL_FIELDS = 6
"""Names that any two things of this system have: an identifier, a title, a unit, a status, a version, an instant."""
CODE = {".py", ".html", ".css", ".js", ".yaml", ".yml", ".sh", ".env", ".service", ".conf"}
WIRING = {"app.py", "__main__.py"}
DRAWN = {"_icons.html"}


def looked_at() -> list[Path]:
    files = sorted(path for folder in ("services", "deploy") for path in (ROOT / folder).rglob("*"))
    return [
        path for path in files
        if path.suffix in CODE and path.name not in WIRING | DRAWN and not {"migrations", "vendor"} & set(path.parts)
    ]  # fmt: skip


def test_no_two_places_share_more_than_a_few_lines() -> None:
    runs = equal_runs(looked_at(), MOST_EQUAL_LINES)
    told = [f"{place(one.file, one.line)} = {place(one.other_file, one.other_line)}: {one.length}" for one in runs]
    assert told == []


def test_no_two_views_of_services_say_the_same_fields() -> None:
    said = {
        place(path, view.lineno): {ast.unparse(field) for field in view.body if isinstance(field, ast.AnnAssign)}
        for path in rooms("api") + sorted((SERVICES / "kernel").rglob("views.py"))
        for view in ast.walk(tree(path))
        if isinstance(view, ast.ClassDef)
    }
    pairs = [pair for pair in combinations(said, 2) if len(said[pair[0]] & said[pair[1]]) > MOST_EQUAL_FIELDS]
    assert len(said) > 80
    assert pairs == []


def lines(count: int) -> str:
    return "".join(f"row_{n} = {n}\n" for n in range(count))


def test_a_copied_run_is_found_with_both_places_whatever_is_said_between_its_lines(tmp_path: Path) -> None:
    one, other = tmp_path / "one.py", tmp_path / "other.py"
    one.write_text(f"def first():\n    x = 1\n\n\n{lines(13)}")
    said = '"""One."""\n\nimport os\n\n# Why.\n'
    other.write_text(said + lines(13).replace("row_5 = 5\n", "row_5 = 5  # because\n\n") + "end = 1\n")
    (run,) = equal_runs([one, other], MOST_EQUAL_LINES)
    assert (run.file, run.line, run.other_file, run.other_line, run.length) == (one, 5, other, 6, 13)


def test_a_run_copied_inside_one_file_is_found_and_one_of_twelve_lines_is_let_pass(tmp_path: Path) -> None:
    twice, short = tmp_path / "twice.py", tmp_path / "short.py"
    twice.write_text(f"{lines(15)}end = 1\n{lines(15)}")
    short.write_text(f"start = 1\n{lines(12)}stop = 1\n")
    (run,) = equal_runs([twice, short], MOST_EQUAL_LINES)
    assert (run.line, run.other_line, run.length) == (1, 17, 15)
