"""Second half of scoring: what counts beside what, and where it stops.

Months are worked through in order and a later month only adds what is still missing, so that
an event of today never changes the points of a month that is closed.
"""

from collections.abc import Callable, Hashable, Iterable
from decimal import Decimal
from itertools import groupby

from services.stats.policy.credit import Credit, zh
from services.stats.policy.event import EventKind
from services.stats.policy.ruleset import Cap, Ruleset

_ZERO = Decimal(0)

Key = Callable[[Credit], Hashable]


def stack(earned: list[Credit], ruleset: Ruleset) -> list[Credit]:
    """Let only the best of a stack group count for an item."""
    return _within(earned, lambda credit: _stack_key(credit, ruleset), _best_counts)


def best_level_only(earned: list[Credit], ruleset: Ruleset) -> list[Credit]:
    """Let only an item's best-paying level of adoption count (就高不就低), if the node chose so."""
    if ruleset.policies.multi_adoption_across_levels == "sum":
        return earned
    return _within(earned, _adoption_key, _best_level_counts)


def cap_leader_bonus(earned: list[Credit], ruleset: Ruleset) -> list[Credit]:
    """Stop the instructions on one item at the item's cap."""
    amount = ruleset.policies.leader_bonus_cap_per_item
    if amount is None:
        return earned
    return _within(
        earned,
        _instruction_key,
        lambda group: _limited(group, amount, f"单件批示加分最多{zh(amount)}分"),
    )


def cap_rules(earned: list[Credit], ruleset: Ruleset) -> list[Credit]:
    """Stop each rule at its own cap."""
    caps = {rule.id: rule.cap for rule in ruleset.rules if rule.cap}

    def limited(group: list[Credit]) -> list[Credit]:
        cap = caps.get(group[0].rule.id)
        return _limited(group, cap.amount, _cap_note(cap)) if cap else group

    return _within(earned, _cap_key, limited)


def _within(earned: Iterable[Credit], key: Key, rework: Callable[[list[Credit]], list[Credit]]) -> list[Credit]:
    """Rework the earned of each key together and keep all in their order; None is no key."""
    earned = list(earned)
    places: dict[Hashable, list[int]] = {}
    for place, credit in enumerate(earned):
        found = key(credit)
        if found is not None:
            places.setdefault(found, []).append(place)
    for group in places.values():
        reworked = rework([earned[place] for place in group])
        for place, credit in zip(group, reworked, strict=True):
            earned[place] = credit
    return earned


def _stack_key(credit: Credit, ruleset: Ruleset) -> Hashable:
    rule, item = credit.rule, (credit.event.unit_id, credit.event.origin_id)
    if rule.stack_group is None:
        return None
    if rule.stacking is None and credit.event.kind == EventKind.ADOPTED:
        is_max = ruleset.policies.multi_adoption_same_level == "max_within_stack_group"
        return (*item, rule.event, rule.stack_group, credit.event.level) if is_max else None
    stacking = rule.stacking or ruleset.defaults.stacking
    return (*item, rule.event, rule.stack_group) if stacking == "max" else None


def _adoption_key(credit: Credit) -> Hashable:
    is_adoption = credit.event.kind == EventKind.ADOPTED
    return (credit.event.unit_id, credit.event.origin_id) if is_adoption else None


def _instruction_key(credit: Credit) -> Hashable:
    is_instruction = credit.event.kind == EventKind.LEADER_INSTRUCTION
    return (credit.event.unit_id, credit.event.origin_id) if is_instruction else None


def _cap_key(credit: Credit) -> Hashable:
    cap = credit.rule.cap
    if cap is None:
        return None
    span = credit.event.period if cap.period == "month" else str(credit.event.happened_on.year)
    item = credit.event.origin_id if cap.scope == "item" else None
    return (credit.rule.id, credit.event.unit_id, item, span)


def _best_counts(group: list[Credit]) -> list[Credit]:
    counted = _ZERO
    reworked: list[Credit] = []
    for month in _months(group):
        best = max(month, key=lambda credit: credit.left)
        gain = max(_ZERO, best.left - counted) if reworked else best.left
        for credit in month:
            if credit is not best:
                reworked.append(_beaten(credit, f"同组就高，按“{_name(best)}”计"))
            elif gain == credit.left:
                reworked.append(credit)
            else:
                reworked.append(credit.leave(gain, f"同组就高，以前月份已计{zh(counted)}分"))
        counted = max(counted, best.left)
    return reworked


def _best_level_counts(group: list[Credit]) -> list[Credit]:
    so_far: dict[Hashable, Decimal] = {}
    counted = _ZERO
    reworked: list[Credit] = []
    for month in _months(group):
        for credit in month:
            so_far[_level(credit)] = so_far.get(_level(credit), _ZERO) + credit.left
        top = max(so_far, key=lambda level: so_far[level])
        gain = max(_ZERO, so_far[top] - counted)
        best = max(month, key=lambda credit: (_level(credit) == top, credit.left))
        paid = _share_out(gain, month, [credit is best or _level(credit) == top for credit in month])
        for credit, share in zip(month, paid, strict=True):
            if share is None:
                reworked.append(_beaten(credit, f"多级采用就高，按“{_name(best)}”计"))
            elif share == credit.left:
                reworked.append(credit)
            else:
                reworked.append(credit.leave(share, f"多级采用就高，以前已计{zh(counted)}分"))
        counted += gain
    return reworked


def _share_out(amount: Decimal, month: list[Credit], counts: list[bool]) -> list[Decimal | None]:
    """The amount over those that count, the largest first and none more than it has; None for the others."""
    shares: list[Decimal | None] = [None] * len(month)
    for place in sorted(range(len(month)), key=lambda place: -month[place].left):
        if counts[place]:
            share = min(amount, month[place].left)
            shares[place], amount = share, amount - share
    return shares


def _limited(group: list[Credit], amount: Decimal, note: str) -> list[Credit]:
    used = _ZERO
    reworked: list[Credit] = []
    for credit in group:
        room = amount - used
        left = min(credit.left, max(_ZERO, room)) if amount >= 0 else max(credit.left, room)
        reworked.append(credit if left == credit.left else credit.leave(left, note))
        used += left
    return reworked


def _beaten(credit: Credit, note: str) -> Credit:
    return credit.leave(_ZERO, note) if credit.left else credit


def _level(credit: Credit) -> Hashable:
    return (credit.rule.stack_group, credit.event.level)


def _months(group: list[Credit]) -> list[list[Credit]]:
    return [list(month) for _, month in groupby(group, key=lambda credit: (credit.event.period, credit.ruleset_no))]


def _name(credit: Credit) -> str:
    return credit.event.label or credit.rule.name or credit.rule.id


def _cap_note(cap: Cap) -> str:
    scope = "每件" if cap.scope == "item" else "每单位"
    period = "每月" if cap.period == "month" else "每年"
    return f"{scope}{period}最多{zh(cap.amount)}分"
