"""Who may write an item; who may read one is a rule of the language that all services share."""

from collections.abc import Collection

from services.kernel.language.vocabulary import InfoType, Role

_WRITERS = frozenset({Role.CLERK})
_EMERGENCY_WRITERS = frozenset({Role.CLERK, Role.DUTY})


def may_write_some(roles: Collection[Role]) -> bool:
    """Whether these roles may write items of any type at all."""
    return not _EMERGENCY_WRITERS.isdisjoint(roles)


def may_write(roles: Collection[Role], info_type: InfoType | None) -> bool:
    """Whether these roles may write, change and submit their unit's items of a type."""
    wanted = _EMERGENCY_WRITERS if info_type is InfoType.EMERGENCY else _WRITERS
    return not wanted.isdisjoint(roles)
