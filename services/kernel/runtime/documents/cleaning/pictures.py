"""JPEG and PNG without what the camera and the program wrote into them; the picture itself is copied as it is.

Nothing is decoded, so that a small file that claims to be a huge picture costs nothing, and no
quality is lost. What is kept of the metadata is the way up, the colours and the resolution.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator

from services.kernel.runtime.documents.cleaning.refusals import FileUnreadable, PictureNotCleanable, PictureTooLarge
from services.kernel.runtime.documents.cleaning.result import named

MOST_PIXELS = 200_000_000
"""About A1 at 600 dots per inch."""

_JPEG, _PNG = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"
_START_OF_SCAN, _END, _ADOBE, _COMMENT = 0xDA, 0xD9, 0xEE, 0xFE
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_KEPT_BELOW, _APP0, _APP1, _APP2 = 0xE0, 0xE0, 0xE1, 0xE2
_MARKER = re.compile(rb"\xff++[^\x00\xd0-\xd7]", re.DOTALL)
_MARKER_IN_SCAN = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]", re.DOTALL)
_KEPT_CHUNKS = named("IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP sBIT bKGD pHYs hIST cICP mDCV cLLI acTL fcTL fdAT")
_ORIENTATION_TAG, _SHORT, _MOST_TAGS = 0x0112, 3, 1_000


def clean_picture(content: bytes) -> bytes:
    """The picture without camera, place, time, program, comments and thumbnails; shown the same way up.

    Raises:
        PictureNotCleanable: It is neither JPEG nor PNG.
        FileUnreadable: It is cut short or damaged.
        PictureTooLarge: It has more than `MOST_PIXELS`.
    """
    if content.startswith(_JPEG):
        return _clean_jpeg(content)
    if content.startswith(_PNG):
        return _clean_png(content)
    raise PictureNotCleanable


def _clean_jpeg(content: bytes) -> bytes:
    head, rest, orientation = [b"\xff\xd8"], list[bytes](), 1
    for marker, segment in _segments(content):
        if marker in _FRAMES:
            _require_displayable(*struct.unpack_from(">HH", segment + bytes(4), 5))
        if marker == _APP0 and segment[4:9] == b"JFIF\0" and len(segment) >= 16:
            head.append(b"\xff\xe0\x00\x10" + segment[4:16] + b"\0\0")
        elif marker == _APP1 and segment[4:10] == b"Exif\0\0":
            orientation = _orientation(segment[10:])
        elif marker < _KEPT_BELOW or marker == _ADOBE or (marker == _APP2 and segment[4:16] == b"ICC_PROFILE\0"):
            rest.append(segment)
    if orientation != 1:
        exif = b"Exif\0\0" + _only_orientation(orientation)
        head.append(b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif)
    return b"".join((*head, *rest))


def _segments(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Each marker with its bytes, to the end of the picture; what was hung behind it is not given."""
    at = 2
    while True:
        found = _MARKER.match(content, at)
        if found is None:
            raise FileUnreadable
        start, marker = found.end() - 2, content[found.end() - 1]
        if marker == _END:
            yield marker, b"\xff\xd9"
            return
        at = start + 2 + int.from_bytes(content[start + 2 : start + 4])
        if at < start + 4 or at > len(content):
            raise FileUnreadable
        if marker == _START_OF_SCAN:
            following = _MARKER_IN_SCAN.search(content, at)
            if following is None:
                raise FileUnreadable
            at = following.start()
        yield marker, content[start:at]


def _clean_png(content: bytes) -> bytes:
    made, orientation = [_PNG], 1
    for name, data in _chunks(content):
        if name == "IHDR":
            _require_displayable(*struct.unpack_from(">II", data + bytes(8)))
        if name == "eXIf":
            orientation = _orientation(data)
        if name in {"IDAT", "IEND"} and orientation != 1:
            made.append(_chunk("eXIf", _only_orientation(orientation)))
            orientation = 1
        if name in _KEPT_CHUNKS:
            made.append(_chunk(name, data))
    return b"".join(made)


def _chunks(content: bytes) -> Iterator[tuple[str, bytes]]:
    at = len(_PNG)
    while True:
        length, name = int.from_bytes(content[at : at + 4]), content[at + 4 : at + 8]
        data, check = content[at + 8 : at + 8 + length], content[at + 8 + length : at + 12 + length]
        if len(check) < 4 or zlib.crc32(name + data) != int.from_bytes(check):
            raise FileUnreadable
        yield name.decode("latin-1"), data
        if name == b"IEND":
            return
        at += 12 + length


def _chunk(name: str, data: bytes) -> bytes:
    named = name.encode("latin-1") + data
    return struct.pack(">I", len(data)) + named + struct.pack(">I", zlib.crc32(named))


def _require_displayable(height: int, width: int) -> None:
    if height * width > MOST_PIXELS:
        raise PictureTooLarge


def _orientation(tiff: bytes) -> int:
    """Which way up the picture is shown (1 to 8); 1 where it does not say so in earnest."""
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2], "")
    try:
        (directory,) = struct.unpack_from(f"{order}I", tiff, 4)
        (count,) = struct.unpack_from(f"{order}H", tiff, directory)
        for entry in range(directory + 2, directory + 2 + 12 * min(count, _MOST_TAGS), 12):
            tag, kind, _, value = struct.unpack_from(f"{order}HHIH", tiff, entry)
            if (tag, kind) == (_ORIENTATION_TAG, _SHORT):
                return value if order and 1 <= value <= 8 else 1
    except struct.error:
        return 1
    return 1


def _only_orientation(orientation: int) -> bytes:
    entry = struct.pack(">HHIHH", _ORIENTATION_TAG, _SHORT, 1, orientation, 0)
    return b"MM\0*" + struct.pack(">IH", 8, 1) + entry + bytes(4)
