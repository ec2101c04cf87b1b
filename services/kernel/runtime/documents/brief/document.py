"""What an issue says, as plain values; how it looks is the business of `pdf` and `word`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from services.kernel.language.calendar import zh_day
from services.kernel.runtime.documents.official_text import BodyParagraph, read_paragraph, title_lines

TITLE_WIDTH_EM = 20.0
"""Characters of 22 pt that fit into the type area of 156 mm."""


@dataclass(frozen=True, slots=True)
class BriefItem:
    """One item of an issue: its paragraphs are plain text, numbered 一、（一）1. by hand."""

    title: str
    paragraphs: tuple[str, ...]
    source: str = ""

    @property
    def title_lines(self) -> list[str]:
        """The title broken into balanced lines; a line feed in it is the editor's own break."""
        return title_lines(self.title, TITLE_WIDTH_EM)

    @property
    def body(self) -> list[BodyParagraph]:
        """The paragraphs as they are set, the source in brackets after the last."""
        body = [read_paragraph(line) for line in _lines(self.paragraphs)]
        if not self.source:
            return body
        source = f"（{self.source}）"
        if not body:
            return [BodyParagraph("fang", "", source)]
        last = body[-1]
        return [*body[:-1], last._replace(text=last.text + source)]


@dataclass(frozen=True, slots=True)
class BriefDocument:
    """One issue of a 简报. Empty strings and tuples leave their part of the page out."""

    name: str
    issue_label: str
    office: str
    issued_on: date
    items: tuple[BriefItem, ...]
    total_label: str = ""
    secrecy_mark: str = "内部资料\u3000注意保存"
    copy_no: str = ""
    contents: tuple[str, ...] = ()
    editors_note: str = ""
    corrections: tuple[str, ...] = ()
    report_to: str = ""
    send_to: str = ""
    distribute_to: str = ""
    signer: str = ""
    copies: int | None = None

    @property
    def date_label(self) -> str:
        """The signing date as printed: no leading zeros."""
        return zh_day(self.issued_on)

    @property
    def recipients(self) -> list[str]:
        """The 报, 送 and 发 lines that have anybody in them."""
        lines = (("报", self.report_to), ("送", self.send_to), ("发", self.distribute_to))
        return [f"{label}：{who}" for label, who in lines if who]

    @property
    def signer_label(self) -> str:
        """Left half of the last line."""
        return f"签发：{self.signer}" if self.signer else ""

    @property
    def copies_label(self) -> str:
        """Right half of the last line."""
        return f"（共印{self.copies}份）" if self.copies else ""

    @property
    def note_paragraphs(self) -> list[str]:
        """The editor's note by paragraphs; the first is printed after 按语：."""
        return list(_lines((self.editors_note,)))

    @property
    def articles(self) -> tuple[BriefItem, ...]:
        """What the body prints: the items and, last, the corrections of earlier issues."""
        if not self.corrections:
            return self.items
        return (*self.items, BriefItem("更正", self.corrections))

    @property
    def places(self) -> Iterator[tuple[str, str]]:
        """Every text of the issue with where it stands, as an editor finds it again."""
        yield (
            "刊头",
            f"{self.name}{self.issue_label}{self.total_label}{self.office}{self.secrecy_mark}{self.copy_no}",
        )
        yield "要目", "".join(self.contents)
        yield "按语", self.editors_note
        for number, item in enumerate(self.articles, start=1):
            yield f"第{number}篇标题", item.title
            for at, paragraph in enumerate(_lines(item.paragraphs), start=1):
                yield f"第{number}篇第{at}段", paragraph
            yield f"第{number}篇来源", item.source
        yield "版记", "".join((*self.recipients, self.signer_label))


def _lines(paragraphs: tuple[str, ...]) -> Iterator[str]:
    for paragraph in paragraphs:
        stripped = (line.strip(" \t\u3000") for line in paragraph.split("\n"))
        yield from (line for line in stripped if line)
