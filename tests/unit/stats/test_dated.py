"""Rules that change: every event under the rules of its day, nothing paid twice, no closed month reached."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import product
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from services.kernel.language.vocabulary import AdoptionMode, InfoType, Level, PeriodicalKind, Role, UnitKind
from services.stats.policy import EventKind, Period, Ruleset, ScoreEvent, floored, score
from services.stats.policy.changing import (
    RulesetVersionTaken,
    RulesNeverInForce,
    RulesReachIntoThePast,
    require_savable,
)
from services.stats.policy.drafting import next_version_of
from services.stats.policy.period import earliest_open
from services.stats.policy.ranking import ranks
from services.stats.policy.reading import may_edit_rules, may_open_item, may_read_title, may_see_all
from tests.unit.stats.told import happened, ident

TEXT = Path("services/stats/defaults/scoring.yaml").read_text("utf-8")


def rules(version: int = 1, since: str = "2026-01-01", *, ident: str = "default-2026", **points: float) -> Ruleset:
    data: dict[str, Any] = yaml.safe_load(TEXT)
    data["ruleset"] |= {"id": ident, "version": version, "effective_from": since}
    data["rules"] = [rule | {"points": points.get(rule["id"], rule["points"])} for rule in data["rules"]]
    return Ruleset.model_validate(data)


def adoption(name: str, day: date, kind: PeriodicalKind = PeriodicalKind.DAILY, origin: str = "o") -> ScoreEvent:
    return happened(
        name, EventKind.ADOPTED, day, origin=origin, adoption=name, periodical_kind=kind,
        info_type=InfoType.PROBLEM, mode=AdoptionMode.SINGLE,
    )  # fmt: skip


NOVEMBER = adoption("a", date(2026, 11, 3))
BETTER = adoption("b", date(2026, 11, 20), PeriodicalKind.SPECIAL)


def paid(events: list[ScoreEvent], rulesets: list[Ruleset]) -> dict[str, Decimal]:
    return {entry.event_id: entry.points for entry in score(events, rulesets).entries}


def test_rules_saved_again_unchanged_pay_as_one_rule_set() -> None:
    events = [NOVEMBER, BETTER, adoption("c", date(2026, 12, 1), origin="p")]
    assert paid(events, [rules()]) == {"a": 0, "b": 10, "c": 5}
    assert sum(paid(events, [rules(), rules(2, "2026-11-10")]).values()) == 15


def test_each_event_is_scored_by_the_rules_of_its_day() -> None:
    new = rules(2, "2026-12-01", A03=7)
    events = [NOVEMBER, adoption("c", date(2026, 12, 1), origin="p")]
    assert paid(events, [rules(), new]) == {"a": 5, "c": 7}


@pytest.mark.parametrize("since", ["2026-11-10", "2026-11-20"])
def test_new_rules_pay_only_what_the_old_ones_have_not_paid_for_the_item(since: str) -> None:
    assert paid([NOVEMBER, BETTER], [rules(), rules(2, since, A04=12)]) == {"a": 5, "b": 7}


def test_what_happens_under_new_rules_changes_nothing_under_the_old() -> None:
    before = paid([NOVEMBER], [rules()])
    after = paid([NOVEMBER, BETTER], [rules(), rules(2, "2026-11-10", A03=1)])
    assert after["a"] == before["a"]


def test_an_event_without_rule_or_rule_set_is_named() -> None:
    early = adoption("x", date(2025, 12, 31))
    township = replace(NOVEMBER, event_id="y", level=Level.TOWNSHIP, adoption_id=ident("y"))
    found = score([early, township, NOVEMBER], [rules()])
    assert found.unmatched == {"x", "y"}
    assert score([NOVEMBER], []).unmatched == {"a"}


@given(st.permutations([NOVEMBER, BETTER, NOVEMBER, adoption("c", date(2026, 12, 2)), adoption("d", date(2026, 11, 9), origin="p")]))  # fmt: skip
def test_order_and_repetition_do_not_matter(events: list[ScoreEvent]) -> None:
    rulesets = [rules(), rules(2, "2026-11-10", A04=12)]
    wanted = score([NOVEMBER, BETTER, adoption("c", date(2026, 12, 2)), adoption("d", date(2026, 11, 9), origin="p")], rulesets)  # fmt: skip
    found = score(events, rulesets)
    assert sorted(found.entries, key=lambda one: one.event_id) == sorted(wanted.entries, key=lambda one: one.event_id)


def test_a_month_does_not_fall_below_its_floor() -> None:
    assert floored(Decimal(-3), rules()) == 0
    assert floored(Decimal(-3), None) == -3


def test_what_may_not_be_saved() -> None:
    today = date(2026, 11, 24)
    require_savable(rules(2, "2026-11-01"), [rules()], today)
    with pytest.raises(RulesetVersionTaken, match="写成 2"):
        require_savable(rules(1, "2026-12-01"), [rules()], today)
    with pytest.raises(RulesReachIntoThePast, match="2026-11-01"):
        require_savable(rules(2, "2026-10-31"), [rules()], today)
    with pytest.raises(RulesNeverInForce):
        require_savable(rules(1, "2026-12-01", ident="other"), [rules(), rules(2, "2026-12-01")], today)


def test_last_month_stays_open_until_its_close_day() -> None:
    assert earliest_open(date(2026, 11, 5), 5) == date(2026, 10, 1)
    assert earliest_open(date(2026, 11, 6), 5) == date(2026, 11, 1)
    assert earliest_open(date(2027, 1, 2), 5) == date(2026, 12, 1)


def test_the_draft_of_a_new_version_changes_its_head_alone() -> None:
    draft = next_version_of(TEXT, 3, date(2026, 12, 8))
    changed = [line for line, old in zip(draft.splitlines(), TEXT.splitlines(), strict=True) if line != old]
    assert changed == ["  version: 4", "  effective_from: 2027-01-01"]


def test_months_know_their_days_and_neighbours() -> None:
    january = Period.read("2027-01")
    assert (str(january.previous), str(Period(2026, 12).next)) == ("2026-12", "2027-01")
    assert january.last_day == date(2027, 1, 31)


def test_equal_scores_share_a_place() -> None:
    scores = [Decimal(n) for n in (10, 7, 7, 3)]
    assert ranks(scores) == [1, 2, 2, 4]
    assert ranks(scores, "same_rank_dense") == [1, 2, 2, 3]
    assert ranks([]) == []


ALL = {Role.STATISTICIAN, Role.CHIEF, Role.LEADER, Role.EDITOR, Role.ADMIN}


UNIT_PEOPLE = {Role.CLERK, Role.REVIEWER, Role.SIGNER}
OFFICE_READERS = {Role.EDITOR, Role.CHIEF, Role.LEADER}


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("kind", UnitKind)
def test_the_whole_matrix_of_reading(role: Role, kind: UnitKind) -> None:
    is_office = kind is UnitKind.HEAD_OFFICE
    assert may_see_all([role], kind) is (is_office and role in ALL)
    own, other = uuid4(), uuid4()
    me = SimpleNamespace(officer_id=uuid4(), unit_id=own, unit_kind=kind, roles=frozenset({role}))
    for unit_id, is_urgent in product((own, other), (True, False)):
        event = SimpleNamespace(unit_id=unit_id, info_type="emergency" if is_urgent else "dynamic")
        opens = role in UNIT_PEOPLE or (role is Role.DUTY and is_urgent)
        if unit_id == other:
            opens = is_office and (role in OFFICE_READERS or (role is Role.DUTY and is_urgent))
        assert may_open_item(me, event) is opens
        assert may_read_title(me, event) is (opens or (is_office and role is Role.STATISTICIAN))
    assert may_edit_rules([role], kind) is (is_office and role in {Role.STATISTICIAN, Role.ADMIN})
