"""The trace that runs through requests, facts and links (W3C traceparent)."""

from __future__ import annotations

import secrets
from contextvars import ContextVar

_CURRENT: ContextVar[str] = ContextVar("traceparent", default="")


def current_traceparent() -> str:
    """The traceparent of what is being done, or an empty string."""
    return _CURRENT.get()


def enter_trace(incoming: str = "") -> str:
    """Go on with `incoming` when it is well formed, else begin a trace; return the traceparent."""
    parts = incoming.split("-")
    trace_id = parts[1] if len(parts) == 4 and len(parts[1]) == 32 else secrets.token_hex(16)
    value = f"00-{trace_id}-{secrets.token_hex(8)}-01"
    _CURRENT.set(value)
    return value
