"""Rules are data in one way: each text in `defaults/` is a rulebook's first version, and nobody reads rules otherwise."""

from __future__ import annotations

from typing import Any

import pytest

from services.kernel.language.rulebooks import Rulebook, read_rules
from services.node import build_services
from tests.architecture.source import SERVICE_NAMES, SERVICES, calls, place, python_files, service_of

NO_RULES = {"demo.yaml", "demo_contact.yaml"}
"""What the demo alone puts in."""
READS_THE_DEMO = {"services/directory/actions/demo.py", "services/disclosure/actions/ruling.py"}
BOOKS = {(service.name, book.name): book for service in build_services() for book in service.rulebooks}


def test_every_text_in_defaults_is_the_first_version_of_a_rulebook() -> None:
    texts = {path for name in SERVICE_NAMES for path in (SERVICES / name / "defaults").glob("*.yaml")}
    assert {path for path in texts if path.name not in NO_RULES} == {book.default for book in BOOKS.values()}
    assert {book.default.stem for book in BOOKS.values()} == {name for _, name in BOOKS}


@pytest.mark.parametrize("book", BOOKS.values(), ids=lambda book: book.name)
def test_a_first_version_is_right_and_says_what_it_governs(book: Rulebook[Any]) -> None:
    text = book.default.read_text(encoding="utf-8")
    assert read_rules(text, book.model) == book.read(text)
    assert book.about.endswith("。")
    assert len(book.name) <= 40


def test_nobody_reads_rules_but_through_a_rulebook() -> None:
    readers = [
        place(path)
        for path in python_files("services")
        for _line, name in calls(path)
        if name.split(".")[-1] in {"read_rules", "read_kept", "safe_load", "load_text"} and service_of(path) != "kernel"
    ]
    assert set(readers) - READS_THE_DEMO == {"services/stats/policy/rulebooks.py"}  # it reads its own head
