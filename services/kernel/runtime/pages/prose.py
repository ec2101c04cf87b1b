"""Official prose as markup: numbered headings, paragraphs, titles that break between phrases."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

_HAN = "一二三四五六七八九十百零〇"
_LEVELS = (
    ("chapter", re.compile(rf"^第[{_HAN}\d]+[章节]")),
    ("article", re.compile(rf"^第[{_HAN}\d]+条")),
    ("h1", re.compile(rf"^[{_HAN}]+、")),
    ("h2", re.compile(rf"^[（(][{_HAN}]+[）)]")),
    ("h3", re.compile(r"^[0-9]{1,2}[.．、](?!\d)")),
)
_OPENS = frozenset(f"第（({_HAN}") | frozenset("0123456789")
_BLANK = " \t\r\u3000"
_LONGEST_HEADING = 40
_SENTENCE_END = "。；：！？…"


def level_of(paragraph: str) -> str:
    """Which numbering a paragraph opens with: h1 一、, h2 （一）, h3 1., chapter 第一章, article 第一条, or nothing."""
    return next((name for name, opening in _LEVELS if opening.match(paragraph)), "")


def paragraphs(text: str | None) -> Markup:
    """Plain text as escaped paragraphs; the numbering 一、（一）1. decides their classes."""
    lines = (line.strip(_BLANK) for line in (text or "").split("\n"))
    escaped = (line.strip(_BLANK) for line in str(escape(text or "")).split("\n"))
    shown = (_paragraph(line, safe) for line, safe in zip(lines, escaped, strict=True) if line)
    return Markup("\n".join(shown))  # noqa: S704 - each paragraph is escaped


def _paragraph(line: str, safe: str) -> str:
    """One paragraph. Most are plain, and there may be 50,000: the cheap question comes first, and all is escaped at once."""
    level = level_of(line) if line[0] in _OPENS else ""
    if not level:
        return f"<p>{safe}</p>"
    if _is_whole_heading(line):
        return f'<p class="prose-{level} is-heading">{safe}</p>'
    head, rest = _leading_sentence(line, level)
    return f'<p class="prose-{level}"><b>{escape(head)}</b>{escape(rest)}</p>'


def _is_whole_heading(line: str) -> bool:
    return len(line) <= _LONGEST_HEADING and line[-1] not in _SENTENCE_END


def _leading_sentence(line: str, level: str) -> tuple[str, str]:
    """The part set in bold: the first short sentence after the number, or the number alone."""
    number = next(opening for name, opening in _LEVELS if name == level).match(line)
    end = number.end() if number else 0
    stop = line.find("。", end, _LONGEST_HEADING)
    cut = stop + 1 if stop >= 0 and level in {"h1", "h2", "h3"} else end
    return line[:cut], line[cut:]


_PHRASES = re.compile(r"(《[^《》]{1,60}》|关于印发|关于转发|关于公布|[ \u3000]+)")


def phrase(title: str | None) -> Markup:
    """A title whose line breaks fall between phrases: 关于印发 and 《》 stay whole."""
    pieces = (piece for piece in _PHRASES.split(title or "") if piece)
    return Markup("").join(
        escape(piece) if piece.isspace() else Markup('<span class="phrase">{}</span>').format(piece) for piece in pieces
    )
