"""The parts of a .docx that hold its text, opened as from a stranger.

Only these parts are inflated, each up to a size; XML that declares entities is refused.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from dataclasses import dataclass
from io import BytesIO
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from services.kernel.language.refusal import Refusal
from services.kernel.language.vocabulary.item_fields import FIELD
from services.kernel.runtime.uploads.archive import (
    ArchiveDamaged,
    ArchiveEncrypted,
    ArchiveLimits,
    ArchiveUnsafe,
    entry_named,
    open_archive,
    plain_name,
    read_member,
)
from services.kernel.runtime.uploads.kinds import OLE2, is_encrypted_office_file

MAX_PART_BYTES = 20 * 1024 * 1024
_MARGIN = re.compile(r"(header|footer)\d*\.xml")
_MOST_MARGINS = 12


class DocumentUnreadable(Refusal):
    """读不出这个文件。"""

    status = 422
    code = "document_unreadable"
    message = "读不出这个文件，它可能已损坏，或不是 .docx、.txt。请用 Word 或 WPS 打开，另存为 .docx 后再试。"


class DocumentInOldFormat(Refusal):
    """这是旧格式的文件。"""

    status = 422
    code = "document_old_format"
    message = (
        "这是 .doc 或 .wps 旧格式的文件，不能直接导入。请用 Word 或 WPS 打开它，点“文件—另存为”，"
        "“保存类型”选“Word 文档（*.docx）”，保存后再导入新的文件。"
    )


class DocumentEncrypted(Refusal):
    """文件加了密码。"""

    status = 422
    code = "document_encrypted"
    message = "文件加了密码，读不出内容。请去掉密码后再试。"


class DocumentUnsafe(Refusal):
    """文件结构异常，为安全起见没有打开。"""

    status = 422
    code = "document_unsafe"
    message = "文件结构异常，为安全起见没有打开。请把文字复制到新文档后再试。"


class DocumentTooLong(Refusal):
    """文件文字过多。"""

    status = 422
    code = "document_too_long"
    message = f"文件文字超过 {FIELD['body'].limit // 10_000} 万字，请分开报送，或作为附件上传。"


class DocumentTooComplex(Refusal):
    """文件太复杂，没有读完。"""

    status = 422
    code = "document_too_complex"
    message = "文件太复杂，没有读完。请把文字复制到新文档后再试，或作为附件上传。"


@dataclass(frozen=True, slots=True)
class WordParts:
    """The roots of the parts; styles and numbering are absent from plain files."""

    document: Element
    styles: Element | None
    numbering: Element | None
    footnotes: Element | None
    endnotes: Element | None
    has_margin_text: bool
    """Whether headers or footers say more than a page's number."""


def open_word_parts(content: bytes) -> WordParts:
    """Open the parts of a .docx.

    Raises:
        DocumentUnreadable, DocumentInOldFormat, DocumentEncrypted, DocumentUnsafe: See there.
    """
    if content.startswith(OLE2):
        raise DocumentEncrypted if is_encrypted_office_file(BytesIO(content)) else DocumentInOldFormat
    try:
        with open_archive(BytesIO(content), ArchiveLimits()) as archive:
            return _read_parts(archive)
    except ArchiveUnsafe as unsafe:
        raise DocumentUnsafe from unsafe
    except ArchiveEncrypted as encrypted:
        raise DocumentEncrypted from encrypted
    except (ArchiveDamaged, ParseError, LookupError) as damaged:
        # A part that is missing or in an unknown encoding is a LookupError.
        raise DocumentUnreadable from damaged


def local(element: Element) -> str:
    """The name of an element without its namespace; transitional and strict files differ in it."""
    return element.tag.rpartition("}")[2]


def attribute(element: Element, name: str) -> str:
    """An attribute by its name without namespace, "" when it is absent."""
    return next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == name), "")


def child(element: Element | None, *path: str) -> Element | None:
    """The first child, or deeper descendant, by names without namespace."""
    for name in path:
        element = next((part for part in (element if element is not None else ()) if local(part) == name), None)
    return element


def value_of(place: Element | None, *path: str) -> str:
    """What a child says as its `val`, "" where there is none."""
    found = child(place, *path)
    return attribute(found, "val") if found is not None else ""


def is_on(switch: Element | None) -> bool:
    """Whether a switch is there, and not there to say no."""
    return switch is not None and attribute(switch, "val") not in {"0", "false", "off"}


def _read_parts(archive: zipfile.ZipFile) -> WordParts:
    main = _targets(archive, "").get("officeDocument", "word/document.xml")
    document = read_xml(archive, main)
    if local(document) != "document":
        raise DocumentUnreadable
    beside = _targets(archive, main)
    styles, numbering, footnotes, endnotes = (
        read_xml(archive, beside[kind]) if entry_named(archive, beside.get(kind, "")) else None
        for kind in ("styles", "numbering", "footnotes", "endnotes")
    )
    has_margin_text = _has_margin_text(archive, posixpath.dirname(main))
    return WordParts(document, styles, numbering, footnotes, endnotes, has_margin_text)


def _has_margin_text(archive: zipfile.ZipFile, folder: str) -> bool:
    margins = [
        name
        for name in archive.namelist()
        if _MARGIN.fullmatch(plain_name(name).removeprefix(f"{plain_name(folder)}/"))
    ]
    return any(
        any(char.isalpha() for char in element.text or "")
        for name in margins[:_MOST_MARGINS]
        for element in read_xml(archive, name).iter()
        if local(element) == "t"
    )


def _targets(archive: zipfile.ZipFile, part: str) -> dict[str, str]:
    """The parts that a part (or the package, "") refers to, by the last word of the relationship."""
    folder, name = posixpath.split(part)
    relations = posixpath.join(folder, "_rels", f"{name}.rels")
    if entry_named(archive, relations) is None:
        return {}
    return {
        attribute(relation, "Type").rpartition("/")[2]: posixpath.normpath(
            posixpath.join("/", folder, attribute(relation, "Target").replace("\\", "/"))
        ).lstrip("/")
        for relation in read_xml(archive, relations)
    }


def read_xml(archive: zipfile.ZipFile, name: str) -> Element:
    """The root of one part.

    Raises:
        DocumentUnsafe: It declares entities.
        KeyError, ParseError: It is missing, or no XML.
    """
    content = read_member(archive, name, max_bytes=MAX_PART_BYTES)
    try:
        root: Element = fromstring(content, forbid_dtd=True)
    except DefusedXmlException as unsafe:
        raise DocumentUnsafe from unsafe
    return root
