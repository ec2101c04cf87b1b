"""All text of an attachment, place by place, to look for what should not stand in it; the file itself stays as it is."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from xml.etree.ElementTree import Element, ParseError

from services.kernel.language.refusal import Refusal
from services.kernel.language.sensitive import Found, find_sensitive
from services.kernel.runtime.apart import READING, TooBusy, WorkTooLarge
from services.kernel.runtime.documents.cleaning.result import MAX_CHARACTERS, Passage
from services.kernel.runtime.documents.reader.package import attribute, child, local, read_xml
from services.kernel.runtime.uploads.archive import (
    ArchiveDamaged,
    ArchiveEncrypted,
    ArchiveLimits,
    ArchiveUnsafe,
    open_archive,
    plain_name,
)
from services.kernel.runtime.uploads.decoding import NotText, decode_text
from services.kernel.runtime.uploads.names import extension_of

MOST_FINDINGS = 50
_UNREAD = "这个文件里的文字没有检查，请打开核对。"
_TOO_LONG = "文件太长，后面的文字没有检查，请打开核对。"
_SCANNED = "有的页只有图片或扫描内容，其中的文字没有识别，请打开核对。"
_PARTS = re.compile(r"word/(document|header\d*|footer\d*|footnotes|endnotes|comments)\.xml")
_PART_NAMES = {"header": "页眉", "footer": "页脚", "footnotes": "脚注", "endnotes": "尾注", "comments": "批注"}
_SHEETS = re.compile(r"xl/worksheets/[^/]+\.xml")
_NUMBER = re.compile(r"(\d+)(?:\.0+)?")


@dataclass(frozen=True, slots=True)
class FileFindings:
    """What was found in a file, with its place, and what nobody has looked into (in Chinese)."""

    found: tuple[tuple[str, Found], ...] = ()
    unread: tuple[str, ...] = ()


async def find_in_file(filename: str, content: bytes, *, known_phones: Collection[str] = ()) -> FileFindings:
    """Personal data and marks in a .docx, .xlsx, .pdf, .txt or .csv; worked out apart, within limits."""
    try:
        return await READING.work(look_through, filename, content, tuple(known_phones))
    except (TooBusy, WorkTooLarge):
        return FileFindings(unread=(_UNREAD,))


def look_through(filename: str, content: bytes, known_phones: Collection[str] = ()) -> FileFindings:
    """`find_in_file` here and now; a file that cannot be read is told as such, never taken for clean."""
    reader = _READERS.get(extension_of(filename))
    if reader is None:
        return FileFindings(unread=(_UNREAD,))
    found: list[tuple[str, Found]] = []
    unread: dict[str, None] = {}
    length = 0
    try:
        for passage in reader(content):
            if not passage.text.strip():
                unread[_SCANNED] = None
            length += len(passage.text)
            if length > MAX_CHARACTERS:
                unread[_TOO_LONG] = None
                break
            found += [(passage.place, one) for one in find_sensitive(passage.text, known_phones=known_phones)]
    except (Refusal, ArchiveDamaged, ArchiveEncrypted, ArchiveUnsafe, NotText, ParseError, LookupError, RecursionError):
        unread[_UNREAD] = None
    return FileFindings(tuple(found[:MOST_FINDINGS]), tuple(unread))


def _word(content: bytes) -> Iterator[Passage]:
    with open_archive(BytesIO(content), ArchiveLimits()) as archive:
        for name in archive.namelist():
            part = _PARTS.fullmatch(plain_name(name))
            if part:
                place = next((said for begin, said in _PART_NAMES.items() if part[1].startswith(begin)), "")
                yield from _paragraphs(read_xml(archive, name), place)


def _paragraphs(root: Element, place: str) -> Iterator[Passage]:
    for number, paragraph in enumerate((one for one in root.iter() if local(one) == "p"), start=1):
        text = "".join(
            one.text or "" if local(one) in {"t", "delText"} else " " for one in paragraph.iter() if _says(one)
        )
        if text.strip():
            yield Passage(place or f"第{number}段", text)


def _says(element: Element) -> bool:
    return local(element) in {"t", "delText", "tab", "br"}


def _sheet(content: bytes) -> Iterator[Passage]:
    with open_archive(BytesIO(content), ArchiveLimits()) as archive:
        names = {plain_name(name): name for name in archive.namelist()}
        strings = names.get("xl/sharedstrings.xml")
        shared = [_said(entry) for entry in read_xml(archive, strings)] if strings else []
        for plain, name in sorted(names.items()):
            if _SHEETS.fullmatch(plain):
                yield from _rows(read_xml(archive, name), posixpath.basename(plain).removesuffix(".xml"), shared)


def _rows(root: Element, sheet: str, shared: list[str]) -> Iterator[Passage]:
    for row in (one for one in root.iter() if local(one) == "row"):
        text = "\t".join(filter(None, (_cell(cell, shared) for cell in row)))
        if text.strip():
            yield Passage(f"{sheet}第{attribute(row, 'r')}行", text)
    beside = [
        one.text or "" for one in root.iter() if local(one) in {"oddHeader", "oddFooter", "evenHeader", "evenFooter"}
    ]
    if any(beside):
        yield Passage(f"{sheet}页眉页脚", "\n".join(beside))


def _cell(cell: Element, shared: list[str]) -> str:
    value = child(cell, "v")
    shown = (value.text or "") if value is not None else _said(cell)
    if attribute(cell, "t") == "s":
        return shared[int(shown)] if shown.isdecimal() and int(shown) < len(shared) else ""
    whole = _NUMBER.fullmatch(shown)
    return whole.group(1) if whole else shown


def _said(element: Element) -> str:
    return "".join(one.text or "" for one in element.iter() if local(one) == "t")


def _pdf(content: bytes) -> Iterator[Passage]:
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        for number, page in enumerate(PdfReader(BytesIO(content)).pages, start=1):
            yield Passage(f"第{number}页", page.extract_text())
    except (PyPdfError, ValueError, TypeError, AttributeError, RecursionError) as fault:
        raise LookupError from fault


def _plain(content: bytes) -> Iterator[Passage]:
    for number, line in enumerate(decode_text(content).splitlines(), start=1):
        if line.strip():
            yield Passage(f"第{number}行", line)


_READERS: Mapping[str, Callable[[bytes], Iterator[Passage]]] = {
    "docx": _word, "xlsx": _sheet, "pdf": _pdf, "txt": _plain, "csv": _plain,
}  # fmt: skip
