"""Keyset paging: an opaque cursor of the last row's sort values."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable
from typing import Any

from services.kernel.language.refusal import InvalidInput

LONGEST_CURSOR = 500


class CursorUnreadable(InvalidInput):
    """翻页标记无法识别，请从第一页重新打开。"""

    code = "cursor_unreadable"
    message = "翻页标记无法识别，请从第一页重新打开。"


def encode_cursor(values: list[Any]) -> str:
    """The sort values of the last row as an opaque text."""
    return base64.urlsafe_b64encode(json.dumps(values, default=str).encode()).decode().rstrip("=")


def decode_cursor(text: str, *kinds: Callable[[str], Any]) -> tuple[Any, ...]:
    """The sort values that `encode_cursor` wrote down, one of each kind: `read_moment`, `UUID`, `int`, `str`.

    Raises:
        CursorUnreadable: Not one of ours.
    """
    if len(text) > LONGEST_CURSOR:
        raise CursorUnreadable
    try:
        values = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if not isinstance(values, list) or not all(isinstance(value, str | int) for value in values):
            raise CursorUnreadable
        return tuple(kind(str(value)) for kind, value in zip(kinds, values, strict=True))
    except (binascii.Error, ValueError, OverflowError) as fault:
        raise CursorUnreadable from fault
