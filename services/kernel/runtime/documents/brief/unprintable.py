"""What the PDF of an issue could not show, named with its place before anybody signs it."""

from __future__ import annotations

from pathlib import Path

from services.kernel.runtime.apart import READING, TooBusy, WorkTooLarge
from services.kernel.runtime.documents.brief.document import BriefDocument
from services.kernel.runtime.documents.official_text import clean_text

_MOST_PLACES = 20


async def list_unprintable(brief: BriefDocument, fonts_dir: Path) -> list[str]:
    """Each place with the characters that no font has, as 第1篇第2段：〿（U+303F）; none where nobody can look just now.

    The fonts are read, apart, only for an issue that has rare characters at all.
    """
    rare = [(place, text) for place, text in brief.places if not _is_certainly_printable(clean_text(text))]
    if not rare:
        return []
    try:
        return await READING.work(unprintable_in, rare, fonts_dir)
    except (TooBusy, WorkTooLarge):
        return []  # a hint: the PDF itself marks what is missing


def unprintable_in(places: list[tuple[str, str]], fonts_dir: Path) -> list[str]:
    """The places whose text has characters that no font of the folder has, with those."""
    from services.kernel.runtime.documents.coverage import is_drawn, printable_in

    if not fonts_dir.is_dir():
        return []
    printable = printable_in(fonts_dir)
    found = []
    for place, text in places:
        missing = dict.fromkeys(char for char in clean_text(text) if is_drawn(char) and ord(char) not in printable)
        if missing:
            found.append(f"{place}：" + "、".join(f"{char}（U+{ord(char):04X}）" for char in missing))
    return found[:_MOST_PLACES]


def _is_certainly_printable(text: str) -> bool:
    """Whether the main faces alone have everything: ASCII and GB 2312. Nothing is read for it."""
    try:
        text.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True
