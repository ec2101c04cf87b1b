"""Which characters a font file has a glyph for; lighter than typesetting, for asking alone."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from fontTools.ttLib import TTCollection, TTFont

_FONT_FILES = frozenset({".otf", ".ttf", ".ttc", ".otc"})
_COLLECTIONS = frozenset({".ttc", ".otc"})


@lru_cache(maxsize=4)
def printable_in(folder: Path) -> frozenset[int]:
    """The characters that some font of a folder has, by the first face of each file."""
    paths = [path for path in sorted(folder.iterdir()) if path.suffix.lower() in _FONT_FILES]
    return frozenset().union(*(covered(path, 0) for path in paths))


def covered(path: Path, index: int) -> frozenset[int]:
    """The characters of one face of a font file."""
    is_collection = path.suffix.lower() in _COLLECTIONS
    with TTCollection(path, lazy=True) if is_collection else TTFont(path, lazy=True) as opened:
        font = opened.fonts[index] if isinstance(opened, TTCollection) else opened
        return frozenset(font.getBestCmap() or {})


def is_drawn(character: str) -> bool:
    """Whether the character needs a glyph: spaces, joiners and selectors of a form do not."""
    is_selector = "\ufe00" <= character <= "\ufe0f" or "\u180b" <= character <= "\u180f" or character >= "\U000e0100"
    return not (character.isspace() or character in "\u200b\u200d" or is_selector)
