"""Official prose as plain text: what is stripped, what counts as a heading, where a title breaks."""

from __future__ import annotations

import dataclasses
import math
import re
import unicodedata
from itertools import pairwise
from typing import Any, Literal, NamedTuple

_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # control characters, except tab and line feed
    "\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff"  # invisible and direction marks
    "\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"  # lone surrogates and non-characters
)


def clean_text(text: str) -> str:
    """The text without anything that cannot be printed; line ends become a line feed."""
    return _UNPRINTABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def cleaned(value: Any) -> Any:
    """The same value with every string in it cleaned, through tuples and dataclasses."""
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, tuple):
        return tuple(cleaned(part) for part in value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {f.name: cleaned(getattr(value, f.name)) for f in dataclasses.fields(value)}
        return dataclasses.replace(value, **fields)
    return value


_UNBROKEN = re.compile(r"[!-~]{25,}|[…＿—_．·]{12,}")


def breakable(text: str) -> str:
    """The text with places to break (U+200B) in what has none and is longer than a line: addresses, hashes, leaders.

    They may break anywhere: were it only behind their signs, the few characters before would be spread over the line.
    """
    return _UNBROKEN.sub(lambda found: "\u200b".join(found.group()), text)


FaceName = Literal["fang", "kai", "hei"]


class BodyParagraph(NamedTuple):
    """A paragraph as it is set: `heading` in `face`, `text` after it in 仿宋."""

    face: FaceName
    heading: str
    text: str

    @property
    def is_heading(self) -> bool:
        """Whether the whole paragraph is a heading, which must stay with what follows."""
        return not self.text


_NUMERALS = "一二三四五六七八九十百"
_LEVELS: tuple[tuple[FaceName, re.Pattern[str]], ...] = (
    ("hei", re.compile(f"[{_NUMERALS}]+、")),
    ("kai", re.compile(f"[（(][{_NUMERALS}]+[）)]")),
    # "3.2万亩" is a quantity: a digit after the point means that no numbering was meant.
    ("fang", re.compile(r"(\d{1,2}[.．](?!\d)|[（(]\d{1,2}[）)])")),
)
_LONGEST_HEADING = 40


def read_paragraph(paragraph: str) -> BodyParagraph:
    """Recognise 一、 / （一） / 1. / （1） at the start and split the heading from its text.

    A heading that runs on in the same paragraph ends at its first full stop. A numbered
    sentence too long for a heading stays text.

    Source: GB/T 9704-2012, 7.3.3 (一、黑体，（一）楷体，1. 与 （1）仿宋).
    """
    paragraph = paragraph.strip(" \t\u3000")
    for face, pattern in _LEVELS:
        if pattern.match(paragraph):
            heading, stop, rest = paragraph.partition("。")
            if len(heading) <= _LONGEST_HEADING:
                return BodyParagraph(face, heading + stop, rest.strip())
    return BodyParagraph("fang", "", paragraph)


def em_width(text: str) -> float:
    """Width in em: full-width characters count one, the others a half."""
    return sum(1.0 if unicodedata.east_asian_width(c) in "WFA" else 0.5 for c in text)


def title_lines(title: str, width_em: float) -> list[str]:
    """Break a title into balanced lines at places that keep words whole.

    Line feeds written by the editor are kept as they are; only what is still too wide is
    broken further.

    Source: GB/T 9704-2012, 7.3.1 (回行时词意完整、排列对称、长短适宜).
    """
    lines = [line.strip() for line in title.split("\n")]
    return [part for line in lines if line for part in _balance(line, width_em)]


def _balance(line: str, width_em: float) -> list[str]:
    """Least-cost breaks: the square of each line's distance from the even length, plus the break's price."""
    total = em_width(line)
    if total <= width_em:
        return [line]
    longest = math.ceil(2 * width_em)  # in characters, all of them half-width
    even = total / math.ceil(total / width_em)
    prices = _break_prices(line)
    best: list[tuple[float, int]] = [(0.0, 0)]
    for end in range(1, len(line) + 1):
        price = prices[end]
        best.append(
            min(
                (
                    best[start][0] + (em_width(line[start:end]) - even) ** 2 + price + _price_alone(line[start:end]),
                    start,
                )
                for start in range(max(0, end - longest), end)
                if start == end - 1 or em_width(line[start:end]) <= width_em
            )
        )
    ends = [len(line)]
    while ends[-1]:
        ends.append(best[ends[-1]][1])
    return [line[start:end].strip() for end, start in reversed(list(pairwise(ends)))]


def _price_alone(part: str) -> float:
    """A remark in brackets never makes a line of its own."""
    return _NEVER if _REMARK_ALONE.fullmatch(part) else 0.0


# Patterns over the text with a line feed where the line would break.
_FORBIDDEN = re.compile(
    r"[《〈“‘（(【〔第]\n|\n[》〉”’）)】〕、，。：；！？·…%％]"
    r"|[0-9A-Za-z.%]\n[0-9A-Za-z.%]|[0-9一二三四五六七八九十两几]\n[个件项名万亿元条次年月日点大方季届]"
    r"|\n[省市州盟县区旗乡镇村局厅委办院所站队组科处部者性化们]"
)
_WELCOME = re.compile(
    r"(关于|印发|转发|[、，：；》”）]|——|的|(?<!共)和(?!\n[谐平睦])|与(?!\n会)|(?<!以)及(?!\n时))\n|\n[《“（]|\n关于"
)
_BETWEEN_WORDS = re.compile(
    r"\n(推进|推动|推行|反映|开展|加强|加快|探索|实施|落实|召开|建立|健全|完善|做好|举办|强化|聚焦|助力|促进|提升"
    r"|提高|打造|力促|着力|切实|积极|全面|全力|有效|建议|存在|面临|亟待|工作|情况|问题|机制|改革)"
)
_REMARK_ALONE = re.compile(r"[（(][^（()）]*[）)]")
_NEVER = 400.0


def _break_prices(line: str) -> list[float]:
    """What it costs to end a line before each character: 0 is welcome, `_NEVER` only for want of any other."""
    words = _word_starts(line)
    return [0.0, *(_break_price(line, at, is_between_words=at in words) for at in range(1, len(line))), 0.0]


def _break_price(line: str, at: int, *, is_between_words: bool) -> float:
    seam = f"{line[max(0, at - 2) : at]}\n{line[at : at + 2]}"
    if _FORBIDDEN.search(seam):
        return _NEVER
    if not is_between_words:
        return _NEVER / 2
    if _WELCOME.search(seam):
        return 0.0
    return 4.0 if _BETWEEN_WORDS.search(seam) else 16.0


def _word_starts(line: str) -> set[int]:
    """Where words begin, as a segmenter of Chinese sees them; it is asked for long titles alone, and loaded by the first."""
    import rjieba

    starts, at = set(), 0
    for word in rjieba.cut(line):
        starts.add(at)
        at += len(word)
    return starts if at == len(line) else set(range(len(line)))
