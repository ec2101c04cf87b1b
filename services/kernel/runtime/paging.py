"""Keyset paging: an opaque cursor of the last row's sort values."""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any

from services.kernel.language.refusal import InvalidInput


class CursorUnreadable(InvalidInput):
    """翻页标记无法识别，请从第一页重新打开。"""

    code = "cursor_unreadable"
    message = "翻页标记无法识别，请从第一页重新打开。"


def encode_cursor(values: list[Any]) -> str:
    """The sort values of the last row as an opaque text."""
    return base64.urlsafe_b64encode(json.dumps(values, default=str).encode()).decode().rstrip("=")


def decode_cursor(text: str, *, length: int) -> list[Any]:
    """The sort values that `encode_cursor` wrote down.

    Raises:
        CursorUnreadable: Not one of ours.
    """
    try:
        values = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (binascii.Error, ValueError) as fault:
        raise CursorUnreadable from fault
    if not isinstance(values, list) or len(values) != length:
        raise CursorUnreadable
    return values
