"""File names made safe to show, to send as a header and to save on an officer's disk."""

from __future__ import annotations

import re
import unicodedata

from services.kernel.language.text import composed

MAX_LENGTH = 120
_LONGEST_EXTENSION = 20
_FORBIDDEN_ON_WINDOWS = re.compile(r'[<>:"|?*]')
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?$", re.IGNORECASE)
_UNSEEN = {"Cc", "Cf", "Cs"}  # control, format (direction overrides among them), lone surrogates


def clean_filename(filename: str) -> str:
    """The last part of a path, without what is invisible, forbidden or too long; never empty."""
    visible = "".join(c for c in filename if unicodedata.category(c) not in _UNSEEN)
    name = re.split(r"[/\\]", composed(visible))[-1]
    stem, dot, extension = _FORBIDDEN_ON_WINDOWS.sub("_", name).rstrip(" .").rpartition(".")
    if not dot:
        stem, extension = extension, ""
    extension = extension[:_LONGEST_EXTENSION]
    stem = stem.strip(" .")[: MAX_LENGTH - 2 - len(extension)] or "附件"
    return ("_" if _DEVICES.match(stem) else "") + stem + dot + extension


def extension_of(filename: str) -> str:
    """The extension in lower case without its point, "" when there is none."""
    return filename.rpartition(".")[2].lower() if "." in filename else ""
