"""Who may look at links and who may change them."""

from __future__ import annotations

import enum
from collections.abc import Collection

from services.kernel.language.refusal import NotPermitted
from services.kernel.language.vocabulary import Role


class Act(enum.Enum):
    """What somebody may do at the exchange."""

    READ_LINKS = "read_links"
    OPERATE_LINKS = "operate_links"
    ERASE = "erase"


_ALLOWED: dict[Act, frozenset[Role]] = {
    Act.READ_LINKS: frozenset(Role),
    Act.OPERATE_LINKS: frozenset({Role.ADMIN}),
    Act.ERASE: frozenset({Role.ADMIN}),
}


def may(roles: Collection[Role], act: Act) -> bool:
    """Whether an officer with these roles may do it; deny by default."""
    return bool(_ALLOWED[act].intersection(roles))


def require(roles: Collection[Role], act: Act) -> None:
    """Refuse unless the roles allow it.

    Raises:
        NotPermitted: None of them does.
    """
    if not may(roles, act):
        raise NotPermitted
