"""A reader who knows one service knows all: the same rooms, honest names, modules of a readable size."""

from tests.architecture.source import ROOT, SERVICE_NAMES, SERVICES, place, python_files

ROOMS = {
    "__init__", "__main__", "app", "api", "pages", "cli", "agents", "workers", "actions", "policy", "store", "model",
    "metrics", "templates", "migrations", "defaults",
}  # fmt: skip
SAY_NOTHING = {"utils", "util", "helpers", "helper", "misc", "base", "common"}
LONGEST_MODULE_LINES = 300
LONGEST_TEST_LINES = 500


def test_every_service_has_the_same_rooms() -> None:
    found = {path for name in SERVICE_NAMES for path in (SERVICES / name).iterdir() if path.name != "__pycache__"}
    assert sorted(place(path) for path in found if path.stem not in ROOMS) == []


def test_no_module_is_named_after_nothing() -> None:
    named = [path for path in python_files() if SAY_NOTHING & set(path.relative_to(ROOT).with_suffix("").parts)]
    assert [place(path) for path in named] == []


def test_no_module_is_longer_than_a_reader_can_hold() -> None:
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in python_files()}
    allowed = {path: LONGEST_TEST_LINES if "tests" in path.parts else LONGEST_MODULE_LINES for path in lengths}
    assert {place(path): lines for path, lines in lengths.items() if lines > allowed[path]} == {}
