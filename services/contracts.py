"""Writes the generated pages and contracts to docs/reference (`write`) or says where they drifted (`check`)."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from services.kernel.language.catalogue import asyncapi, json_schemas
from services.kernel.runtime.running.app import describe_services
from services.node import build_services
from services.reference import metrics_page, settings_page

REFERENCE = Path(__file__).parent.parent / "docs" / "reference"


def documents() -> dict[str, str]:
    """Every generated document by its path below docs/reference."""
    found: dict[str, Any] = {"asyncapi.json": asyncapi()}
    found |= {f"schemas/{name}.json": schema for name, schema in json_schemas().items()}
    found |= {f"openapi/{name}.json": document for name, document in describe_services(build_services()).items()}
    pages = {"settings.md": settings_page(), "metrics.md": metrics_page()}
    return {path: _text(document) for path, document in found.items()} | pages


def drifted() -> list[str]:
    """Documents on disk that differ from the code, are missing, or are no longer made."""
    made = documents()
    kept = {path: (REFERENCE / path).read_text() for path in made if (REFERENCE / path).exists()}
    stale = (path for path in _kept_json() if path not in made)
    return sorted([path for path, text in made.items() if kept.get(path) != text] + list(stale))


def write() -> None:
    """Write every document, and remove those that are no longer made."""
    made = documents()
    for path in _kept_json():
        if path not in made:
            (REFERENCE / path).unlink()
    for path, text in made.items():
        (REFERENCE / path).parent.mkdir(parents=True, exist_ok=True)
        (REFERENCE / path).write_text(text)


def _kept_json() -> list[str]:
    return [str(path.relative_to(REFERENCE)) for path in REFERENCE.rglob("*.json")]


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
