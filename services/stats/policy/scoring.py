"""What is left of credits after stacking and caps, and the credit as an explained score entry."""

from services.stats.policy.credit import Credit, rounded, zh
from services.stats.policy.event import EventKind, ScoreEntry
from services.stats.policy.ruleset import Ruleset
from services.stats.policy.stacking import best_level_only, cap_leader_bonus, cap_rules, stack


def limited(earned: list[Credit], ruleset: Ruleset) -> list[Credit]:
    """What is left of credits, oldest first, after stacking and caps."""
    for step in (stack, best_level_only, cap_leader_bonus, cap_rules):
        earned = step(earned, ruleset)
    return earned


def entry_of(credit: Credit, ruleset: Ruleset) -> ScoreEntry:
    """The credit as it is kept and explained."""
    event = credit.event
    return ScoreEntry(
        event_id=event.event_id,
        unit_id=event.unit_id,
        origin_id=event.origin_id,
        happened_on=event.happened_on,
        period=event.period,
        ruleset_id=ruleset.id,
        ruleset_version=ruleset.version,
        rule_id=credit.rule.id,
        multiplier_rule_id=credit.multiplier.id if credit.multiplier else None,
        points_before=credit.points,
        points=rounded(credit.left, ruleset),
        reason=_reason(credit),
    )


def _reason(credit: Credit) -> str:
    what = credit.event.label or EventKind(credit.event.kind).label
    return f"{what}：{'，'.join(credit.notes)}；计{zh(credit.left)}分"
