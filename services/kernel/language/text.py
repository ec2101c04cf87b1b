"""Text as it comes in: cleaned once at the door, so that nothing behind has to fear it."""

import re
import unicodedata

from services.kernel.language.characters import without_radicals
from services.kernel.language.refusal import Refusal

# Line breaks of all kinds become \n; tab stays. Everything else of category Cc goes, those that no XML may hold, and
# whatever is not seen but stands between what is: category Cf, blank letters, selectors of a character's form. Three of
# these are real writing: signs of Arabic numbers, which are seen; the joints and colour of an emoji; and the selector
# directly behind a Mongolian letter. A Han character's variant is printed in its ordinary form.
_NEWLINES = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_SEEN = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd")
_UNSEEN = "".join(
    char for char in map(chr, range(0x20000))
    if unicodedata.category(char) == "Cf" and char not in _SEEN and char not in "\u180e\u200d"
)  # fmt: skip
_PICTURE = "[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u2328\u232b-\u27bf\u2900-\u297f\u2b00-\u2bff\U0001f000-\U0001faff]"
_STRIPPED = re.compile(
    f"[\x00-\x08\x0e-\x1f\x7f-\x9f{_UNSEEN}\ufdd0-\ufdef\ufffe\uffff"
    "\u034f\u115f\u1160\u17b4\u17b5\u2065\u2800\u3164\ufe00-\ufe0d\uffa0\ufff0-\ufff8\U000e0000-\U000e0fff]"
    "|(?<![\u1820-\u18aa])[\u180b-\u180f]"
    f"|(?<!{_PICTURE})[\ufe0e\ufe0f]"
    f"|(?<!{_PICTURE})(?<!{_PICTURE}\ufe0f)\u200d|\u200d(?!{_PICTURE})"
)
_SURROGATES = re.compile("[\ud800-\udfff]")
_BLANKS = re.compile(r"[ \t\n]+")

MOST_MARKS = 30
"""How many marks a character may carry. No script needs more (UAX #15, D9), and to order them costs the square."""

_MARKS = "".join(filter(unicodedata.combining, map(chr, range(0x300, 0x20000))))
_PILED_UP = re.compile(f"([{_MARKS}]{{{MOST_MARKS}}})[{_MARKS}]++")


class TextNotEncodable(Refusal):
    """文字中有无法保存的字符。"""

    status = 422
    code = "text_not_encodable"
    message = "文字中有无法保存的字符（多为复制时损坏的表情或生僻字），请删去后重试。"


def composed(text: str) -> str:
    """The text in NFC, which takes a time that grows with its length alone: marks beyond `MOST_MARKS` go."""
    return unicodedata.normalize("NFC", _PILED_UP.sub(r"\1", text))


def clean_text(text: str) -> str:
    """Text with unified line breaks, in NFC, without control and invisible characters; radicals are the characters meant.

    Indents of full-width spaces stay, blanks at the ends of lines go. Cleaning twice changes
    nothing more.

    Raises:
        TextNotEncodable: A lone surrogate is in it; guessing what was meant would alter a report.
    """
    if _SURROGATES.search(text):
        raise TextNotEncodable
    text = without_radicals(composed(_STRIPPED.sub("", _NEWLINES.sub("\n", text))))
    return "\n".join(line.rstrip(" \t") for line in text.split("\n")).strip("\n")


def clean_line(text: str) -> str:
    """Cleaned text on one line, without blanks around it.

    Raises:
        TextNotEncodable: A lone surrogate is in it.
    """
    return _BLANKS.sub(" ", clean_text(text)).strip()
