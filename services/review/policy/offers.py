"""What is offered to an officer for an item, and what stands in the way, before a button is pressed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from services.kernel.language.actor import Actor
from services.review.policy.permission import ForwardState, Standing, may_do
from services.review.policy.verbs import Verb


@dataclass(frozen=True)
class Offer:
    """One action on the bar: open when nothing stands in its way; `reasons` are Chinese sentences."""

    verb: Verb
    reasons: tuple[str, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether the button can be pressed now."""
        return not self.reasons


Blockers = Callable[[Actor, Standing], list[str]]


def available_actions(actor: Actor, item: Standing, *, needs_second_reader: bool = True) -> dict[Verb, Offer]:
    """Every action that role, scope and state allow, each with the reasons that still block it."""
    offers: dict[Verb, Offer] = {}
    for verb in Verb:
        if verb is Verb.READ or not may_do(actor, verb, item) or not _is_called_for(verb, item):
            continue
        reasons = _BLOCKERS[verb](actor, item) if verb in _BLOCKERS else []
        if verb is Verb.CHECK and not needs_second_reader:
            reasons = []
        offers[verb] = Offer(verb, tuple(reasons))
    return offers


def _is_called_for(verb: Verb, item: Standing) -> bool:
    match verb:
        case Verb.RECEIVE:
            return not item.is_received
        case Verb.ANSWER:
            return item.open_questions > 0
        case Verb.WITHDRAW_FORWARD | Verb.SIGN_FORWARD:
            return item.forward is ForwardState.PROPOSED
        case Verb.PROPOSE_FORWARD:
            return item.forward in {ForwardState.NONE, ForwardState.RETURNED}
        case _:
            return True


def _check_blockers(actor: Actor, item: Standing) -> list[str]:
    if actor.officer_id == item.submitted_by:
        return ["您是这件的提交人，应由另一人审核；确需一人办理的，请写明理由。"]
    return []


def _adopt_blockers(_: Actor, item: Standing) -> list[str]:
    return [] if item.has_periodical else ["本级还没有在用的刊物，请管理员先登记刊物。"]


def _forward_blockers(_: Actor, item: Standing) -> list[str]:
    return [] if item.has_superior else ["本级没有登记上级单位，无法转报。"]


def _sign_forward_blockers(actor: Actor, item: Standing) -> list[str]:
    return ["您是提请人，转报应由另一人签发。"] if actor.officer_id == item.proposed_by else []


_BLOCKERS: dict[Verb, Blockers] = {
    Verb.CHECK: _check_blockers,
    Verb.ADOPT: _adopt_blockers,
    Verb.PROPOSE_FORWARD: _forward_blockers,
    Verb.SIGN_FORWARD: _sign_forward_blockers,
}
