"""What the made-up offices write: realistic items of several types, in the numbered official style."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

_HERE = Path(__file__).parent

TOWNSHIP_ITEMS = "township"
BUREAU_ITEMS = "water_bureau"


@cache
def items_of(author: str) -> dict[str, dict[str, Any]]:
    """The items of one author by their short names, each with the fields of a draft, body without the last break."""
    said: dict[str, dict[str, Any]] = yaml.safe_load((_HERE / f"{author}.yaml").read_text(encoding="utf-8"))
    return {name: {field: _stripped(value) for field, value in item.items()} for name, item in said.items()}


def draft_of(name: str) -> dict[str, Any]:
    """The fields of an item as a clerk fills them in, the declaration included."""
    item = next(items[name] for items in (items_of(TOWNSHIP_ITEMS), items_of(BUREAU_ITEMS)) if name in items)
    return {field: value for field, value in item.items() if not field.startswith("amended_")} | {
        "non_secret_declared": True
    }


def amended_body_of(name: str) -> str:
    """The body of an item after its return."""
    body: str = items_of(TOWNSHIP_ITEMS)[name]["amended_body"]
    return body


def _stripped(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value
