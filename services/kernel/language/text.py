"""Text as it comes in: cleaned once at the door, so that nothing behind has to fear it."""

import re
import unicodedata

from services.kernel.language.refusal import Refusal

# Line breaks of all kinds become \n; tab stays. Everything else of category Cc goes, and so do
# characters that are invisible and turn text around or hide in it, and those no XML may hold.
_NEWLINES = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_STRIPPED = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff"
    "\ufdd0-\ufdef\ufff9-\ufffb\ufffe\uffff]"
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
    """Text with unified line breaks, in NFC, without control and invisible characters.

    Indents of full-width spaces stay, blanks at the ends of lines go. Cleaning twice changes
    nothing more.

    Raises:
        TextNotEncodable: A lone surrogate is in it; guessing what was meant would alter a report.
    """
    if _SURROGATES.search(text):
        raise TextNotEncodable
    text = composed(_STRIPPED.sub("", _NEWLINES.sub("\n", text)))
    return "\n".join(line.rstrip(" \t") for line in text.split("\n")).strip("\n")


def clean_line(text: str) -> str:
    """Cleaned text on one line, without blanks around it.

    Raises:
        TextNotEncodable: A lone surrogate is in it.
    """
    return _BLANKS.sub(" ", clean_text(text)).strip()
