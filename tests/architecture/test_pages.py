"""Pages ask nothing of other hosts, and carry nothing that the content security policy forbids."""

import re
from pathlib import Path

import pytest

from tests.architecture.source import SERVICES, place, rooms, service_of

# Names of XML vocabularies look like addresses, but nobody fetches them.
OUTSIDE = re.compile(
    r"""(?<!xmlns=")(?<!xmlns:xlink=")(\bhttps?://|(?<=["'(])//)[a-z0-9-]+(\.[a-z0-9-]+)+""", re.IGNORECASE
)
FORBIDDEN = {
    "an address outside the node": OUTSIDE,
    "a script in the page": re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")", re.IGNORECASE),
    "a style in the page": re.compile(r"<style|\sstyle=", re.IGNORECASE),
    "a handler in an attribute": re.compile(r"\son[a-z]+=[\"']", re.IGNORECASE),
    "text that is not escaped": re.compile(r"\|\s*safe\b"),
}


def _pages() -> list[Path]:
    own = [path for suffix in ("html", "css", "js", "svg") for path in SERVICES.rglob(f"*.{suffix}")]
    return sorted(path for path in own if "vendor" not in path.parts)


def _without_comments(path: Path) -> str:
    text = path.read_text(encoding="utf-8")
    return re.sub(r"{#.*?#}", lambda comment: "\n" * comment[0].count("\n"), text, flags=re.DOTALL)


@pytest.mark.parametrize("name", FORBIDDEN)
def test_no_page_contains(name: str) -> None:
    found = [
        f"{place(path, number)} {line.strip()[:100]}"
        for path in _pages()
        for number, line in enumerate(_without_comments(path).splitlines(), start=1)
        if FORBIDDEN[name].search(line) and (path.suffix == ".html" or name == "an address outside the node")
    ]
    assert found == []


def test_a_page_with_long_texts_is_read_apart_from_what_is_being_written() -> None:
    # Directory, exchange and review still read in the transaction here and there; nobody adds to them.
    pages = [path for path in rooms("pages") if service_of(path) in {"disclosure", "intake", "stats"}]
    assert pages
    assert [place(path) for path in pages if "tx.session" in path.read_text(encoding="utf-8")] == []
