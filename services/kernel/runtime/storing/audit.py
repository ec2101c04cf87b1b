"""The audit chain: every decision leaves a row whose hash stands on its predecessor's."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.storing.tables import AUDIT


def audit_hash(previous: str, row: Mapping[str, Any]) -> str:
    """The hash of an audit row over its predecessor's: SHA-256, hex."""
    fields = ("verb", "subject", "officer_id", "officer_name", "details")
    parts = (previous, row["at"].isoformat(), *(row[name] for name in fields))
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()


async def first_broken_row(session: AsyncSession) -> int | None:
    """The id of the first row that does not stand on its predecessor; None when the chain is whole."""
    previous = ""
    for row in (await session.execute(select(AUDIT).order_by(AUDIT.c.id))).mappings():
        if row["hash"] != audit_hash(previous, row):
            return int(row["id"])
        previous = row["hash"]
    return None
