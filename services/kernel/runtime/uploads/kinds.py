"""The kinds of file an office sends, and how each is known by its content."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import IO

from services.kernel.runtime.uploads.archive import STEP_BYTES, ArchiveLimits, entry_named, open_archive, read_member
from services.kernel.runtime.uploads.decoding import encoding_of

OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP = b"PK\x03\x04"
_HEAD_BYTES = 1024
_MAIN_STREAMS = ("WordDocument", "Workbook", "Book", "PowerPoint Document", "EncryptedPackage")
_CONTENT_TYPES_BYTES = 1024 * 1024

IsKind = Callable[[IO[bytes]], bool]


@dataclass(frozen=True, slots=True)
class Kind:
    """One allowed extension: what it is served as, and how its content is recognised."""

    media_type: str
    is_kind: IsKind
    is_archive: bool = False


def head_of(stream: IO[bytes]) -> bytes:
    """The first kilobyte; the stream is back at its start afterwards."""
    stream.seek(0)
    head = stream.read(_HEAD_BYTES)
    stream.seek(0)
    return head


def is_encrypted_office_file(stream: IO[bytes]) -> bool:
    """Whether this is the envelope that Word and WPS put around a file with a password."""
    return head_of(stream).startswith(OLE2) and bool(_names_in_ole2(stream, ["EncryptedPackage"]))


def _starts_with(*signatures: bytes) -> IsKind:
    return lambda stream: head_of(stream).startswith(signatures)


def _holds_at(offset: int, signature: bytes, *, start: bytes = b"") -> IsKind:
    def is_kind(stream: IO[bytes]) -> bool:
        head = head_of(stream)
        return head.startswith(start) and head[offset : offset + len(signature)] == signature

    return is_kind


def _is_pdf(stream: IO[bytes]) -> bool:
    """Readers allow some bytes before the mark."""
    return b"%PDF-" in head_of(stream)


def _ole2(*stream_names: str) -> IsKind:
    return lambda stream: head_of(stream).startswith(OLE2) and bool(_names_in_ole2(stream, stream_names))


def _wps_ole2(*stream_names: str) -> IsKind:
    """WPS names its streams as Office does, or, in older versions, in its own ways: only another's are refused."""

    def is_kind(stream: IO[bytes]) -> bool:
        if not head_of(stream).startswith(OLE2):
            return False
        found = _names_in_ole2(stream, _MAIN_STREAMS)
        return not found or bool(found & set(stream_names))

    return is_kind


def _names_in_ole2(stream: IO[bytes], names: tuple[str, ...] | list[str]) -> set[str]:
    """Which names of inner streams stand in the file, whatever their capitals.

    They are looked for as bytes: walking the directory of a hostile file needs more care than
    this question is worth.
    """
    found: set[str] = set()
    sought = {name: f"{name}\0".lower().encode("utf-16-le") for name in names}
    stream.seek(0)
    before = b""
    while step := stream.read(STEP_BYTES):
        window = (before + step).lower()
        found |= {name for name, spelled in sought.items() if spelled in window}
        before = window[-128:]
    stream.seek(0)
    return found


def _ooxml(*main_types: bytes) -> IsKind:
    """A zip that declares one of these main parts and carries no macros."""

    def is_kind(stream: IO[bytes]) -> bool:
        if not head_of(stream).startswith(ZIP):
            return False
        with open_archive(stream, ArchiveLimits()) as archive:
            has_macros = any(name.lower().endswith("vbaproject.bin") for name in archive.namelist())
            if has_macros or entry_named(archive, "[Content_Types].xml") is None:
                return False
            declared = read_member(archive, "[Content_Types].xml", max_bytes=_CONTENT_TYPES_BYTES)
            return any(main_type in declared for main_type in main_types)

    return is_kind


def _is_ofd(stream: IO[bytes]) -> bool:
    if not head_of(stream).startswith(ZIP):
        return False
    with open_archive(stream, ArchiveLimits()) as archive:
        return entry_named(archive, "OFD.xml") is not None


def _either(*kinds: IsKind) -> IsKind:
    return lambda stream: any(is_kind(stream) for is_kind in kinds)


def _is_text(stream: IO[bytes]) -> bool:
    return encoding_of(stream) is not None


_WORD = b"wordprocessingml.document.main+xml"
_SHEET = b"spreadsheetml.sheet.main+xml"
_SLIDES = b"presentationml.presentation.main+xml"
_WPS = b"wps-office"
_OFFICE = "application/vnd.openxmlformats-officedocument"

KINDS: dict[str, Kind] = {
    "docx": Kind(f"{_OFFICE}.wordprocessingml.document", _ooxml(_WORD), is_archive=True),
    "xlsx": Kind(f"{_OFFICE}.spreadsheetml.sheet", _ooxml(_SHEET), is_archive=True),
    "pptx": Kind(f"{_OFFICE}.presentationml.presentation", _ooxml(_SLIDES), is_archive=True),
    "doc": Kind("application/msword", _ole2("WordDocument")),
    "xls": Kind("application/vnd.ms-excel", _ole2("Workbook", "Book")),
    "ppt": Kind("application/vnd.ms-powerpoint", _ole2("PowerPoint Document")),
    "wps": Kind("application/vnd.ms-works", _either(_wps_ole2("WordDocument"), _ooxml(_WORD, _WPS)), is_archive=True),
    "et": Kind(
        "application/vnd.ms-excel", _either(_wps_ole2("Workbook", "Book"), _ooxml(_SHEET, _WPS)), is_archive=True
    ),
    "dps": Kind(
        "application/vnd.ms-powerpoint",
        _either(_wps_ole2("PowerPoint Document"), _ooxml(_SLIDES, _WPS)),
        is_archive=True,
    ),
    "ofd": Kind("application/ofd", _is_ofd, is_archive=True),
    "pdf": Kind("application/pdf", _is_pdf),
    "txt": Kind("text/plain", _is_text),
    "csv": Kind("text/csv", _is_text),
    "jpg": Kind("image/jpeg", _starts_with(b"\xff\xd8\xff")),
    "jpeg": Kind("image/jpeg", _starts_with(b"\xff\xd8\xff")),
    "png": Kind("image/png", _starts_with(b"\x89PNG\r\n\x1a\n")),
    "gif": Kind("image/gif", _starts_with(b"GIF87a", b"GIF89a")),
    "bmp": Kind("image/bmp", _starts_with(b"BM")),
    "tif": Kind("image/tiff", _starts_with(b"II*\0", b"MM\0*")),
    "tiff": Kind("image/tiff", _starts_with(b"II*\0", b"MM\0*")),
    "webp": Kind("image/webp", _holds_at(8, b"WEBP", start=b"RIFF")),
    "zip": Kind("application/zip", _starts_with(ZIP), is_archive=True),
    "mp4": Kind("video/mp4", _holds_at(4, b"ftyp")),
    "mp3": Kind("audio/mpeg", _starts_with(b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2", b"\xff\xfa")),
    "wav": Kind("audio/wav", _holds_at(8, b"WAVE", start=b"RIFF")),
}
