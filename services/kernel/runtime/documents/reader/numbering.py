"""Automatic list numbers, counted as Word counts them and written out as text."""

from __future__ import annotations

from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from services.kernel.runtime.documents.reader.formats import FORMATS, LARGEST_WRITTEN_OUT
from services.kernel.runtime.documents.reader.package import attribute, child, local, value_of

_UNWRITTEN = frozenset({"bullet", "none"})


@dataclass(frozen=True, slots=True)
class _Level:
    """One level of a list; `restarts_after` counts levels from one: 0 is never, None is after every outer one."""

    start: int
    number_format: str
    text: str
    restarts_after: int | None
    is_legal: bool
    style_id: str
    is_plain: bool

    @staticmethod
    def of(element: Element) -> _Level:
        restart, legal = value_of(element, "lvlRestart"), child(element, "isLgl")
        number_format = child(element, "numFmt")
        return _Level(
            start=_count(value_of(element, "start"), 1),
            number_format=value_of(element, "numFmt"),
            text=value_of(element, "lvlText"),
            restarts_after=_count(restart, 0) if restart else None,
            is_legal=legal is not None and attribute(legal, "val") not in {"0", "false", "off"},
            style_id=value_of(element, "pStyle"),
            is_plain=number_format is None or not attribute(number_format, "format"),
        )


@dataclass
class Numbering:
    """The lists of one document and how far each has counted.

    `is_doubtful` once a number could not be counted or written as Word does; `has_bullets` once a bullet was left out.
    """

    is_doubtful: bool = False
    has_bullets: bool = False
    _lists: dict[str, dict[int, _Level]] = field(default_factory=dict)
    _styled: dict[str, str] = field(default_factory=dict)
    _links: dict[str, str] = field(default_factory=dict)
    _list_of: dict[str, str] = field(default_factory=dict)
    _own_levels: dict[str, dict[int, _Level]] = field(default_factory=dict)
    _restarts: dict[str, dict[int, int]] = field(default_factory=dict)
    _counted: dict[str, dict[int, int]] = field(default_factory=dict)

    @staticmethod
    def of(root: Element | None) -> Numbering:
        """The lists that a numbering part defines; none without one."""
        numbering = Numbering()
        for element in root if root is not None else ():
            if local(element) == "abstractNum":
                numbering._define(element)
            elif local(element) == "num":
                numbering._take_in_use(element)
        return numbering

    def label(self, list_id: str, level: int, style_id: str = "") -> str:
        """The number of the next paragraph; "" for bullets.

        Args:
            level: As the paragraph says it; 0 is the outermost.
            style_id: The style from which the paragraph has its list: a list may say at which level each style stands.
        """
        used = self._definition_of(list_id)
        levels = {**self._lists.get(used, {}), **self._own_levels.get(list_id, {})}
        level = next((at for at, one in levels.items() if style_id and one.style_id == style_id), level)
        if level not in levels:
            self.is_doubtful = True
            return ""
        counted = self._count(list_id, used, levels, level)
        if levels[level].number_format in _UNWRITTEN:
            self.has_bullets = self.has_bullets or levels[level].number_format == "bullet"
            return ""
        label = self._written(levels, level, counted)
        return f"{label} " if label[-1:].isalnum() else label

    def _written(self, levels: dict[int, _Level], level: int, counted: dict[int, int]) -> str:
        label = levels[level].text
        for outer, one in levels.items():
            if f"%{outer + 1}" not in label:
                continue
            number = counted.get(outer, one.start)
            written = FORMATS["decimal"] if levels[level].is_legal else FORMATS.get(one.number_format)
            if written is None or not one.is_plain or outer > level or not 0 < number < LARGEST_WRITTEN_OUT:
                self.is_doubtful = self.is_doubtful or one.number_format not in _UNWRITTEN
                written = str
            label = label.replace(f"%{outer + 1}", "" if one.number_format in _UNWRITTEN else written(number))
        return label

    def _define(self, element: Element) -> None:
        name = attribute(element, "abstractNumId")
        self._lists[name] = _levels(element)
        if style := value_of(element, "styleLink"):
            self._styled[style] = name
        if style := value_of(element, "numStyleLink"):
            self._links[name] = style

    def _definition_of(self, list_id: str) -> str:
        """The definition that a list in use goes by, which may stand under the name of a style."""
        used = self._list_of.get(list_id, "")
        return self._styled.get(self._links.get(used, ""), used)

    def _take_in_use(self, element: Element) -> None:
        """A list in use names its definition; it may start levels anew and have some of its own."""
        list_id = attribute(element, "numId")
        self._list_of[list_id] = value_of(element, "abstractNumId")
        overrides = {_count(attribute(part, "ilvl"), 0): part for part in element if local(part) == "lvlOverride"}
        own = {at: child(part, "lvl") for at, part in overrides.items()}
        self._own_levels[list_id] = {at: _Level.of(level) for at, level in own.items() if level is not None}
        starts = {at: value_of(part, "startOverride") for at, part in overrides.items()}
        self._restarts[list_id] = {at: _count(start, 1) for at, start in starts.items() if start}

    def _count(self, list_id: str, used: str, levels: dict[int, _Level], level: int) -> dict[int, int]:
        """Lists that share a definition count on together, until one of them starts anew."""
        counted = self._counted.setdefault(used, {})
        for restarted, start in self._restarts.pop(list_id, {}).items():
            counted[restarted] = start - 1
        counted[level] = counted.get(level, levels[level].start - 1) + 1
        for inner in [other for other in counted if other > level]:
            after = levels[inner].restarts_after if inner in levels else None
            if after is None or level < after:
                del counted[inner]
        return counted


def _levels(definition: Element) -> dict[int, _Level]:
    return {_count(attribute(level, "ilvl"), 0): _Level.of(level) for level in definition if local(level) == "lvl"}


def _count(text: str, default: int) -> int:
    """A number from the file within what a list can have."""
    return min(int(text), LARGEST_WRITTEN_OUT) if text.isascii() and text.isdigit() else default
