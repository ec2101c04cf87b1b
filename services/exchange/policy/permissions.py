"""Who may look at links and who may change them; the reason that a page gives is the refusal that the action makes."""

from __future__ import annotations

import enum
from collections.abc import Collection

from services.kernel.language.refusal import NotPermitted, Refusal
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
_SENTENCES = {
    Act.READ_LINKS: "您还没有岗位，请联系管理员。",
    Act.OPERATE_LINKS: "链路由管理员暂停、恢复和处理。",
    Act.ERASE: "清除内容由管理员办理。",
}


def blocker_of(roles: Collection[Role], act: Act) -> Refusal | None:
    """What stands in the way of an officer with these roles; deny by default."""
    return None if _ALLOWED[act].intersection(roles) else NotPermitted(_SENTENCES[act])


def require(roles: Collection[Role], act: Act) -> None:
    """Let an officer with these roles pass.

    Raises:
        NotPermitted: None of them allows it.
    """
    if blocker := blocker_of(roles, act):
        raise blocker
