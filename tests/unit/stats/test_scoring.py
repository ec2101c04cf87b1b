"""Points as the published rule sets and the worked checks of the domain give them."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import permutations
from pathlib import Path
from uuid import UUID

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from services.kernel.language.rulebooks import read_rules
from services.kernel.language.vocabulary import (
    AdoptionMode,
    InfoType,
    LeaderRank,
    Level,
    PeriodicalKind,
)
from services.stats.policy import EventKind, Ruleset, ScoreEntry, ScoreEvent, floored, score
from services.stats.policy.ruleset import Policies
from tests.unit.stats.told import by_units, happened, ident

TEXT = Path("services/stats/defaults/scoring.yaml").read_text("utf-8")
DEFAULT = read_rules(TEXT, Ruleset)

county_daily = happened(
    "e1", EventKind.ADOPTED, date(2026, 11, 3), periodical_kind=PeriodicalKind.DAILY, info_type=InfoType.PROBLEM,
    mode=AdoptionMode.SINGLE, adoption="a-1", label="《要情快报》第8期",
)  # fmt: skip
county_special = replace(
    county_daily, event_id="e2", periodical_kind=PeriodicalKind.SPECIAL, adoption_id=ident("a-2"),
    happened_on=date(2026, 11, 5), label="《专报》第2期",
)  # fmt: skip
city_special = replace(
    county_special, event_id="e3", level=Level.CITY, adoption_id=ident("a-3"),
    happened_on=date(2026, 11, 9), label="市《专报》第5期",
)  # fmt: skip
county_principal = happened(
    "e4", EventKind.LEADER_INSTRUCTION, date(2026, 11, 10), leader_rank=LeaderRank.PRINCIPAL, label="区委书记批示"
)
ONE_ITEM = [county_daily, county_special, city_special, county_principal]


def with_policies(**changes: object) -> Ruleset:
    policies = Policies.model_validate(DEFAULT.policies.model_dump() | changes)
    return DEFAULT.model_copy(update={"policies": policies})


def with_rules(*rules: dict[str, object], **policies: object) -> Ruleset:
    data = yaml.safe_load(TEXT)
    data["rules"] = list(rules)
    data["policies"].update(policies)
    return Ruleset.model_validate(data)


def evaluate(events: Iterable[ScoreEvent], ruleset: Ruleset) -> list[ScoreEntry]:
    """What production pays when this is the only rule set there ever was."""
    return list(score(events, [ruleset]).entries)


def monthly_scores(entries: Iterable[ScoreEntry], ruleset: Ruleset) -> dict[tuple[str, UUID], Decimal]:
    totals: dict[tuple[str, UUID], Decimal] = {}
    for entry in entries:
        month = (entry.period, entry.unit_id)
        totals[month] = totals.get(month, Decimal(0)) + entry.points
    return {month: floored(points, ruleset) for month, points in totals.items()}


def points(entries: list[ScoreEntry]) -> dict[str, Decimal]:
    return {entry.event_id: entry.points for entry in entries}


def total(entries: list[ScoreEntry]) -> Decimal:
    return sum((entry.points for entry in entries if entry.unit_id == ident("water")), Decimal(0))


def test_check_a_each_level_counts_once_by_its_best_and_the_instruction_comes_on_top() -> None:
    entries = evaluate(ONE_ITEM, DEFAULT)
    assert total(entries) == 40
    assert points(entries) == {"e1": 0, "e2": 10, "e3": 20, "e4": 10}
    assert {entry.event_id: entry.rule_id for entry in entries} == {
        "e1": "A03", "e2": "A04", "e3": "A12", "e4": "L02",
    }  # fmt: skip


def test_check_b_with_highest_level_only_the_county_does_not_add_to_the_city() -> None:
    entries = evaluate(ONE_ITEM, with_policies(multi_adoption_across_levels="max"))
    assert total(entries) == 30
    assert points(entries) == {"e1": 0, "e2": 0, "e3": 20, "e4": 10}


def test_check_c_a_joint_item_in_a_city_brief_is_split_five_and_five() -> None:
    """衢州市: what several units reported together (联合报送) is shared between them in equal parts."""
    brief = replace(city_special, periodical_kind=PeriodicalKind.BRIEF, mode=AdoptionMode.JOINT)
    entries = evaluate(by_units(brief, "water", "farm"), DEFAULT)
    assert {entry.unit_id: entry.points for entry in entries} == {ident("water"): 5, ident("farm"): 5}
    assert {entry.multiplier_rule_id for entry in entries} == {"A42"}
    assert entries[0].reason.endswith("联合报送（A42）×1，2个单位均分；计5分")


def test_a_unit_with_two_items_in_a_joint_text_has_one_share_of_it() -> None:
    brief = replace(city_special, periodical_kind=PeriodicalKind.BRIEF, mode=AdoptionMode.JOINT)
    told = by_units(brief, "water", "farm")
    second = replace(told[0], event_id="e9", origin_id=ident("o-9"))
    assert sorted(entry.points for entry in evaluate([*told, second], DEFAULT)) == [0, 5, 5]


def test_adoptions_of_other_texts_or_alone_are_not_shared() -> None:
    joint = replace(city_special, periodical_kind=PeriodicalKind.BRIEF, mode=AdoptionMode.JOINT)
    (farm,) = by_units(joint, "farm")
    another = replace(farm, adoption_id=ident("a-7"))
    assert [entry.points for entry in evaluate([joint, another], DEFAULT)] == [10, 10]


def test_the_compiled_check_gives_six_to_each_of_three_units() -> None:
    compiled = replace(county_special, mode=AdoptionMode.COMPILED)
    entries = evaluate(by_units(compiled, "water", "farm", "dragon"), DEFAULT)
    assert [entry.points for entry in entries] == [6, 6, 6]
    assert {entry.rule_id for entry in entries} == {"A04"}
    assert {entry.multiplier_rule_id for entry in entries} == {"A41"}


def test_two_items_of_one_unit_in_one_compiled_text_are_paid_once_and_it_says_so() -> None:
    first = replace(county_special, mode=AdoptionMode.COMPILED)
    second = replace(first, event_id="e9", origin_id=ident("o-2"))
    entries = evaluate([first, second], DEFAULT)
    assert [entry.points for entry in entries] == [6, 0]
    assert "同一次采用" in entries[1].reason


@pytest.mark.parametrize(
    ("level", "kind", "info_type", "rule_id", "paid"),
    [
        ("county", "brief", "brief_note", "A01", "1"),
        ("county", "brief", "dynamic", "A02", "3"),
        ("county", "exchange", "experience", "A05", "10"),
        ("county", "reference", "research", "A06", "20"),
        ("county", "portal", "website_news", "A07", "1"),
        ("county", "portal", "picture", "A08", "0.5"),
        ("county", "for_leader", "problem", "A09", "3"),
        ("city", "brief", "problem", "A11", "10"),
        ("city", "special", "problem", "A12", "20"),
        ("city", "brief", "research", "A13", "30"),
        ("province", "daily", "dynamic", "A21", "30"),
        ("province", "daily", "research", "A22", "50"),
        ("national", "brief", "dynamic", "A31", "80"),
    ],
)
def test_the_most_specific_rule_pays(level: str, kind: str, info_type: str, rule_id: str, paid: str) -> None:
    event = replace(
        county_daily, level=Level(level), periodical_kind=PeriodicalKind(kind),
        info_type=InfoType(info_type),
    )  # fmt: skip
    (entry,) = evaluate([event], DEFAULT)
    assert (entry.rule_id, entry.points) == (rule_id, Decimal(paid))


def test_of_two_equally_specific_rules_the_better_paying_counts() -> None:
    research = replace(city_special, info_type=InfoType.RESEARCH)
    (entry,) = evaluate([research], DEFAULT)
    assert (entry.rule_id, entry.points) == ("A13", Decimal(30))


@pytest.mark.parametrize(("level", "paid"), [("city", 2), ("province", 5), ("national", 10)])
def test_forwarding_is_paid_apart_from_adoption(level: str, paid: int) -> None:
    event = happened("f1", EventKind.FORWARDED_UP, date(2026, 11, 8), level=Level(level))
    assert total(evaluate([event, county_daily], DEFAULT)) == paid + 5


def test_of_several_instructions_the_highest_counts() -> None:
    city_leader = replace(county_principal, event_id="e5", level=Level.CITY, leader_rank=LeaderRank.OTHER)
    assert points(evaluate([county_principal, city_leader], DEFAULT)) == {"e4": 0, "e5": 15}


def test_returned_invalid_and_submitted_items_give_nothing_and_cost_nothing() -> None:
    events = [
        happened("s1", EventKind.SUBMISSION_COUNTED, date(2026, 11, 1)),
        happened("s2", EventKind.SUBMISSION_COUNTED, date(2026, 11, 4)),
        happened("r1", EventKind.RETURNED_INVALID, date(2026, 11, 2)),
    ]
    entries = evaluate(events, DEFAULT)
    assert points(entries) == {"s1": 0, "r1": 0}


def test_an_adoption_told_again_under_another_event_counts_once() -> None:
    again = replace(county_daily, event_id="e1-again")
    assert points(evaluate([county_daily, again], DEFAULT)) == {"e1": 5}


def test_a_better_adoption_in_a_later_month_adds_only_the_difference() -> None:
    later = replace(county_special, happened_on=date(2026, 12, 2))
    november = evaluate([county_daily], DEFAULT)
    both = evaluate([county_daily, later], DEFAULT)
    assert both[0] == november[0]
    assert both[1].points == 5
    assert "以前月份已计5分" in both[1].reason
    weaker = replace(county_daily, event_id="e7", adoption_id=ident("a-7"), happened_on=date(2026, 12, 9))
    assert total(evaluate([county_special, weaker], DEFAULT)) == 10


def test_a_higher_level_in_a_later_month_adds_only_the_difference_under_highest_only() -> None:
    later = replace(city_special, happened_on=date(2026, 12, 2))
    entries = evaluate([county_special, later], with_policies(multi_adoption_across_levels="max"))
    assert points(entries) == {"e2": 10, "e3": 10}


def test_the_best_level_is_paid_to_those_who_earned_it_and_to_none_more_than_it_earned() -> None:
    again = replace(county_special, event_id="e9", adoption_id=ident("a-9"))
    policies = with_policies(multi_adoption_same_level="sum", multi_adoption_across_levels="max")
    entries = evaluate([county_daily, county_special, again, city_special], policies)
    assert points(entries) == {"e1": 5, "e2": 10, "e9": 10, "e3": 0}


def test_every_adoption_counts_where_a_node_chose_the_sum() -> None:
    entries = evaluate(ONE_ITEM, with_policies(multi_adoption_same_level="sum"))
    assert total(entries) == 45


def test_different_items_and_units_do_not_stack_on_each_other() -> None:
    other_item = replace(county_daily, event_id="e8", origin_id=ident("o-8"), adoption_id=ident("a-8"))
    assert total(evaluate([county_daily, other_item], DEFAULT)) == 10


def test_the_bonus_for_one_item_stops_at_its_cap() -> None:
    national = replace(county_principal, event_id="e6", level=Level.NATIONAL, leader_rank=None)
    ruleset = with_policies(leader_bonus_cap_per_item=60)
    (entry,) = evaluate([national], ruleset)
    assert (entry.points_before, entry.points) == (Decimal(100), Decimal(60))
    assert "最多60分" in entry.reason


@pytest.mark.parametrize(
    ("cap", "expected"),
    [
        ({"scope": "unit", "period": "month", "amount": 10}, ["6", "4", "6"]),
        ({"scope": "unit", "period": "year", "amount": 15}, ["6", "6", "3"]),
        ({"scope": "item", "period": "month", "amount": 5}, ["5", "5", "5"]),
    ],
)
def test_a_rule_stops_at_its_own_cap(cap: dict[str, object], expected: list[str]) -> None:
    ruleset = with_rules({"id": "A", "event": "adopted", "points": 6, "cap": cap})
    events = [
        replace(county_daily, event_id=f"k{n}", origin_id=ident(f"o-{n}"), adoption_id=ident(f"a-{n}"),
                happened_on=day)
        for n, day in enumerate([date(2026, 10, 3), date(2026, 10, 9), date(2026, 11, 2)])
    ]  # fmt: skip
    assert [str(entry.points.normalize()) for entry in evaluate(events, ruleset)] == expected


def test_a_deduction_stops_at_its_negative_cap_and_the_month_at_the_floor() -> None:
    cap = {"scope": "unit", "period": "month", "amount": -3}
    ruleset = with_rules({"id": "Q", "event": "returned_invalid", "points": -2, "cap": cap})
    events = [
        happened(f"r{n}", EventKind.RETURNED_INVALID, date(2026, 11, n), level=None, origin=f"o-{n}") for n in (1, 2, 3)
    ]
    entries = evaluate(events, ruleset)
    assert [entry.points for entry in entries] == [-2, -1, 0]
    assert monthly_scores(entries, ruleset) == {("2026-11", ident("water")): 0}
    unfloored = with_rules({"id": "Q", "event": "returned_invalid", "points": -2}, score_floor_month=None)
    assert monthly_scores(evaluate(events, unfloored), unfloored)["2026-11", ident("water")] == -6


def test_shares_are_rounded_half_up() -> None:
    three = by_units(replace(city_special, mode=AdoptionMode.JOINT), "a", "b", "c")
    assert {entry.points for entry in evaluate(three, DEFAULT)} == {Decimal("6.67")}
    ruleset = with_rules({"id": "A", "event": "adopted", "points": 0.25, "split": "equal"})
    two = by_units(replace(county_daily, mode=AdoptionMode.JOINT), "a", "b")
    assert {entry.points for entry in evaluate(two, ruleset)} == {Decimal("0.13")}


def test_a_month_is_the_sum_of_its_entries() -> None:
    entries = evaluate([*ONE_ITEM, replace(county_daily, event_id="d", origin_id=ident("o-2"),
                                           adoption_id=ident("a-d"), happened_on=date(2026, 12, 1))], DEFAULT)  # fmt: skip
    assert monthly_scores(entries, DEFAULT) == {
        ("2026-11", ident("water")): 40, ("2026-12", ident("water")): 5,
    }  # fmt: skip


def test_an_entry_says_how_its_points_came_about() -> None:
    entries = evaluate(ONE_ITEM, DEFAULT)
    assert entries[1].reason == "《专报》第2期：专报（A04）10分；计10分"
    assert entries[0].reason == ("《要情快报》第8期：要情快报（A03）5分，同组就高，按“《专报》第2期”计；计0分")
    assert (entries[0].ruleset_id, entries[0].ruleset_version) == ("default-2026", 1)


def test_an_event_before_the_rule_set_or_without_a_rule_is_not_scored() -> None:
    old = replace(county_daily, happened_on=date(2025, 12, 31))
    assert evaluate([old], DEFAULT) == []
    own = replace(county_daily, level=Level.TOWNSHIP)
    assert evaluate([own], DEFAULT) == []
    assert score([own, replace(city_special, event_id="e9")], [DEFAULT]).unmatched == {own.event_id}


def test_a_dated_rule_gives_way_on_its_day() -> None:
    ruleset = with_rules(
        {"id": "A", "event": "adopted", "points": 1, "effective_to": date(2026, 11, 4)},
        {"id": "B", "event": "adopted", "points": 2, "effective_from": date(2026, 11, 5)},
    )
    entries = evaluate([county_daily, replace(county_special, origin_id=ident("o-2"))], ruleset)
    assert [entry.rule_id for entry in entries] == ["A", "B"]


def test_the_order_of_the_worked_check_does_not_matter() -> None:
    results = {tuple(evaluate(order, DEFAULT)) for order in permutations(ONE_ITEM)}
    assert len(results) == 1


scored_events = st.builds(
    happened,
    event_id=st.uuids().map(str),
    kind=st.sampled_from(EventKind),
    on=st.dates(date(2026, 10, 1), date(2026, 12, 31)),
    origin=st.sampled_from(["o-1", "o-2"]),
    unit=st.sampled_from(["a", "b"]),
    level=st.sampled_from(Level),
    periodical_kind=st.sampled_from(PeriodicalKind),
    info_type=st.sampled_from([InfoType.DYNAMIC, InfoType.RESEARCH, InfoType.BRIEF_NOTE]),
    mode=st.sampled_from(AdoptionMode),
    leader_rank=st.sampled_from(LeaderRank),
    adoption=st.sampled_from(["", "a-1", "a-2", "a-3"]),
)
rulesets = st.builds(
    with_policies,
    multi_adoption_same_level=st.sampled_from(["max_within_stack_group", "sum"]),
    multi_adoption_across_levels=st.sampled_from(["sum", "max"]),
    leader_bonus_cap_per_item=st.sampled_from([None, 20]),
)


@given(st.data(), st.lists(scored_events, max_size=12), rulesets)
def test_neither_order_nor_repetition_of_events_changes_the_result(
    data: st.DataObject, events: list[ScoreEvent], ruleset: Ruleset
) -> None:
    repeated = events + data.draw(st.lists(st.sampled_from(events), max_size=6)) if events else []
    shuffled = data.draw(st.permutations(repeated))
    assert evaluate(shuffled, ruleset) == evaluate(events, ruleset)


@given(st.lists(scored_events, max_size=12), rulesets)
def test_later_months_never_change_the_points_of_earlier_ones(events: list[ScoreEvent], ruleset: Ruleset) -> None:
    until_november = [event for event in events if event.happened_on < date(2026, 12, 1)]
    entries = [entry for entry in evaluate(events, ruleset) if entry.period < "2026-12"]
    assert entries == evaluate(until_november, ruleset)


@given(st.lists(scored_events, max_size=12), rulesets)
def test_no_default_rule_ever_gives_less_than_nothing(events: list[ScoreEvent], ruleset: Ruleset) -> None:
    assert all(0 <= entry.points <= entry.points_before for entry in evaluate(events, ruleset))
