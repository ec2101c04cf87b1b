"""A rule set is data: what is wrong in it is said in Chinese, by rule and field."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from services.kernel.language.rulebooks import RuleFileIsInvalid, read_rules
from services.stats.policy import NoRulesetInForce, Ruleset, ruleset_on

TEXT = Path("services/stats/defaults/scoring.yaml").read_text("utf-8")


def changed(rule_id: str, **fields: Any) -> str:
    data = yaml.safe_load(TEXT)
    rule = next(rule for rule in data["rules"] if rule["id"] == rule_id)
    rule.update(fields)
    return yaml.safe_dump(data, allow_unicode=True)


def complaints(text: str) -> dict[str, str]:
    with pytest.raises(RuleFileIsInvalid) as caught:
        read_rules(text, Ruleset)
    return {error.field: error.message for error in caught.value.errors}


def test_the_default_rule_set_is_valid_and_dated() -> None:
    ruleset = read_rules(TEXT, Ruleset)
    assert ruleset.is_in_force_on(date(2026, 11, 24))
    assert not ruleset.is_in_force_on(date(2025, 12, 31))
    assert ruleset.defaults.rounding == 2


@pytest.mark.parametrize(
    ("rule_id", "fields", "where", "what"),
    [
        ("A04", {"points": "十分"}, "points", "应为数字"),
        ("A04", {"points": 100000}, "points", "不符合要求"),
        ("A04", {"level": "village"}, "level", "取值不在允许的范围内"),
        ("A04", {"periodcal_kind": "brief"}, "periodcal_kind", "不认识这一项"),
        ("A04", {"unit": "per_week"}, "unit", "取值不在允许的范围内"),
        ("A04", {"cap": {"scope": "unit", "amount": 3}}, "cap › period", "缺少这一项"),
        ("A04", {"effective_from": "明天"}, "effective_from", "不符合要求"),
        ("L01", {"stack_group": None}, None, "stack_group"),
        ("A41", {"points": -1}, None, "倍数"),
        ("A41", {"stack_group": "own"}, None, "multiplier"),
        (
            "A04", {"effective_from": date(2026, 2, 1), "effective_to": date(2026, 1, 1)},
            None, "不能早于",
        ),
    ],
)  # fmt: skip
def test_a_wrong_field_is_named_with_its_rule(
    rule_id: str, fields: dict[str, Any], where: str | None, what: str
) -> None:
    found = complaints(changed(rule_id, **fields))
    field = f"rules › {rule_id}" + (f" › {where}" if where else "")
    assert set(found) == {field}
    assert what in found[field]


def test_all_wrong_fields_are_named_at_once() -> None:
    data = yaml.safe_load(changed("A04", points="x"))
    data["rules"][0]["event"] = "liked"
    del data["ruleset"]["version"]
    found = complaints(yaml.safe_dump(data, allow_unicode=True))
    assert set(found) == {"rules › A04 › points", "rules › B03 › event", "ruleset › version"}


def test_two_rules_for_the_same_case_are_refused() -> None:
    assert "A03" in complaints(changed("A04", id="A03"))["文件"]
    same = complaints(changed("A04", periodical_kind="daily"))["文件"]
    assert "A04" in same
    assert "A03" in same


def test_any_is_no_condition() -> None:
    ruleset = read_rules(changed("A11", periodical_kind="any", info_type="any"), Ruleset)
    assert next(rule for rule in ruleset.rules if rule.id == "A11").specificity == 1


@pytest.mark.parametrize("text", ["", "[]", "rules: [", "\tx: 1", "just a sentence", "a: &a [*a]"])
def test_what_is_no_rule_set_is_refused_in_chinese(text: str) -> None:
    with pytest.raises(RuleFileIsInvalid, match="规则文件有误"):
        read_rules(text, Ruleset)


def test_a_new_year_brings_its_own_rules() -> None:
    old = read_rules(TEXT, Ruleset)
    data = yaml.safe_load(TEXT)
    data["ruleset"] |= {"id": "default-2027", "effective_from": date(2027, 1, 1)}
    new = Ruleset.model_validate(data)
    assert ruleset_on([new, old], date(2026, 12, 31)).id == "default-2026"
    assert ruleset_on([old, new], date(2027, 1, 1)).id == "default-2027"
    with pytest.raises(NoRulesetInForce):
        ruleset_on([old, new], date(2025, 1, 1))
