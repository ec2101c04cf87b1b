"""What the paragraph styles of a file say about being a title or part of a list."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from services.kernel.runtime.documents.reader.package import attribute, child, local

_TITLE_NAMES = {"title", "标题", "heading 1", "标题 1", "公文标题"}
_DEEPEST_CHAIN = 20


@dataclass(frozen=True, slots=True)
class Look:
    """How a paragraph looks, as far as it tells titles and list items."""

    is_title_style: bool
    is_centred: bool
    size: str
    list_id: str
    list_level: int


class Styles:
    """The styles of one document."""

    def __init__(self, root: Element | None) -> None:
        elements = [element for element in (root if root is not None else ()) if local(element) == "style"]
        self._by_id = {attribute(element, "styleId"): element for element in elements}

    def look(self, paragraph: Element) -> Look:
        """The look of a paragraph: its own properties first, then those of its styles."""
        own = child(paragraph, "pPr")
        chain = list(self._chain(_value(own, "pStyle")))
        properties = [own, *(child(style, "pPr") for style in chain)]
        runs = [_first_run_properties(paragraph), *(child(style, "rPr") for style in chain)]
        level = _first(properties, "numPr", "ilvl")
        return Look(
            is_title_style=any(_value(style, "name").lower() in _TITLE_NAMES for style in chain[:1]),
            is_centred=_first(properties, "jc") == "center",
            size=_first(runs, "sz"),
            list_id=_first(properties, "numPr", "numId"),
            list_level=int(level) if level.isascii() and level.isdigit() and len(level) == 1 else 0,
        )

    def _chain(self, style_id: str) -> Iterator[Element]:
        """A style and those it is based on; a circle of them ends where it closes."""
        seen: set[str] = set()
        while style_id in self._by_id and style_id not in seen and len(seen) < _DEEPEST_CHAIN:
            seen.add(style_id)
            yield self._by_id[style_id]
            style_id = _value(self._by_id[style_id], "basedOn")


def _first_run_properties(paragraph: Element) -> Element | None:
    run = next((part for part in paragraph.iter() if local(part) == "r" and child(part, "t") is not None), None)
    return child(run, "rPr")


def _first(places: list[Element | None], *path: str) -> str:
    return next((value for place in places if (value := _value(place, *path))), "")


def _value(place: Element | None, *path: str) -> str:
    found = child(place, *path)
    return attribute(found, "val") if found is not None else ""
