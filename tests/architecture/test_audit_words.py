"""Whatever is written into the audit chain has a name by which people find it."""

import ast
from collections.abc import Iterator

from services.kernel.runtime.pages.audit_log.wording import VERBS
from tests.architecture.source import python_files, tree

TOLD_ONCE = {"directory.calendar.set_day"}
"""Verbs of earlier versions, in chains that nothing is taken out of."""


def _verbs(node: ast.Call) -> Iterator[str]:
    named = [keyword.value for keyword in node.keywords if keyword.arg == "verb"]
    is_audit = isinstance(node.func, ast.Attribute) and node.func.attr == "audit"
    for given in named + (node.args[:1] if is_audit else []):
        said = [given.body, given.orelse] if isinstance(given, ast.IfExp) else [given]
        yield from (one.value for one in said if isinstance(one, ast.Constant) and isinstance(one.value, str))


def test_every_verb_of_the_audit_chain_is_called_something() -> None:
    calls = [node for path in python_files("services") for node in ast.walk(tree(path)) if isinstance(node, ast.Call)]
    assert {verb for call in calls for verb in _verbs(call)} | TOLD_ONCE == set(VERBS)
