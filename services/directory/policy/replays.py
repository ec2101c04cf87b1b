"""What a snapshot that comes back after a restore may change, and how doubles are told apart."""

from __future__ import annotations

from uuid import UUID


def is_known(row_version: int, fact_version: int) -> bool:
    """Whether the row is as new as the snapshot; 0 stands in facts told before versions were carried."""
    return 0 < fact_version <= row_version


def told_apart(name: str, id_: UUID) -> str:
    """A name that is somebody else's already, with the end of its bearer's id."""
    return f"{name}（{id_.hex[-8:]}）"
