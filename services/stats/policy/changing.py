"""When a new version of the rules may be put in force: dated, numbered, and never reaching into a closed month."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from services.kernel.language.refusal import Refusal
from services.stats.policy.period import Period, earliest_open
from services.stats.policy.ruleset import NoRulesetInForce, Ruleset, ruleset_on


class RulesetVersionTaken(Refusal):
    """这一版计分办法已经保存过。"""

    code = "ruleset_version_taken"
    message = "这一版计分办法已经保存过，修改后请把版本号加 1。"


class RulesReachIntoThePast(Refusal):
    """已经关账的月份不能改用新的计分办法。"""

    status = 422
    code = "rules_reach_into_the_past"
    message = "已经关账的月份不能改用新的计分办法，请把生效日期往后定。"


class RulesNeverInForce(Refusal):
    """按这个生效日期，新办法不会起作用。"""

    status = 422
    code = "rules_never_in_force"
    message = "按这个生效日期，新办法不会起作用：同一天起已有另一套办法，请把生效日期往后定。"


def require_savable(new: Ruleset, existing: Sequence[Ruleset], today: date) -> None:
    """Let a new version be saved, or say why not.

    Raises:
        RulesetVersionTaken, RulesReachIntoThePast, RulesNeverInForce: As they say.
    """
    latest = max((one.version for one in existing if one.id == new.id), default=0)
    if new.version <= latest:
        raise RulesetVersionTaken(
            f"{new.id} 第{latest}版已经保存过。修改后请把 ruleset.version 写成 {latest + 1}。", latest=latest
        )
    first = earliest_open(today, _close_day(new, existing, today))
    if new.ruleset.effective_from < first:
        raise RulesReachIntoThePast(
            f"{first.year}年{first.month}月以前已经关账。请把 ruleset.effective_from 定在 {first:%Y-%m-%d} 或以后。",
            earliest=first.isoformat(),
        )
    if ruleset_on([*existing, new], new.ruleset.effective_from) is not new:
        raise RulesNeverInForce


def as_if_all_month(new: Ruleset, existing: Sequence[Ruleset], period: Period) -> Ruleset:
    """The new rules as if they held for the whole month, to show what they would change."""
    begun = [one.ruleset.effective_from for one in existing if one.ruleset.effective_from <= period.last_day]
    first = max([period.first_day, *begun])
    head = new.ruleset.model_copy(update={"effective_from": first, "effective_to": None, "version": 1_000_000})
    return new.model_copy(update={"ruleset": head})


def _close_day(new: Ruleset, existing: Sequence[Ruleset], today: date) -> int:
    try:
        return ruleset_on(existing, today).ruleset.close_day
    except NoRulesetInForce:
        return new.ruleset.close_day
