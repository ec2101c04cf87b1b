"""Who may commit, who may look at the clock, and who may read the environment."""

import ast
import re

from tests.architecture.source import SERVICE_NAMES, SERVICES, calls, place, python_files, rooms, service_of, tree

CLOCKS = re.compile(r"(^|\.)(datetime\.(now|utcnow|today)|date\.today|time\.(time|monotonic)|func\.now)$")
COMMITS = re.compile(r"\.(commit|begin|begin_nested)$")
RUNTIME = SERVICES / "kernel" / "runtime"


def test_only_the_edge_commits() -> None:
    elsewhere = [
        path for path in python_files("services") if RUNTIME not in path.parents and "migrations" not in path.parts
    ]
    assert [place(path, line) for path in elsewhere for line, name in calls(path) if COMMITS.search(name)] == []


def test_now_is_always_an_argument() -> None:
    told_the_time = rooms("policy", "actions", "store", "model") + python_files("services/kernel/language")
    assert [place(path, line) for path in told_the_time for line, name in calls(path) if CLOCKS.search(name)] == []


def test_nobody_reads_the_environment_but_the_settings() -> None:
    readers = [
        place(path, node.lineno)
        for path in python_files("services")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute | ast.Name)
        and ast.unparse(node) in {"os.environ", "os.getenv", "environ", "getenv"}
    ]
    assert readers == []


def test_every_service_says_in_one_sentence_what_it_does() -> None:
    packages = [
        path for path in python_files("services") if path.name == "__init__.py" and path.parent.parent == SERVICES
    ]
    assert [place(path) for path in packages if not ast.get_docstring(tree(path))] == []
    assert {service_of(path) for path in packages} == {"kernel", *SERVICE_NAMES}
