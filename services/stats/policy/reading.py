"""Who may read which scores: the office sees all, everybody else the own unit; titles are narrower."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from services.kernel.language.refusal import NotPermitted
from services.kernel.language.vocabulary import Role, UnitKind

TITLE_OMITTED = "标题略"

_SEE_ALL = frozenset({Role.STATISTICIAN, Role.CHIEF, Role.LEADER, Role.EDITOR, Role.ADMIN})
_READ_ITEMS = _SEE_ALL - {Role.ADMIN} | {Role.DUTY}
_EDIT_RULES = frozenset({Role.STATISTICIAN, Role.ADMIN})


class AnotherUnitsScores(NotPermitted):
    """这是其他单位的得分，您只能查看本单位的。"""

    code = "another_units_scores"
    message = "这是其他单位的得分，您只能查看本单位的。"


def may_see_all(roles: Collection[Role], kind: UnitKind) -> bool:
    """Whether the officer sees every unit's score and the order of the group."""
    return kind is UnitKind.HEAD_OFFICE and not _SEE_ALL.isdisjoint(roles)


def may_see_unit(roles: Collection[Role], kind: UnitKind, own: UUID, unit_id: UUID) -> bool:
    """Whether the officer may open the source records of a unit's score."""
    return own == unit_id or may_see_all(roles, kind)


def may_read_titles(roles: Collection[Role], kind: UnitKind, own: UUID, unit_id: UUID) -> bool:
    """Whether titles are shown: an administrator sees points, not what the items are about."""
    return own == unit_id or (kind is UnitKind.HEAD_OFFICE and not _READ_ITEMS.isdisjoint(roles))


def may_edit_rules(roles: Collection[Role], kind: UnitKind) -> bool:
    """Whether the officer may put a new version of the rules in force."""
    return kind is UnitKind.HEAD_OFFICE and not _EDIT_RULES.isdisjoint(roles)
