"""What docs/explanation/where-things-go.md says is so: the files that a thing is added in, and no others, know of it."""

import ast
import re
from pathlib import Path

from services.kernel.language.vocabulary.item_fields import FIELDS
from services.node import build_services
from tests.architecture.source import ROOT, SERVICE_NAMES, SERVICES, calls, place, python_files, rooms, service_of, tree

EXAMPLES = SERVICES / "kernel" / "language" / "events" / "examples"
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


def test_the_files_that_a_row_counts_are_as_many_as_it_names() -> None:
    counted = re.findall(r"(\d) files: ([^|]+?)(?:\. [^|]*)? \|", TABLE.read_text(encoding="utf-8"))
    assert len(counted) == 5
    assert [(number, listed) for number, listed in counted if int(number) != listed.count("; ") + 1] == []


def test_every_fact_that_is_told_has_an_example_and_is_brought_back_in_the_room_for_it() -> None:
    services = [service for service in build_services() if service.replays]
    rooms_of = {(one.name, handler.__module__) for one in services for handler in one.replays.values()}
    assert {module.split(".actions.")[1].split(".")[0] for _, module in rooms_of} == {"replaying"}
    told = {fact.TYPE for service in services for fact in service.tells}
    examples = {path.name.removesuffix(".json") for path in EXAMPLES.rglob("*.json")}
    assert told
    assert {one for one in told if not any(name.startswith(one) for name in examples)} == set()


def test_every_rule_file_has_its_model_in_a_module_beside_its_row() -> None:
    models = {(service.name, book.model.__module__) for service in build_services() for book in service.rulebooks}
    assert {name for name, _ in models} == {"disclosure", "review", "stats"}
    rows_of = {f"services.{name}.policy.rulebooks" for name, _ in models}
    assert {module for _, module in models} & rows_of == set()
    assert all(module.startswith(f"services.{name}.policy.") for name, module in models)


def test_every_list_with_a_file_is_a_line_of_the_main_pages() -> None:
    lists = {
        found.group(1)
        for path in rooms("pages")
        if "export_list(" in (text := path.read_text(encoding="utf-8"))
        for found in re.finditer(r'Place\("([^"]+)"', text)
    }
    named = (ROOT / "tests" / "journeys" / "main_pages.py").read_text(encoding="utf-8")
    assert {"/intake/submissions", "/review/issues"} <= lists
    assert {one for one in lists if f'"{one}' not in named} == set()


def test_a_field_of_some_types_is_named_in_the_catalogue_and_nowhere_else() -> None:
    names = [field.name for field in FIELDS if not field.is_for_every_type and "_" in field.name]
    assert {"leaders_on_site", "responsible_level", "occurred_at"} <= set(names)
    word = re.compile(rf"\b({'|'.join(names)})\b")
    places = {str(path.relative_to(ROOT)) for path in code_files() if word.search(path.read_text(encoding="utf-8"))}
    touch, _ = rows()["a new type"]
    assert places == set(touch[:1])


def test_every_loop_of_a_service_runs() -> None:
    loops = {
        (service_of(path), node.name)
        for path in rooms("workers")
        for node in tree(path).body
        if isinstance(node, ast.AsyncFunctionDef) and [one.arg for one in node.args.args] == ["context", "stop"]
    }
    running = {(service.name, worker.__name__) for service in build_services() for worker in service.workers}
    assert {("directory", "forget_ended_sign_ins"), ("exchange", "watch_links")} <= loops
    assert loops == running


def test_no_loop_waits_in_a_way_that_the_end_of_the_node_does_not_end() -> None:
    slept = {
        place(path, node.lineno)
        for path in rooms("workers")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "asyncio.sleep" and ast.unparse(node.args[0]) != "0"
    }
    assert slept == set()
    assert {"pause"} <= {name for path in rooms("workers") for _, name in calls(path)}


def test_every_service_is_named_where_the_table_says_and_nowhere_else() -> None:
    whole = {
        str(path.relative_to(ROOT)) for path in python_files("services", "deploy") if words(path) >= set(SERVICE_NAMES)
    }
    touch, _ = rows()["a new service"]
    links, contracts = "services/kernel/runtime/pages/navigation.py", "pyproject.toml"
    assert {links, contracts} <= set(touch)
    assert whole == {name for name in touch if name.endswith(".py") and name != links and "/events/" not in name}


def words(path: Path) -> set[str]:
    return {
        node.value for node in ast.walk(tree(path)) if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def test_every_service_stands_in_each_contract_about_who_may_import_whom() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert {name: text.count(f'"services.{name}",') for name in SERVICE_NAMES} == dict.fromkeys(SERVICE_NAMES, 3)
