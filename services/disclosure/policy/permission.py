"""Who may do what with a public text: role and unit; whoever makes it answers for it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from uuid import UUID

from services.kernel.language.actor import Actor
from services.kernel.language.refusal import NotFound, NotPermitted
from services.kernel.language.vocabulary import Role


class Act(StrEnum):
    """What an officer wants with a public text."""

    READ = "read"
    WRITE = "write"
    REVIEW = "review"
    PUBLISH = "publish"


ROLES: Mapping[Act, frozenset[Role]] = {
    Act.READ: frozenset({Role.PUBLISHER, Role.SECRECY}),
    Act.WRITE: frozenset({Role.PUBLISHER}),
    Act.REVIEW: frozenset({Role.SECRECY}),
    Act.PUBLISH: frozenset({Role.PUBLISHER}),
}
"""The whole of it: each act is for these roles of the unit that issues the text, and for nobody else."""


def require_role(actor: Actor, act: Act) -> None:
    """Let the officer pass whose roles give the act at all.

    Raises:
        NotPermitted: None of them does.
    """
    if not ROLES[act] & actor.roles:
        raise NotPermitted


def require(actor: Actor, act: Act, *, issuer_id: UUID) -> None:
    """Let the officer pass, or say why not; another unit's text does not exist for him.

    Args:
        issuer_id: The unit that issues the text.

    Raises:
        NotPermitted: His roles do not give the act.
        NotFound: It is another unit's.

    Source: 政府信息公开条例 第十条.
    """
    require_role(actor, act)
    if actor.unit_id != issuer_id:
        raise NotFound
