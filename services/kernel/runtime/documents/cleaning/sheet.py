"""An .xlsx for the public: the tables as they are seen, without authors, comments and what is hidden."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from services.kernel.runtime.documents.cleaning.package import (
    Kinds,
    Package,
    Part,
    attribute,
    clean_labels,
    local,
    take_out,
)
from services.kernel.runtime.documents.cleaning.refusals import FileUnreadable, HiddenContent
from services.kernel.runtime.documents.cleaning.result import Cleaned, Passage
from services.kernel.runtime.documents.cleaning.word import ABOUT_THE_FILE, DRAWN, drawn_text, link_passages

_KINDS = Kinds(
    DRAWN
    | {"officeDocument", "worksheet", "sharedStrings", "styles", "calcChain", "drawing", "table", "sheetMetadata"},
    ABOUT_THE_FILE | {"threadedComment", "vmlDrawing", "customProperty"},
)
_EDITORS_OWN = {
    "fileSharing", "absPath", "customWorkbookViews", "customSheetViews", "webPublishing", "smartTagPr", "revisionPtr",
}  # fmt: skip
_HIDDEN = "表格里有隐藏的工作表、行或列，公众能把它显示出来。请取消隐藏，删去不公开的内容，另存后重新上传。"
_ON = {"1", "true", "on"}


def clean_sheet(content: bytes) -> Cleaned:
    """The workbook as it may go out.

    Raises:
        HiddenContent: A sheet, row or column is hidden.
        FileUnreadable and its kin: See `Package`.
    """
    package = Package(content, _KINDS)
    books = [part for part in package.of_kind("officeDocument") if local(part.root) == "workbook"]
    if not books:
        raise FileUnreadable
    for part in package.parts.values():
        for element in list(part.root.iter("{*}*")) if part.root is not None else ():
            _clean(element, local(element))
    unread = ("图片中的文字没有识别，请打开核对",) if any(package.of_kind("image")) else ()
    return Cleaned(package.written(), tuple(_passages(package, books[0])), unread)


def _clean(element: Any, name: str) -> None:
    if name in _EDITORS_OWN:
        take_out(element)
    elif name == "cNvPr":
        clean_labels(element)
    elif name in {"sheet", "row", "col"} and _is_unseen(element):
        raise HiddenContent(_HIDDEN)


def _is_unseen(element: Any) -> bool:
    if attribute(element, "state").lower() in {"hidden", "veryhidden"}:
        return True
    extent = attribute(element, "ht") or attribute(element, "width")
    return attribute(element, "hidden").lower() in _ON or extent in {"0", "0.0"}


def _passages(package: Package, book: Part) -> Iterator[Passage]:
    names = {attribute(one, "id"): attribute(one, "name") for one in book.root.iter("{*}sheet")}
    titles = {one.target: names.get(one.id, "") for one in book.relations if one.kind == "worksheet"}
    shared = [
        "".join(text.text or "" for text in entry.iter("{*}t"))
        for part in package.of_kind("sharedStrings")
        for entry in part.root
    ]
    yield Passage("工作表名称", "\n".join(filter(None, names.values())))
    for part in package.parts.values():
        if part.kind == "worksheet":
            yield from _rows(part.root, f"工作表“{titles.get(part.name, '')}”", shared)
        elif part.root is not None and part.kind != "sharedStrings":
            yield from drawn_text(part.root, part.kind)
            yield from _said_beside(part.root, "其他内容")
    yield from link_passages(package)


def _rows(root: Any, label: str, shared: list[str]) -> Iterator[Passage]:
    for number, row in enumerate(root.iter("{*}row"), 1):
        said = "\t".join(filter(None, (_cell(cell, shared) for cell in row)))
        if said.strip():
            yield Passage(f"{label}第{attribute(row, 'r') or number}行", said)
    yield from _said_beside(root, label)


def _cell(cell: Any, shared: list[str]) -> str:
    """What a cell shows, with the words of its formula behind it."""
    kind, shown, formula = attribute(cell, "t"), "", ""
    for part in cell.iter("{*}v", "{*}t", "{*}f"):
        if local(part) == "f":
            formula = part.text or ""
        else:
            shown += part.text or ""
    if kind == "s":
        shown = shared[int(shown)] if shown.isdecimal() and int(shown) < len(shared) else ""
    return f"{shown} {formula}".strip() if '"' in formula else shown


def _said_beside(root: Any, label: str) -> Iterator[Passage]:
    """Headers, choices offered, names of ranges: not cells, and yet words."""
    tags = ("oddHeader", "oddFooter", "evenHeader", "evenFooter", "firstHeader", "firstFooter", "formula1", "formula2")
    said = [element.text or "" for element in root.iter(*(f"{{*}}{tag}" for tag in (*tags, "definedName")))]
    said += [attribute(one, name) for one in root.iter("{*}dataValidation") for name in ("prompt", "error")]
    said += [attribute(one, name) for one in root.iter("{*}docPr", "{*}cNvPr") for name in ("name", "descr", "title")]
    if text := "\n".join(one for one in said if one.strip()):
        yield Passage(f"{label}的附带内容", text)
