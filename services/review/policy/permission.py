"""Permission = role × unit scope × action × state; what no rule allows is denied."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from services.kernel.language import reading
from services.kernel.language.actor import Actor
from services.kernel.language.reading import OFFICE_READERS, UNIT_PEOPLE
from services.kernel.language.refusal import NotPermitted
from services.kernel.language.vocabulary import InfoType, ReviewStatus, Role, UnitKind
from services.review.policy.refusals import NotInThisState
from services.review.policy.verbs import Verb


class Scope(StrEnum):
    """Where the officer must stand: in the unit that wrote the item, or in the office that handles it."""

    OWN_UNIT = "own_unit"
    OFFICE = "office"


class ForwardState(StrEnum):
    """Where the forwarding of an item stands, beside its status here."""

    NONE = "none"
    PROPOSED = "proposed"
    FORWARDED = "forwarded"
    RETURNED = "returned"


@dataclass(frozen=True, kw_only=True)
class Standing:
    """An item as the rules see it. `is_here`: its last hop ends at this node's office."""

    status: ReviewStatus
    unit_id: UUID
    info_type: InfoType
    is_here: bool
    is_received: bool = False
    submitted_by: UUID | None = None
    checked_by: UUID | None = None
    open_questions: int = 0
    forward: ForwardState = ForwardState.NONE
    proposed_by: UUID | None = None
    has_superior: bool = False
    has_periodical: bool = True


@dataclass(frozen=True)
class Rule:
    """One permission: any of these roles, standing there, while the item is in one of these states."""

    roles: frozenset[Role]
    scope: Scope
    states: frozenset[ReviewStatus]
    urgent_only: bool = False


def _rule(roles: Collection[Role], scope: Scope, *states: ReviewStatus, urgent_only: bool = False) -> Rule:
    return Rule(frozenset(roles), scope, frozenset(states), urgent_only)


_S = ReviewStatus
_OWN, _OFFICE = Scope.OWN_UNIT, Scope.OFFICE

WITH_OFFICE = (_S.OPEN, _S.KEPT, _S.SELECTED, _S.RETURNED, _S.DECLINED, _S.ADOPTED)

RULES: dict[Verb, tuple[Rule, ...]] = {
    # For the offers; who may open an item is asked of the rule that all services share.
    Verb.READ: (_rule(UNIT_PEOPLE, _OWN, *_S), _rule(OFFICE_READERS, _OFFICE, *WITH_OFFICE)),
    Verb.CHECK: (_rule({Role.REVIEWER}, _OWN, _S.TO_CHECK),),
    Verb.SIGN: (_rule({Role.SIGNER}, _OWN, _S.TO_SIGN),),
    Verb.RETURN: (
        _rule({Role.REVIEWER}, _OWN, _S.TO_CHECK),
        _rule({Role.SIGNER}, _OWN, _S.TO_SIGN),
        _rule({Role.EDITOR}, _OFFICE, _S.OPEN, _S.KEPT),
    ),
    Verb.RECEIVE: (_rule({Role.EDITOR}, _OFFICE, *WITH_OFFICE),),
    Verb.EDIT: (_rule({Role.EDITOR}, _OFFICE, _S.OPEN, _S.KEPT, _S.SELECTED, _S.ADOPTED),),
    Verb.ASK: (_rule({Role.EDITOR}, _OFFICE, _S.OPEN, _S.KEPT, _S.SELECTED),),
    # Who is on duty answers for what his unit reported at night: nobody else may be there.
    Verb.ANSWER: (_rule(UNIT_PEOPLE, _OWN, *_S), _rule({Role.DUTY}, _OWN, *_S, urgent_only=True)),
    Verb.DECLINE: (_rule({Role.EDITOR}, _OFFICE, _S.OPEN, _S.KEPT),),
    Verb.KEEP: (_rule({Role.EDITOR}, _OFFICE, _S.OPEN),),
    Verb.REOPEN: (_rule({Role.EDITOR}, _OFFICE, _S.KEPT),),
    Verb.ADOPT: (_rule({Role.EDITOR}, _OFFICE, _S.OPEN, _S.KEPT, _S.SELECTED, _S.DECLINED, _S.ADOPTED),),
    Verb.UNSELECT: (_rule({Role.EDITOR, Role.CHIEF}, _OFFICE, _S.SELECTED),),
    Verb.PROPOSE_FORWARD: (_rule({Role.EDITOR}, _OFFICE, _S.OPEN, _S.KEPT, _S.SELECTED, _S.ADOPTED),),
    Verb.WITHDRAW_FORWARD: (_rule({Role.EDITOR, Role.CHIEF}, _OFFICE, *WITH_OFFICE),),
    Verb.SIGN_FORWARD: (_rule({Role.CHIEF}, _OFFICE, _S.OPEN, _S.KEPT, _S.SELECTED, _S.ADOPTED),),
    Verb.RECORD_INSTRUCTION: (
        _rule({Role.EDITOR, Role.CHIEF, Role.LEADER}, _OFFICE, _S.OPEN, _S.KEPT, _S.SELECTED, _S.DECLINED, _S.ADOPTED),
    ),
}
"""The whole of it: every verb has its rules here, and nothing else grants anything."""


def may_do(actor: Actor, verb: Verb, item: Standing) -> bool:
    """Whether the officer may do this with the item in its present state."""
    return any(item.status in rule.states for rule in _granted(actor, verb, item))


def may_read(actor: Actor, item: Standing) -> bool:
    """Whether the officer may open the item at all, by the rule that all services share."""
    return reading.may_read(actor, as_readable(item))


def as_readable(item: Standing) -> reading.ReadableItem:
    """The item as that rule sees it; what review knows of was handed in."""
    return reading.ReadableItem(
        unit_id=item.unit_id,
        is_urgent=item.info_type.is_urgent,
        is_handed_in=True,
        is_in_office=item.is_here and item.status in WITH_OFFICE,
        author_ids=frozenset({item.submitted_by} if item.submitted_by else ()),
    )


def is_granted(actor: Actor, verb: Verb, item: Standing) -> bool:
    """Whether the officer has the role and stands in the right place, whatever the state."""
    return bool(_granted(actor, verb, item))


def require(actor: Actor, verb: Verb, item: Standing) -> None:
    """Let the officer pass or say why not.

    Raises:
        NotPermitted: No rule gives this officer the action on this item.
        NotInThisState: The officer has the action, but not while the item stands as it does.
    """
    if may_do(actor, verb, item):
        return
    require_granted(actor, verb, item)
    raise NotInThisState(f"这件现在是“{item.status.label}”，不能“{verb.label}”。", status_now=item.status.value)


def require_granted(actor: Actor, verb: Verb, item: Standing) -> None:
    """Let the officer pass who has the role and stands in the right place, whatever the state.

    Raises:
        NotPermitted: No rule gives this officer the action on this item.
    """
    if not may_read(actor, item):
        raise NotPermitted("这是其他单位的稿件，或不在您的岗位职责内，不能查看或办理。")
    if not is_granted(actor, verb, item):
        raise NotPermitted(f"您的岗位不能“{verb.label}”。")


def _granted(actor: Actor, verb: Verb, item: Standing) -> list[Rule]:
    return [rule for rule in RULES[verb] if rule.roles & actor.roles and _stands(actor, rule, item)]


def _stands(actor: Actor, rule: Rule, item: Standing) -> bool:
    if rule.urgent_only and not item.info_type.is_urgent:
        return False
    if rule.scope is Scope.OWN_UNIT:
        return actor.unit_id == item.unit_id
    return actor.unit_kind is UnitKind.HEAD_OFFICE and item.is_here
