"""File names made safe to show, to send as a header and to save on an officer's disk."""

from __future__ import annotations

import re
import unicodedata
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message

from services.kernel.language.refusal import Refusal
from services.kernel.language.text import composed

MAX_LENGTH = 120
_LONGEST_EXTENSION = 20
_FORBIDDEN_ON_WINDOWS = re.compile(r'[<>:"|?*]')
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?$", re.IGNORECASE)
_ENCODED_WORD = re.compile(r"=\?[^?\s]+\?[bBqQ]\?[^?]*\?=")
_END_KEPT = 40
_UNSEEN = {"Cc", "Cf", "Cs"}  # control, format (direction overrides among them), lone surrogates


class FileNameUnreadable(Refusal):
    """读不出文件名。"""

    status = 422
    code = "file_name_unreadable"
    message = "读不出文件名：它的编码无法识别。请把文件改个名字后再上传。"


def named_in_header(disposition: bytes) -> str | None:
    """The file name that the disposition of a part gives, in any form in which programs send it; None where it gives none.

    Read are `filename*` (RFC 5987 and its parts of RFC 2231), words of RFC 2047, and plain bytes in UTF-8 or GB18030.

    Raises:
        FileNameUnreadable: There is a name, but in no encoding that is known here.
    """
    header = Message()
    header["Part"] = disposition.decode("latin-1")
    extended = header.get_param("filename", header="Part")
    try:
        if isinstance(extended, tuple):
            # Bytes beyond ASCII are kept as latin-1, whatever the charset says, until here.
            return extended[2].encode("latin-1").decode(extended[0] or "utf-8")
        if extended is None:
            return None
        return _read_words(_read_bytes(extended.encode("latin-1")))
    except (UnicodeError, LookupError, HeaderParseError, ValueError) as unreadable:
        raise FileNameUnreadable from unreadable


def _read_bytes(name: bytes) -> str:
    """UTF-8, unless that gives no words: 通知 in GBK is also valid UTF-8, of two marks that stand on nothing."""
    readings = [reading for encoding in ("utf-8", "gb18030") if (reading := _decoded(name, encoding)) is not None]
    if not readings:
        raise FileNameUnreadable
    return next(filter(_is_of_words, readings), readings[0])


def _decoded(name: bytes, encoding: str) -> str | None:
    try:
        return name.decode(encoding)
    except UnicodeDecodeError:
        return None


def _is_of_words(name: str) -> bool:
    """Whether what is beyond ASCII is not all of two bytes, or letters of one script."""
    beyond = [char for char in name if char >= "\x80"]
    scripts = {unicodedata.name(char, "?").split()[0] for char in beyond}
    return any(char >= "\u0800" for char in beyond) or (len(scripts) <= 1 and all(map(str.isalpha, beyond)))


def _read_words(name: str) -> str:
    return str(make_header(decode_header(name))) if _ENCODED_WORD.search(name) else name


def clean_filename(filename: str) -> str:
    """The last part of a path, without what is invisible or forbidden; never empty. Of a long name the middle goes.

    Raises:
        FileNameUnreadable: It holds the sign for what could not be decoded, or words in an encoding that is not known.
    """
    try:
        filename = _read_words(filename)
    except (UnicodeError, LookupError, HeaderParseError, ValueError) as unreadable:
        raise FileNameUnreadable from unreadable
    if "\ufffd" in filename:
        raise FileNameUnreadable
    visible = "".join(c for c in filename if unicodedata.category(c) not in _UNSEEN)
    name = re.split(r"[/\\]", composed(visible))[-1]
    stem, dot, extension = _FORBIDDEN_ON_WINDOWS.sub("_", name).rstrip(" .").rpartition(".")
    if not dot:
        stem, extension = extension, ""
    extension = extension[:_LONGEST_EXTENSION]
    stem = _shortened(stem.strip(" ."), MAX_LENGTH - 2 - len(extension)) or "附件"
    return ("_" if _DEVICES.match(stem) else "") + stem + dot + extension


def _shortened(stem: str, longest: int) -> str:
    """Beginning and end: long names of one matter differ at their end."""
    return stem if len(stem) <= longest else f"{stem[: longest - _END_KEPT - 1]}…{stem[-_END_KEPT:]}"


def extension_of(filename: str) -> str:
    """The extension in lower case without its point, "" when there is none."""
    return filename.rpartition(".")[2].lower() if "." in filename else ""
