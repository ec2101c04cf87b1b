"""Who may read which scores: the office sees all, everybody else the own unit; titles are narrower."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol
from uuid import UUID

from services.kernel.language.actor import Actor
from services.kernel.language.reading import ReadableItem, may_know_title, may_read
from services.kernel.language.refusal import NotPermitted
from services.kernel.language.vocabulary import InfoType, Role, UnitKind

TITLE_OMITTED = "标题略"

_SEE_ALL = frozenset({Role.STATISTICIAN, Role.CHIEF, Role.LEADER, Role.EDITOR, Role.ADMIN})
_EDIT_RULES = frozenset({Role.STATISTICIAN, Role.ADMIN})


class AnotherUnitsScores(NotPermitted):
    """这是其他单位的得分，您只能查看本单位的。"""

    code = "another_units_scores"
    message = "这是其他单位的得分，您只能查看本单位的。"


class Scored(Protocol):
    """A score event, as far as reading looks."""

    unit_id: UUID
    info_type: str | None


def may_see_all(roles: Collection[Role], kind: UnitKind) -> bool:
    """Whether the officer sees every unit's score and the order of the group."""
    return kind is UnitKind.HEAD_OFFICE and not _SEE_ALL.isdisjoint(roles)


def may_see_unit(roles: Collection[Role], kind: UnitKind, own: UUID, unit_id: UUID) -> bool:
    """Whether the officer may open the source records of a unit's score."""
    return own == unit_id or may_see_all(roles, kind)


def may_read_title(reader: Actor, event: Scored) -> bool:
    """Whether the item behind an event is named to the reader, by the rule that all services share."""
    return may_know_title(reader, as_readable(reader, event))


def may_open_item(reader: Actor, event: Scored) -> bool:
    """Whether the reader may open the item behind an event."""
    return may_read(reader, as_readable(reader, event))


def as_readable(reader: Actor, event: Scored) -> ReadableItem:
    """The item behind an event: it was signed, and what is not the office's own came to the office."""
    return ReadableItem(
        unit_id=event.unit_id,
        is_urgent=event.info_type == InfoType.EMERGENCY,
        is_handed_in=True,
        is_in_office=event.unit_id != reader.unit_id,
    )


def may_edit_rules(roles: Collection[Role], kind: UnitKind) -> bool:
    """Whether the officer may put a new version of the rules in force."""
    return kind is UnitKind.HEAD_OFFICE and not _EDIT_RULES.isdisjoint(roles)
