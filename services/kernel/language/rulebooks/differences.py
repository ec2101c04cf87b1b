"""What two versions of a rulebook say differently, value by value, in the author's own names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

NOTHING = "—"
_NAMING = ("id", "code", "heading", "hint")
_LONGEST = 300


@dataclass(frozen=True)
class Difference:
    """One value that is another now; an empty side is a dash."""

    where: str
    before: str
    after: str


def differences(before: BaseModel, after: BaseModel) -> list[Difference]:
    """Every value in which the two differ, in their order; rows are told by their ids, not by their places."""
    return list(_compare(before.model_dump(mode="json"), after.model_dump(mode="json"), ()))


def _compare(before: Any, after: Any, path: tuple[str, ...]) -> Iterator[Difference]:
    if before == after:
        return
    if isinstance(before, dict) and isinstance(after, dict):
        for name in dict.fromkeys((*before, *after)):
            yield from _compare(before.get(name), after.get(name), (*path, name))
    elif isinstance(before, list) and isinstance(after, list):
        yield from _compare_lists(before, after, path)
    else:
        yield Difference(_where(path), _words(before), _words(after))


def _compare_lists(before: list[Any], after: list[Any], path: tuple[str, ...]) -> Iterator[Difference]:
    if all(isinstance(row, dict) for row in (*before, *after)):
        old, new = _named(before), _named(after)
        yield from _compare(old, new, path)
        if old == new:
            yield Difference(_where(path), "原来的次序", "次序有变")
        return
    old_words, new_words = set(map(repr, before)), set(map(repr, after))
    gone, come = (
        [one for one in before if repr(one) not in new_words],
        [one for one in after if repr(one) not in old_words],
    )
    yield Difference(_where(path), *((_words(gone), _words(come)) if gone or come else (_words(before), _words(after))))


def _named(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The rows by what their author calls them; a name that stands twice gets its place beside it."""
    named: dict[str, Any] = {}
    for place, row in enumerate(rows, start=1):
        name = next((str(row[key]) for key in _NAMING if row.get(key)), f"第{place}条")
        named[f"{name}（第{place}条）" if name in named else name] = row
    return named


def _words(value: Any) -> str:
    if value is None or value in ("", [], {}):
        return NOTHING
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, dict):
        said = "，".join(f"{name}: {_words(one)}" for name, one in value.items() if one not in (None, "", []))
    else:
        said = "、".join(map(_words, value)) if isinstance(value, list) else str(value)
    return said if len(said) <= _LONGEST else f"{said[:_LONGEST]}……"


def _where(path: tuple[str, ...]) -> str:
    return " › ".join(path)
