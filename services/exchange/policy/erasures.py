"""Which item is meant by what somebody typed or pasted; and how far an erasure is, in steps."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.kernel.language.vocabulary import ErasureStage

_ID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
_SHORT = re.compile(r"[0-9a-f]{12}")
MAX_REASON_CHARACTERS = 200


@dataclass(frozen=True)
class Step:
    """One stage of an erasure as a page shows it; `state` is that of a checklist."""

    text: str
    state: str
    note: str = ""


def origin_in(text: str) -> UUID | None:
    """The item's number in a number or in the address of a page; None when there is none, or more than one."""
    found = {one.lower() for one in _ID.findall(text)}
    return UUID(found.pop()) if len(found) == 1 else None


def short_number_in(text: str) -> str:
    """The short number as an item's page shows it (稿件号), the end of the whole one; empty when it is none."""
    typed = text.strip().lower()
    return typed if _SHORT.fullmatch(typed) else ""


def steps_of(stage: ErasureStage, *, trouble: str = "") -> list[Step]:
    """What is done, what is being done, and what comes."""
    stages = [one for one in ErasureStage if one is not ErasureStage.DONE]
    reached = len(stages) if stage is ErasureStage.DONE else stages.index(stage)
    return [
        Step(one.label, "ok" if at < reached else "wait", (trouble or "正在进行") if at == reached else "")
        for at, one in enumerate(stages)
    ]


def copies_in_all(copies: Mapping[str, Any]) -> int:
    """How many records and facts there were in all services."""
    return sum(int(one["facts"]) + int(one["rows"]) for one in copies.values())
