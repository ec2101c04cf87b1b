"""What is offered to an officer for an item, and what stands in the way, before a button is pressed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from services.kernel.language.actor import Actor
from services.kernel.language.refusal import Refusal
from services.review.policy.permission import ForwardState, Standing, may_do
from services.review.policy.refusals import NoPeriodical, ProposedByYourself, SecondReaderNeeded
from services.review.policy.verbs import Verb


@dataclass(frozen=True)
class Offer:
    """One action on the bar: open unless `blocker`, the refusal that it would meet, stands in its way."""

    verb: Verb
    blocker: Refusal | None = None

    @property
    def is_open(self) -> bool:
        """Whether the button can be pressed now."""
        return self.blocker is None

    @property
    def reasons(self) -> list[str]:
        """The blocker's sentence, if there is one."""
        return [str(self.blocker)] if self.blocker else []


def available_actions(actor: Actor, item: Standing, *, needs_second_reader: bool = True) -> dict[Verb, Offer]:
    """Every action that role, scope and state allow, each with what still blocks it."""
    offers: dict[Verb, Offer] = {}
    for verb in Verb:
        if verb is Verb.READ or not may_do(actor, verb, item) or not _is_called_for(verb, item):
            continue
        is_waived = verb is Verb.CHECK and not needs_second_reader
        offers[verb] = Offer(verb, None if is_waived else blocker_of(actor, verb, item))
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
            # Where there is nobody above nothing is missing: the button is not there.
            return item.has_superior and item.forward in {ForwardState.NONE, ForwardState.RETURNED}
        case _:
            return True


def blocker_of(actor: Actor, verb: Verb, item: Standing) -> Refusal | None:
    """What stands in this officer's way although role and state allow it: what the action itself would answer."""
    return _BLOCKERS[verb](actor, item) if verb in _BLOCKERS else None


def _second_reader_missing(actor: Actor, item: Standing) -> Refusal | None:
    return SecondReaderNeeded() if actor.officer_id == item.submitted_by else None


def _nothing_to_adopt_into(_: Actor, item: Standing) -> Refusal | None:
    return None if item.has_periodical else NoPeriodical()


def _own_proposal(actor: Actor, item: Standing) -> Refusal | None:
    return ProposedByYourself() if actor.officer_id == item.proposed_by else None


_BLOCKERS: dict[Verb, Callable[[Actor, Standing], Refusal | None]] = {
    Verb.CHECK: _second_reader_missing,
    Verb.ADOPT: _nothing_to_adopt_into,
    Verb.SIGN_FORWARD: _own_proposal,
}
