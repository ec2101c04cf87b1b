"""Who may do what with an item: role, unit and the nodes it has reached; deny by default."""

from collections.abc import Collection, Iterable
from uuid import UUID

from services.kernel.language.vocabulary import InfoType, Role, UnitKind

_WRITERS = frozenset({Role.CLERK})
_EMERGENCY_WRITERS = frozenset({Role.CLERK, Role.DUTY})
_HANDLERS = frozenset({Role.EDITOR, Role.CHIEF, Role.LEADER, Role.DUTY, Role.PUBLISHER, Role.SECRECY})


def may_write(roles: Collection[Role], info_type: InfoType | None) -> bool:
    """Whether these roles may write, change and submit their unit's items of a type."""
    wanted = _EMERGENCY_WRITERS if info_type is InfoType.EMERGENCY else _WRITERS
    return not wanted.isdisjoint(roles)


def may_read(
    *,
    roles: Collection[Role],
    unit_id: UUID,
    unit_kind: UnitKind,
    item_unit_id: UUID | None,
    item_nodes: Iterable[str],
    node: str,
) -> bool:
    """Whether an officer may read an item: his unit wrote it, or it came to his office and he handles such items.

    Args:
        item_nodes: The nodes that received the item, hop by hop.
    """
    if unit_id == item_unit_id:
        return True
    is_handler = unit_kind is UnitKind.HEAD_OFFICE and not _HANDLERS.isdisjoint(roles)
    return is_handler and node in set(item_nodes)
