"""The trace that runs through requests, facts and links (W3C traceparent)."""

from __future__ import annotations

import re
import secrets
from contextvars import ContextVar

_WELL_FORMED = re.compile(r"[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}", re.ASCII)
_CURRENT: ContextVar[str] = ContextVar("traceparent", default="")


def current_traceparent() -> str:
    """The traceparent of what is being done, or an empty string."""
    return _CURRENT.get()


def enter_trace(incoming: str = "") -> str:
    """Go on with `incoming` when it is well formed, else begin a trace; return the traceparent."""
    given = _WELL_FORMED.fullmatch(incoming)
    trace_id = given[1] if given else secrets.token_hex(16)
    value = f"00-{trace_id}-{secrets.token_hex(8)}-01"
    _CURRENT.set(value)
    return value
