"""The folder of fonts for PDF, and which characters they can print.

The standard office fonts may not be shipped, so the free Fandol faces stand in for them. They cover GB 2312, which is not
enough for people's names (堃 喆 犇 玥 𠮷 㐂 𬭚): those fall back, character by character, to AR PL UMing, to BabelStone and
Hanazono (all of CJK A to F, most of G and H), to Symbola (emoji) and to faces of the scripts of China, then to any other
font that the operator puts into the folder. A fallback has one weight; in bold lines it is drawn bolder. A glyph that no
font has would be drawn as an empty box without a warning; it is printed as 〓, the mark for a missing sort.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import typst

from services.kernel.language.refusal import Refusal
from services.kernel.runtime.documents.coverage import covered, is_drawn

FACES = {"fang": "FandolFang R", "kai": "FandolKai", "hei": "FandolHei", "song": "FandolSong"}
FALLBACK = "AR PL UMing"
MORE_FALLBACKS = (
    "BabelStone Han", "HanaMinA", "HanaMinB", "Symbola", "Noto Naskh Arabic", "Noto Serif Tibetan", "Noto Sans Mongolian",
)  # fmt: skip
MISSING_SORT = "〓"
SUBSTITUTION_REMARK = "字体替代：以 Fandol 宋体、仿宋、楷体、黑体代替方正小标宋、仿宋_GB2312、楷体_GB2312、黑体"


class FontsNotInstalled(Refusal):
    """服务器上没有安装排版字体，暂时不能生成 PDF。"""

    status = 503
    code = "fonts_not_installed"
    message = "服务器上没有安装排版字体，暂时不能生成 PDF，请先下载 .docx，并告知系统管理员。"


@dataclass(frozen=True)
class FontFolder:
    """The fonts of one folder, read once."""

    fonts: typst.Fonts
    characters: dict[str, frozenset[int]]

    @cached_property
    def faces(self) -> dict[str, list[str]]:
        """For each role the families to try, in order."""
        known = [family for family in MORE_FALLBACKS if family in self.characters]
        others = sorted(set(self.characters) - {*FACES.values(), FALLBACK, *known})
        return {role: [family, FALLBACK, *known, *others] for role, family in FACES.items()}

    @cached_property
    def _printable(self) -> frozenset[int]:
        return frozenset().union(*self.characters.values())

    def lacking(self, role: str, text: str) -> str:
        """The characters of the text that the face of a role has not itself, sorted."""
        own = self.characters[FACES[role]]
        return "".join(sorted(c for c in set(text) if is_drawn(c) and ord(c) not in own))

    def rare(self, text: str) -> str:
        """The characters of the text that the main face lacks, whether or not a fallback has them."""
        return self.lacking("fang", text)

    def unprintable(self, text: str) -> str:
        """The characters of the text that no font of the folder has."""
        return "".join(sorted(c for c in set(self.rare(text)) if ord(c) not in self._printable))

    def replace_unprintable(self, text: str) -> str:
        """The text with the mark for a missing sort in place of what cannot be printed."""
        return text.translate(dict.fromkeys(map(ord, self.unprintable(text)), MISSING_SORT))


@lru_cache(maxsize=4)
def open_font_folder(folder: Path) -> FontFolder:
    """The fonts of a folder; they are kept, because reading 160 MB takes a second.

    Raises:
        FontsNotInstalled: The folder lacks one of the faces.
    """
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(folder)])
    characters: dict[str, frozenset[int]] = {}
    for font in fonts.fonts():
        if font.path is not None:
            in_font = covered(Path(font.path), font.index)
            characters[font.family] = characters.get(font.family, in_font) & in_font
    if not {*FACES.values(), FALLBACK} <= set(characters):
        raise FontsNotInstalled
    return FontFolder(fonts, characters)
