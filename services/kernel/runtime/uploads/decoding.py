"""Bytes of a text file as text: UTF-8, UTF-16 and GB18030, with or without a mark at the start, as Windows writes them."""

from __future__ import annotations

import codecs
from io import BytesIO
from typing import IO

_STEP_BYTES = 256 * 1024
# A form feed and a vertical tab part pages and lines; a last 0x1A is how DOS ended a file.
_CONTROLS = frozenset(map(chr, [*range(0x20), 0x7F])) - set("\t\n\v\f\r")
_END_OF_FILE = "\x1a"


class NotText(Exception):
    """The bytes are not text in any encoding that offices use."""


def encoding_of(stream: IO[bytes]) -> str | None:
    """The encoding in which the stream is text without control characters; it is back at its start afterwards."""
    stream.seek(0)
    head = stream.read(_STEP_BYTES)
    return next((encoding for encoding in _candidates(head) if _is_text_in(encoding, stream)), None)


def decode_text(content: bytes) -> str:
    """The text of a file, without the marks of its encoding.

    Raises:
        NotText: It is none, or in an encoding that nobody here uses.
    """
    encoding = encoding_of(BytesIO(content))
    if encoding is None:
        raise NotText
    return content.decode(encoding).removeprefix("\ufeff").rstrip(_END_OF_FILE)


def _candidates(head: bytes) -> tuple[str, ...]:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return ("utf-16",)
    if b"\0" in head:
        # Blanks and line ends of UTF-16 have their zero in the second byte, or, the other way round, in the first.
        return ("utf-16-le",) if head[1::2].count(0) > head[::2].count(0) else ("utf-16-be",)
    return ("utf-8-sig", "gb18030")


def _is_text_in(encoding: str, stream: IO[bytes]) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    has_ended = False
    stream.seek(0)
    try:
        while step := stream.read(_STEP_BYTES):
            text, mark, rest = decoder.decode(step).partition(_END_OF_FILE)
            if (has_ended and text) or rest.strip(_END_OF_FILE) or not _CONTROLS.isdisjoint(text):
                return False
            has_ended = has_ended or bool(mark)
        return _CONTROLS.isdisjoint(decoder.decode(b"", final=True))
    except UnicodeError:
        return False
    finally:
        stream.seek(0)
