"""From Faust's events to the inbox's messages: whatever a message is made of, it can be read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from services.kernel.runtime.telling.inbox import Message
from services.kernel.runtime.telling.inbox.positions import Position


def read_message(raw: Any, topic_id: str) -> Message:
    """The inbox's message, with the position that is reached once it is dealt with."""
    headers = list(_pairs(raw.headers))
    event_id = next((value for name, value in headers if name == "ce_id"), b"")
    return Message(
        topic=raw.topic,
        place=f"{topic_id[:8]}:{raw.partition}:{raw.offset}",
        headers=headers,
        value=bytes(raw.value or b""),
        partition=raw.partition,
        position=Position(topic_id, raw.offset + 1, _text(event_id)),
    )


def _pairs(headers: Any) -> Iterable[tuple[str, bytes]]:
    """Headers may be absent, a mapping or a list, and each value may be absent."""
    for name, value in headers.items() if isinstance(headers, dict) else headers or ():
        yield _text(name) if isinstance(name, bytes) else str(name), bytes(value or b"")


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace").replace("\0", "")[:64]
