"""What the paragraph styles of a file say about being a title or part of a list."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from services.kernel.runtime.documents.reader.package import attribute, child, local, value_of

_TITLE_NAMES = {"title", "标题", "heading 1", "标题 1", "公文标题"}
_DEEPEST_CHAIN = 20
_WORDS_OWN_SIZE = 20
_RED = re.compile(r"[B-F][0-9A-F][0-4][0-9A-F][0-4][0-9A-F]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Look:
    """How a paragraph looks, as far as it tells titles and list items; `size` in half points."""

    is_title_style: bool
    is_centred: bool
    is_red: bool
    size: int
    list_id: str
    list_level: int
    list_style_id: str


class Styles:
    """The styles of one document."""

    def __init__(self, root: Element | None) -> None:
        elements = [element for element in (root if root is not None else ()) if local(element) == "style"]
        self._usual_size = value_of(root, "docDefaults", "rPrDefault", "rPr", "sz")
        self._by_id = {attribute(element, "styleId"): element for element in elements}
        self._normal = next((attribute(e, "styleId") for e in elements if _is_normal(e)), "")

    def look(self, paragraph: Element) -> Look:
        """The look of a paragraph: its own properties first, then those of its styles."""
        own = child(paragraph, "pPr")
        chain = list(self._chain(value_of(own, "pStyle") or self._normal))
        properties = [own, *(child(style, "pPr") for style in chain)]
        runs = [_first_run_properties(paragraph), *(child(style, "rPr") for style in chain)]
        level = _first(properties, "numPr", "ilvl")
        size = _first(runs, "sz") or self._usual_size
        listed = next((place for place in properties if value_of(place, "numPr", "numId")), None)
        styled = next((style for style in chain if listed is not None and child(style, "pPr") is listed), None)
        return Look(
            is_title_style=any(value_of(style, "name").lower() in _TITLE_NAMES for style in chain[:1]),
            is_centred=_first(properties, "jc") == "center",
            is_red=bool(_RED.fullmatch(_first(runs, "color"))),
            size=int(size) if size.isascii() and size.isdigit() and len(size) < 5 else _WORDS_OWN_SIZE,
            list_id=value_of(listed, "numPr", "numId"),
            list_level=int(level) if level.isascii() and level.isdigit() and len(level) == 1 else 0,
            list_style_id=attribute(styled, "styleId") if styled is not None else "",
        )

    def _chain(self, style_id: str) -> Iterator[Element]:
        """A style and those it is based on; a circle of them ends where it closes."""
        seen: set[str] = set()
        while style_id in self._by_id and style_id not in seen and len(seen) < _DEEPEST_CHAIN:
            seen.add(style_id)
            yield self._by_id[style_id]
            style_id = value_of(self._by_id[style_id], "basedOn")


def _is_normal(style: Element) -> bool:
    """Whether a paragraph that names no style has this one."""
    return attribute(style, "type") == "paragraph" and attribute(style, "default") in {"1", "true", "on"}


def _first_run_properties(paragraph: Element) -> Element | None:
    run = next((part for part in paragraph.iter() if local(part) == "r" and child(part, "t") is not None), None)
    return child(run, "rPr")


def _first(places: list[Element | None], *path: str) -> str:
    return next((value for place in places if (value := value_of(place, *path))), "")
