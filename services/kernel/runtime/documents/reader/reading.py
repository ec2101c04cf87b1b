"""From a .docx to a title and a body of plain paragraphs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from services.kernel.runtime.apart import READING, WorkTooLarge
from services.kernel.runtime.documents.reader.blocks import Block, LeftOut, Walk
from services.kernel.runtime.documents.reader.package import (
    DocumentTooComplex,
    DocumentTooLong,
    DocumentUnreadable,
    open_word_parts,
)

MAX_CHARACTERS = 100_000
_LONGEST_TITLE = 100
_LONGEST_UNMARKED_TITLE = 60
_NO_TITLE = "没有认出标题，请自行填写。"
_NO_TEXT = "文件里没有文字。"
_UNDER_A_TITLE = re.compile(r"[（(〔—]|\d{4}年\d")  # a remark, an author or a date, not its second line


@dataclass(frozen=True, slots=True)
class ImportedText:
    """What a file gave; its reader checks it, so every doubt is a warning in Chinese."""

    title: str
    body: str
    warnings: tuple[str, ...]


async def read_docx_apart(content: bytes) -> ImportedText:
    """`read_docx` in a child process, which ends after ten seconds of work or at 512 MB.

    Raises:
        DocumentTooComplex: It would have taken more.
        TooBusy: Several others are being read.
    """
    try:
        return await READING.work(read_docx, content)
    except WorkTooLarge as limit:
        raise DocumentTooComplex from limit


def read_docx(content: bytes) -> ImportedText:
    """Read the text of a .docx. Takes a moment for large files: see `read_docx_apart`.

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
    first, last = _title_span(blocks)
    title = "".join(re.sub(r"\s*\n\s*", "", block.text).replace("\t", " ") for block in blocks[first:last])
    body = "\n".join(block.text for block in (*blocks[:first], *blocks[last:]))
    warnings = [warning.value for warning in LeftOut if warning in walk.left_out]
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
    """Which blocks are the title, as a half-open span: the first paragraph, if it looks like one."""
    first = next((n for n, block in enumerate(blocks) if block.look is not None), len(blocks))
    if first == len(blocks) or not _looks_like_title(blocks[first]):
        return first, first
    last = first + 1
    while last < len(blocks) and _continues_title(blocks[first], blocks[last]):
        last += 1
    is_too_long = sum(len(block.text) for block in blocks[first:last]) > _LONGEST_TITLE
    return first, first + 1 if is_too_long else last


def _looks_like_title(block: Block) -> bool:
    look = block.look
    if look is not None and (look.is_title_style or look.is_centred):
        return len(block.text) <= _LONGEST_TITLE
    return len(block.text) <= _LONGEST_UNMARKED_TITLE and not block.text.endswith(("。", "；", "！", "？", "：", "，"))


def _continues_title(first: Block, next_one: Block) -> bool:
    """Offices break long titles into several centred paragraphs of the same size."""
    one, other = first.look, next_one.look
    if one is None or other is None or _UNDER_A_TITLE.match(next_one.text):
        return False
    is_same = (one.is_centred, one.size, one.is_title_style) == (other.is_centred, other.size, other.is_title_style)
    return is_same and (one.is_title_style or (one.is_centred and bool(one.size)))
