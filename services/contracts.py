"""Writes the generated contracts to docs/reference (`write`) or says where they drifted (`check`)."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from services.kernel.language.catalogue import asyncapi, json_schemas
from services.kernel.runtime.app import describe_services
from services.node import build_services

REFERENCE = Path(__file__).parent.parent / "docs" / "reference"


def documents() -> dict[str, Any]:
    """Every generated document by its path below docs/reference."""
    found: dict[str, Any] = {"asyncapi.json": asyncapi()}
    found |= {f"schemas/{name}.json": schema for name, schema in json_schemas().items()}
    found |= {f"openapi/{name}.json": document for name, document in describe_services(build_services()).items()}
    return found


def drifted() -> list[str]:
    """Documents on disk that differ from the code, are missing, or are no longer made."""
    made = {path: _text(document) for path, document in documents().items()}
    kept = {str(path.relative_to(REFERENCE)): path.read_text() for path in REFERENCE.rglob("*.json")}
    return sorted(path for path in made.keys() | kept.keys() if made.get(path) != kept.get(path))


def write() -> None:
    """Write every document, and remove those that are no longer made."""
    made = documents()
    for stale in REFERENCE.rglob("*.json"):
        if str(stale.relative_to(REFERENCE)) not in made:
            stale.unlink()
    for path, document in made.items():
        (REFERENCE / path).parent.mkdir(parents=True, exist_ok=True)
        (REFERENCE / path).write_text(_text(document))


def _text(document: Any) -> str:
    return json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def main() -> None:
    """`python -m services.contracts write|check`."""
    if sys.argv[1:] == ["write"]:
        write()
        return
    if paths := drifted():
        sys.exit("docs/reference drifted from the code: " + ", ".join(paths) + "; run `make contracts`")


if __name__ == "__main__":
    main()
