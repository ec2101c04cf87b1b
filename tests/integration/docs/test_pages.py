"""Every command in the documentation is known to these tests: run as written, or listed with the reason why not."""

from __future__ import annotations

from tests.integration.docs.keeping import BACKUP, ERASE, RESTORE
from tests.integration.docs.pages import commands_of, pages
from tests.integration.docs.test_install import INSTALL, NOT_ON_A_TEST_MACHINE
from tests.integration.docs.test_operator import OPERATOR

LISTED = {
    "docs/how-to/rules.md": "the same commands run in tests/integration/disclosure/test_rule_commands.py",
    OPERATOR: "the demo's commands run in tests/integration/demo, a new township's in test_operator",
}
"""Pages whose commands are not run line by line, with the reason."""

RUN_ELSEWHERE = {
    "make demo": "tests/integration/demo runs the same command on ports of its own, and the story to its end",
    "make test": "this is it",
}


def test_every_page_with_commands_is_run_or_its_commands_are_listed() -> None:
    unknown = {
        page: [line for line in commands_of(page) if not line.startswith(tuple(RUN_ELSEWHERE))]
        for page in pages()
        if page not in {INSTALL, BACKUP, ERASE, RESTORE, *LISTED}
    }
    assert {page: lines for page, lines in unknown.items() if lines} == {}


def test_what_is_listed_as_not_run_still_stands_in_the_pages() -> None:
    written = {line for page in pages() for line in commands_of(page)}
    assert set(NOT_ON_A_TEST_MACHINE) - written == set()
    assert LISTED.keys() - pages().keys() == set()
