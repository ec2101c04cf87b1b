"""From a .docx or a text file to a title and a body of plain paragraphs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from services.kernel.language.vocabulary.item_fields import FIELD
from services.kernel.runtime.apart import READING, WorkTooLarge
from services.kernel.runtime.documents.official_text import clean_text
from services.kernel.runtime.documents.reader.blocks import Block, Walk
from services.kernel.runtime.documents.reader.package import (
    DocumentTooComplex,
    DocumentTooLong,
    DocumentUnreadable,
    open_word_parts,
)
from services.kernel.runtime.documents.reader.styles import Look
from services.kernel.runtime.uploads.decoding import NotText, decode_text
from services.kernel.runtime.uploads.kinds import OLE2, ZIP

MAX_CHARACTERS = FIELD["body"].limit
_LONGEST_TITLE = 100
_LONGEST_UNMARKED_TITLE = 60
_PLAIN = Look(
    is_title_style=False, is_centred=False, is_red=False, size=0, list_id="", list_level=0, list_style_id=""
)  # fmt: skip
_NO_TITLE = "没有认出标题，请自行填写。"
_NO_TEXT = "文件里没有文字。"
_SEARCHED_FOR_TITLE = 40
_NUMBER_OF_DOCUMENT = re.compile(
    r"\S{0,20}[〔\[（(［]\s*\d{4}\s*[〕\]）)］]\s*第?\s*\d+\s*号|[（(]?[总第]*\s*第\s*[\d一二三四五六七八九十百]+\s*期"
)
_MASTHEAD = re.compile(
    r"\S{2,40}文件|\S{2,8}(简报|专报|快报|信息|要情|内参)|(内部资料|秘密|机密|绝密|特急|加急|平急).{0,20}"
)
_UNDER_A_TITLE = re.compile(r"[（(〔—]|\d{4}年\d")  # a remark, an author or a date, not its second line


@dataclass(frozen=True, slots=True)
class ImportedText:
    """What a file gave; its reader checks it, so every doubt is a warning in Chinese."""

    title: str
    body: str
    warnings: tuple[str, ...]


async def read_document_apart(content: bytes) -> ImportedText:
    """`read_document` in a child process, which ends after ten seconds of work or at 512 MB.

    Raises:
        DocumentTooComplex: It would have taken more.
        TooBusy: Several others are being read.
    """
    try:
        return await READING.work(read_document, content)
    except WorkTooLarge as limit:
        raise DocumentTooComplex from limit


def read_document(content: bytes) -> ImportedText:
    """Read a .docx, or a text file in UTF-8, UTF-16 or GB18030; which of them it is, its content says.

    Raises:
        DocumentUnreadable and its kin: See `read_docx`.
    """
    if content.startswith((ZIP, OLE2)) or not content:
        return read_docx(content)
    try:
        text = clean_text(decode_text(content))
    except NotText as not_text:
        raise DocumentUnreadable from not_text
    if len(text) > MAX_CHARACTERS:
        raise DocumentTooLong
    lines = [line for line in (line.strip(" \t\u3000\v\f") for line in text.split("\n")) if line]
    return _imported([Block(line, _PLAIN) for line in lines], [])


def read_docx(content: bytes) -> ImportedText:
    """Read the text of a .docx. Takes a moment for large files: see `read_document_apart`.

    Paragraphs of the body are separated by a line feed, cells of a table by a tab. Tracked changes
    are read as accepted, automatic numbers become text.

    Raises:
        DocumentUnreadable, DocumentInOldFormat, DocumentEncrypted, DocumentUnsafe, DocumentTooLong: See there.
    """
    walk = Walk(open_word_parts(content))
    try:
        blocks = _within_limit(walk)
    except RecursionError:  # Elements nested by the thousand, which no program writes.
        raise DocumentUnreadable from None
    return _imported(blocks, walk.warnings())


def _imported(blocks: Sequence[Block], warnings: list[str]) -> ImportedText:
    first, last = _title_span(blocks)
    title = "".join(re.sub(r"\s*\n\s*", "", block.text).replace("\t", " ") for block in blocks[first:last])
    body = "\n".join(block.text for block in (*blocks[:first], *blocks[last:]))
    if not blocks:
        warnings.insert(0, _NO_TEXT)
    elif not title:
        warnings.insert(0, _NO_TITLE)
    return ImportedText(title, body, tuple(warnings))


def _within_limit(walk: Walk) -> list[Block]:
    blocks: list[Block] = []
    length = 0
    for block in walk.blocks():
        length += len(block.text) + 1
        if length > MAX_CHARACTERS:
            raise DocumentTooLong
        blocks.append(block)
    return blocks


def _title_span(blocks: Sequence[Block]) -> tuple[int, int]:
    """Which blocks are the title, as a half-open span: the largest centred paragraph below the masthead, or else the first."""
    first = _largest_centred(blocks)
    if first is None:
        first = next((n for n, block in enumerate(blocks) if block.look is not None), len(blocks))
        if first == len(blocks) or not _looks_like_title(blocks[first]):
            return first, first
    last = first + 1
    while last < len(blocks) and _continues_title(blocks[first], blocks[last]):
        last += 1
    is_too_long = sum(len(block.text) for block in blocks[first:last]) > _LONGEST_TITLE
    return first, first + 1 if is_too_long else last


def _largest_centred(blocks: Sequence[Block]) -> int | None:
    """The first of the largest paragraphs that are set as titles are, near the beginning and not in the masthead."""
    near = blocks[:_SEARCHED_FOR_TITLE]
    below = max((n + 1 for n, block in enumerate(near) if _NUMBER_OF_DOCUMENT.match(block.text)), default=0)
    set_as_title = [n for n, block in enumerate(near) if _is_set_as_title(block)]
    # Without a title below the number of the document, what stands above it is no masthead.
    found = [n for n in set_as_title if n >= below] or set_as_title
    return min(found, key=lambda n: (-_size(blocks[n]), n), default=None)


def _is_set_as_title(block: Block) -> bool:
    look = block.look
    if look is None or look.is_red or not 1 < len(block.text) <= _LONGEST_TITLE:
        return False
    is_other = (
        _UNDER_A_TITLE.match(block.text) or _MASTHEAD.fullmatch(block.text) or _NUMBER_OF_DOCUMENT.match(block.text)
    )
    return (look.is_centred or look.is_title_style) and not is_other


def _size(block: Block) -> int:
    return block.look.size if block.look is not None else 0


def _looks_like_title(block: Block) -> bool:
    return len(block.text) <= _LONGEST_UNMARKED_TITLE and not block.text.endswith(("。", "；", "！", "？", "：", "，"))


def _continues_title(first: Block, next_one: Block) -> bool:
    """Offices break long titles into several centred paragraphs of the same size."""
    one, other = first.look, next_one.look
    if one is None or other is None or _UNDER_A_TITLE.match(next_one.text):
        return False
    is_same = (one.is_centred, one.size, one.is_title_style) == (other.is_centred, other.size, other.is_title_style)
    return is_same and (one.is_title_style or one.is_centred)
