"""Who may do what with a public text: role and unit; whoever makes it answers for it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from services.disclosure.policy.status import ReviewerIsPreparer
from services.kernel.language.actor import Actor
from services.kernel.language.events.parts import OfficerRef
from services.kernel.language.refusal import NotFound, NotPermitted, Refusal
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


class PublisherIsReviewer(Refusal):
    """发布人不能是本条信息的保密审查人。"""

    code = "publisher_is_reviewer"
    message = "您审查过这条信息，请由其他公开人员发布。"


class Handled(Protocol):
    """A text, as far as it matters whose hands it went through."""

    writers: list[str]
    prepared_by: OfficerRef
    reviewed_by: OfficerRef | None


def blocker_of(actor: Actor, act: Act, text: Handled) -> Refusal | None:
    """What keeps this officer from the act although his roles give it: two pairs of eyes are needed.

    Source: 保守国家秘密法实施条例 第四十二条.
    """
    if act is Act.REVIEW and str(actor.officer_id) in {*text.writers, str(text.prepared_by.officer_id)}:
        return ReviewerIsPreparer()
    if act is Act.PUBLISH and text.reviewed_by and text.reviewed_by.officer_id == actor.officer_id:
        return PublisherIsReviewer()
    return None
