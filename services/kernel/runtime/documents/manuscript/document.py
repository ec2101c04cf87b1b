"""What an item and its 审签单 say, as plain values; how they look is the business of `pdf` and `word`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from services.kernel.runtime.documents.brief.document import TITLE_WIDTH_EM
from services.kernel.runtime.documents.official_text import BodyParagraph, read_paragraph, title_lines


@dataclass(frozen=True, slots=True)
class SignStep:
    """One line of the 审签单: what was done, by whom, in which way and when; empty where it is still to be done."""

    step: str
    by: str = ""
    how: str = ""
    at: str = ""


@dataclass(frozen=True, slots=True)
class Manuscript:
    """One version of an item: head, text, particulars and files; its 审签单 stands on a page of its own.

    `facts` are label and words in the order of the form (类别, 撰稿人, 联系电话); empty parts are left out.
    """

    office: str
    number: str
    title: str
    body: str
    dated_on: date
    facts: tuple[tuple[str, str], ...] = ()
    particulars: tuple[tuple[str, str], ...] = ()
    attachments: tuple[str, ...] = ()
    steps: tuple[SignStep, ...] = ()

    @property
    def title_lines(self) -> list[str]:
        """The title broken into balanced lines; a line feed in it is the author's own break."""
        return title_lines(self.title, TITLE_WIDTH_EM)

    @property
    def paragraphs(self) -> list[BodyParagraph]:
        """The text as it is set."""
        lines = (line.strip(" \t\u3000") for line in self.body.split("\n"))
        return [read_paragraph(line) for line in lines if line]

    @property
    def head(self) -> tuple[tuple[str, str], ...]:
        """The first rows of the 审签单: what it is about."""
        rows = (("标题", self.title.replace("\n", "")), ("稿件号", self.number), ("报送单位", self.office), *self.facts)
        return tuple((label, words) for label, words in rows if words)

    @property
    def name(self) -> str:
        """What the file is called, without its ending."""
        return (self.number or self.title.replace("\n", "") or "稿件")[:80]

    @property
    def files(self) -> list[str]:
        """The attachments as they are listed under the text: 附件：1.…"""
        if len(self.attachments) == 1:
            return [f"附件：{self.attachments[0]}"]
        listed = [f"{at}.{name}" for at, name in enumerate(self.attachments, start=1)]
        return [f"附件：{listed[0]}", *listed[1:]] if listed else []
