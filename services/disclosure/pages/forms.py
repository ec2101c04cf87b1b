"""Posted forms of disclosure: what stands between the entries of a list, and what a form shows."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from services.disclosure.model import Information, InformationChange, KnownItem

KEYWORDS = {"keywords": re.compile(r"[、，,；;\s]+")}
PASSAGES = {"passages": re.compile(r"\s*[\r\n]+\s*")}
_TYPED = tuple(InformationChange.model_fields)


def fields_of(information: Information) -> dict[str, Any]:
    """A text as its form shows it."""
    shown: dict[str, Any] = {name: str(getattr(information, name) or "") for name in _TYPED}
    return shown | {"keywords": "、".join(information.keywords), "is_normative": information.is_normative}


def fields_of_item(item: KnownItem | None, unit_id: UUID, *, formed_on: str, section: str) -> dict[str, Any]:
    """The form of a new text of a unit, begun from an item where there is one."""
    shown: dict[str, Any] = dict.fromkeys(_TYPED, "")
    shown |= {"is_normative": False, "attribute": "proactive", "formed_on": formed_on, "responsible_section": section}
    if item is not None:
        shown |= {"title": item.title_for(unit_id), "body": item.body_for(unit_id)}
        shown["attribute"] = item.suggested_attribute or "proactive"
    return shown
