"""A PDF for the public: its pages alone, written anew, without what hangs on them or on the file."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from services.kernel.runtime.documents.cleaning.pictures import clean_picture
from services.kernel.runtime.documents.cleaning.refusals import (
    FileLocked,
    FileSigned,
    FileTooComplex,
    FileUnreadable,
    FormFields,
    HiddenContent,
    MarkedUp,
    NotPublishable,
)
from services.kernel.runtime.documents.cleaning.result import MAX_CHARACTERS, Cleaned, Passage, named

MOST_PAGES = 2_000
_OF_A_PAGE = named(
    "/Type /Parent /MediaBox /CropBox /BleedBox /TrimBox /ArtBox /Rotate /Resources /Contents /Group /UserUnit"
)
_EDITORS_OWN = named("/Metadata /PieceInfo /LastModified /AF /AA /A /OPI /Thumb /Info /StructParents /StructParent /ID")
_REMARKS = named(
    "/Link /Text /Popup /Highlight /Underline /Squiggly /StrikeOut /Caret /FileAttachment /Sound /Movie /Screen"
    " /RichMedia /3D"
)
"""Annotations that readers do not take for part of the page; others cover or complete it."""

# What pypdf meets in a broken file besides its own errors.
_BROKEN = (
    ArithmeticError, AssertionError, AttributeError, LookupError, NotImplementedError, OSError, RecursionError,
    TypeError, ValueError, struct.error, zlib.error,
)  # fmt: skip


def clean_pdf(content: bytes) -> Cleaned:
    """The document as it may go out: what the pages show, and nothing else.

    Raises:
        FileLocked, FileSigned, FormFields, MarkedUp, HiddenContent: Somebody has to decide what the public sees.
        FileUnreadable, FileTooComplex, TooMuchText: It cannot be read whole.
    """
    from pypdf.errors import PyPdfError

    try:
        return _cleaned(content)
    except NotPublishable:
        raise
    except (PyPdfError, *_BROKEN) as broken:
        raise FileUnreadable from broken


def _cleaned(content: bytes) -> Cleaned:
    from pypdf import PdfReader, PdfWriter

    reader = PdfReader(BytesIO(content), strict=False)
    if reader.is_encrypted:
        raise FileLocked
    _require_plain(reader.trailer["/Root"].get_object())
    if len(reader.pages) > MOST_PAGES:
        raise FileTooComplex
    writer = PdfWriter()
    for page in reader.pages:
        _require_only_remarks(page)
        for key in [key for key in page if key not in _OF_A_PAGE]:
            del page[key]
        writer.add_page(page)
    if not writer.pages:
        raise FileUnreadable
    for one in writer._objects:  # noqa: SLF001 - the only list of all that will be written
        _strip(one)
    writer.metadata = None
    writer.compress_identical_objects(remove_duplicates=False, remove_unreferenced=True)
    made = BytesIO()
    writer.write(made)
    return Cleaned(made.getvalue(), *_read(made))


def _require_plain(root: Any) -> None:
    """Refuse what is signed, has fields to fill in, or layers that are not shown."""
    form = _resolved(root.get("/AcroForm")) or {}
    fields = [_resolved(one) for one in _resolved(form.get("/Fields")) or ()]
    if "/Perms" in root or int(_resolved(form.get("/SigFlags")) or 0) & 1:
        raise FileSigned
    if any(one and one.get("/FT") == "/Sig" for one in fields):
        raise FileSigned
    if fields or "/XFA" in form:
        raise FormFields
    layers = _resolved(root.get("/OCProperties")) or {}
    shown = _resolved(layers.get("/D")) or {}
    if _resolved(shown.get("/OFF")) or shown.get("/BaseState") == "/OFF":
        raise HiddenContent("PDF 里有关闭的图层，公众能把它显示出来。请打印成 PDF 后重新上传。")


def _require_only_remarks(page: Any) -> None:
    for one in _resolved(page.get("/Annots")) or ():
        annotation = _resolved(one) or {}
        if annotation.get("/FT") == "/Sig":
            raise FileSigned
        if annotation.get("/Subtype") == "/Widget":
            raise FormFields
        if annotation.get("/Subtype") not in _REMARKS:
            raise MarkedUp


def _strip(one: Any) -> None:
    """Take out of an object, and those within it, what is about the file; a photograph's own metadata too."""
    if isinstance(one, list):
        for part in one:
            _strip(part)
    if not isinstance(one, dict):
        return
    for key in [key for key in one if key in _EDITORS_OWN]:
        del one[key]
    for value in one.values():
        _strip(value)
    if one.get("/Subtype") == "/Image":
        _clean_photograph(one)


def _clean_photograph(image: Any) -> None:
    """Take camera, place and time out of a JPEG as it lies in the file, under whatever was wound around it."""
    from pypdf.filters import decode_stream_data
    from pypdf.generic import ArrayObject, NameObject, StreamObject

    said = _resolved(image.get("/Filter")) or []
    filters = said if isinstance(said, list) else [said]
    if "/DCTDecode" not in filters:
        return
    content = image._data  # noqa: SLF001 - as it lies in the file
    if len(filters) > 1:
        wound = StreamObject()
        wound._data = content  # noqa: SLF001
        wound[NameObject("/Filter")] = ArrayObject(filters[:-1])
        content = decode_stream_data(wound)
    image._data = clean_picture(bytes(content))  # noqa: SLF001
    image[NameObject("/Filter")] = NameObject("/DCTDecode")
    if len(filters) > 1:
        image.pop("/DecodeParms", None)


def _read(made: BytesIO) -> tuple[tuple[Passage, ...], tuple[str, ...]]:
    """The text of the cleaned pages, and which of them have none."""
    from pypdf import PdfReader

    passages, unread, length = list[Passage](), list[int](), 0
    for number, page in enumerate(PdfReader(made).pages, 1):
        try:
            text = page.extract_text()
        except _BROKEN:  # A page that is shown but not understood is looked at by a person.
            text = ""
        length += len(text)
        passages.append(Passage(f"第{number}页", text))
        if not text.strip() or any(_pictures(page)):
            unread.append(number)
        if length > MAX_CHARACTERS:
            break
    return tuple(passages), (f"{_named(unread)}有图片或扫描的内容，其中的文字没有识别，请打开核对",) if unread else ()


def _pictures(page: Any) -> Iterator[Any]:
    resources = _resolved(page.get("/Resources")) or {}
    for one in (_resolved(resources.get("/XObject")) or {}).values():
        if (_resolved(one) or {}).get("/Subtype") == "/Image":
            yield one


def _named(pages: list[int]) -> str:
    shown = "、".join(map(str, pages[:10]))
    return f"第{shown}页" if len(pages) <= 10 else f"第{shown}页等{len(pages)}页"


def _resolved(value: Any) -> Any:
    return value.get_object() if hasattr(value, "get_object") else value
