"""Which kinds of unit a node may have, who sits in them and to whom they report."""

from __future__ import annotations

from enum import StrEnum

from services.kernel.language.refusal import NotPermitted, Refusal
from services.kernel.language.vocabulary import Level, Role, UnitKind


class HeadOfficeAlreadyThere(Refusal):
    """本级办公室已经登记过，一个节点只有一个。"""

    code = "head_office_already_there"
    message = "本级办公室已经登记过，一个节点只有一个。"


class SubordinateComesByItsCard(Refusal):
    """下级单位要用对方节点的名片登记。"""

    code = "subordinate_comes_by_its_card"
    message = "下级单位在“相邻节点”用对方的名片登记和停用。"


class UnitKindFixed(Refusal):
    """本级办公室和下级单位的类别不能更改。"""

    code = "unit_kind_fixed"
    message = "本级办公室和下级单位的类别不能更改。"


class UnitHasOfficers(Refusal):
    """单位里还有在岗人员，不能停用。"""

    code = "unit_has_officers"
    message = "单位里还有在岗人员，请先调出或停用这些人员。"


class UnitNameTaken(Refusal):
    """已有同名单位。"""

    code = "unit_name_taken"
    message = "已有同名单位。"


class UnitNotActive(Refusal):
    """单位已停用，不能再安排人员。"""

    code = "unit_not_active"
    message = "单位已停用，不能再安排人员。"


class OfficerBelongsElsewhere(Refusal):
    """下级单位的人员在其自己的节点登记。"""

    code = "officer_belongs_elsewhere"
    message = "下级单位的人员由其自己的节点登记。"


class UnitIdTaken(Refusal):
    """名片上的单位编号已被本节点的其他单位使用。"""

    code = "unit_id_taken"
    message = "名片上的单位编号已被本节点的其他单位使用，请对方重新出示名片。"


class HeadOfficeStays(Refusal):
    """本级办公室不能停用。"""

    code = "head_office_stays"
    message = "本级办公室不能停用。"


class RoleNotForUnit(NotPermitted):
    """这个岗位不能设在这类单位。"""

    status = 409
    code = "role_not_for_unit"
    message = "这个岗位不能设在这类单位。"


class ReportsTo(StrEnum):
    """Whose desk the items of a unit go to once they are signed."""

    OWN_EDITORS = "own_editors"
    SUPERIOR = "superior"


_ROLES_OF_THE_OFFICE = frozenset({Role.EDITOR, Role.CHIEF, Role.STATISTICIAN, Role.ADMIN, Role.DUTY})


def reports_to(kind: UnitKind) -> ReportsTo:
    """Bureaus, hosted and subordinate units report to this node's editors; its own office reports up."""
    return ReportsTo.SUPERIOR if kind is UnitKind.HEAD_OFFICE else ReportsTo.OWN_EDITORS


def level_of(kind: UnitKind, node_level: Level) -> Level:
    """A hosted unit stands one level below the node that hosts it; all others on the node's level."""
    if kind is not UnitKind.HOSTED:
        return node_level
    return list(Level)[max(0, node_level.rank - 1)]


def ranking_group_of(kind: UnitKind, level: Level) -> str:
    """The group in which a unit is compared unless the administrator says another."""
    return {UnitKind.HEAD_OFFICE: "本级", UnitKind.BUREAU: "部门"}.get(kind, level.label)


def roles_open_to(kind: UnitKind) -> frozenset[Role]:
    """The roles that may be held in a unit of this kind at this node."""
    if kind is UnitKind.HEAD_OFFICE:
        return frozenset(Role)
    if kind is UnitKind.SUBORDINATE:
        return frozenset()
    return frozenset(Role) - _ROLES_OF_THE_OFFICE


def require_registrable(kind: UnitKind, *, head_office_exists: bool) -> None:
    """Let a new unit of this kind be registered by hand, or say why not."""
    if kind is UnitKind.SUBORDINATE:
        raise SubordinateComesByItsCard
    if kind is UnitKind.HEAD_OFFICE and head_office_exists:
        raise HeadOfficeAlreadyThere


def require_kind_change(old: UnitKind, new: UnitKind) -> None:
    """Only bureaus and hosted units may change into each other."""
    if old is not new and not {old, new} <= {UnitKind.BUREAU, UnitKind.HOSTED}:
        raise UnitKindFixed


def activity_blocker(kind: UnitKind, *, is_active: bool, officers: int) -> Refusal | None:
    """What stands in the way of closing or opening a unit: its officers go first, a subordinate goes with its node."""
    if kind is UnitKind.SUBORDINATE:
        return SubordinateComesByItsCard()
    if is_active:
        return None
    if kind is UnitKind.HEAD_OFFICE:
        return HeadOfficeStays()
    return UnitHasOfficers() if officers else None


def require_same_subordinate(kind: UnitKind, its_node: str, *, node_id: str) -> None:
    """A unit id on a card that is known here must be that of the same subordinate node."""
    if kind is not UnitKind.SUBORDINATE or its_node != node_id:
        raise UnitIdTaken


def require_place(kind: UnitKind, roles: frozenset[Role], *, is_active: bool) -> None:
    """Let an officer with these roles sit in a unit of this kind, or say why not."""
    if kind is UnitKind.SUBORDINATE:
        raise OfficerBelongsElsewhere
    if not is_active:
        raise UnitNotActive
    misplaced = sorted(roles - roles_open_to(kind))
    if misplaced:
        names = "、".join(role.label for role in misplaced)
        raise RoleNotForUnit(f"“{names}”岗位只能设在本级办公室。", roles=misplaced)
