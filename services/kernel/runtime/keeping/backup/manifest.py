"""The manifest of a backup: of which node, of when, and the digest of everything that is in it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from services.kernel.language.refusal import Refusal

NAME = "manifest.json"
FORMAT = 1
_STEP_BYTES = 1024 * 1024


class BackupUnreadable(Refusal):
    """这不是上达的备份文件，或文件已损坏。"""

    code = "backup_unreadable"
    message = "这不是上达的备份文件，或文件已损坏。"


@dataclass(frozen=True)
class Member:
    """One file of the backup: SHA-256 in hex and size in bytes."""

    sha256: str
    size: int


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself; `revisions` are the schema's, per service."""

    node_id: str
    node_name: str
    taken_at: datetime
    version: str
    database: str
    revisions: dict[str, list[str]]
    members: dict[str, Member] = field(default_factory=dict)

    @property
    def services(self) -> list[str]:
        """The services whose databases are in it."""
        return list(self.revisions)

    def to_json(self) -> bytes:
        """The manifest as it stands in the file."""
        found = asdict(self) | {"format": FORMAT, "taken_at": self.taken_at.isoformat()}
        return json.dumps(found, ensure_ascii=False, indent=1).encode()


def read_manifest(document: bytes) -> Manifest:
    """Read a manifest.

    Raises:
        BackupUnreadable: It is none, or of a newer format.
    """
    try:
        found: dict[str, Any] = json.loads(document)
        if found.pop("format") != FORMAT:
            raise BackupUnreadable("备份文件是更新的版本写的，请用同一版本或更新的程序恢复。")
        members = {_inside(name): Member(**one) for name, one in found.pop("members").items()}
        return Manifest(taken_at=datetime.fromisoformat(found.pop("taken_at")), members=members, **found)
    except (ValueError, KeyError, TypeError, AttributeError) as fault:
        raise BackupUnreadable from fault


def _inside(name: str) -> str:
    """The name, unless it would lead out of the folder that the backup is laid down in."""
    if name.startswith("/") or ".." in name.split("/"):
        raise BackupUnreadable(f"备份里有不该有的内容：{name}")
    return name


def member_of(path: Path) -> Member:
    """Digest and size of a file on the disk."""
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while step := file.read(_STEP_BYTES):
            digest.update(step)
            size += len(step)
    return Member(digest.hexdigest(), size)
