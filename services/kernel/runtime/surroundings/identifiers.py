"""Ids: UUIDv7 for what is new, derived ids for what must come out the same twice."""

from __future__ import annotations

from uuid import UUID, uuid5

import uuid_utils

_DERIVED = UUID("5d0c8f5e-3b1e-5d5a-9a65-6f2f3c1d7a10")


def new_id() -> UUID:
    """A new id that sorts by the time it was made (UUIDv7)."""
    return UUID(bytes=uuid_utils.uuid7().bytes)


def id_in(text: str) -> UUID | None:
    """The id that a text names, None where it names none."""
    try:
        return UUID(text)
    except ValueError:
        return None


def derived_id(*parts: object) -> UUID:
    """The same id for the same parts, anywhere and at any time."""
    return uuid5(_DERIVED, "\x1f".join(str(part) for part in parts))
