"""The catalogue is data; an office's own clock can be stricter than the law, never laxer."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from services.disclosure.policy import Category, CategorySet, due_dates
from services.kernel.language.calendar import WorkingDays, seed_days
from services.kernel.language.rulebooks import RuleFileIsInvalid, read_rules

TEXT = Path("services/disclosure/defaults/categories.yaml").read_text("utf-8")


def read_categories(text: str) -> CategorySet:
    return read_rules(text, CategorySet)


DEFAULT = read_categories(TEXT)
LEAF = {leaf.code: leaf for leaf in DEFAULT.leaves}
DAYS = WorkingDays({day.on: day.kind for day in seed_days()}, frozenset(range(2004, 2027)))


def changed(class_code: str, item_code: str | None = None, **fields: Any) -> str:
    data = yaml.safe_load(TEXT)
    row = next(row for row in data["classes"] if row["code"] == class_code)
    if item_code:
        row = next(item for item in row["items"] if item["code"] == item_code)
    row.update(fields)
    return yaml.safe_dump(data, allow_unicode=True)


def complaint(text: str) -> tuple[str, str]:
    with pytest.raises(RuleFileIsInvalid) as caught:
        read_categories(text)
    (error,) = caught.value.errors
    return error.field, error.message


def test_the_nine_classes_of_the_seed_are_there() -> None:
    assert [row.name for row in DEFAULT.classes] == [
        "机构职能", "政策法规", "规划计划", "应急管理", "工作信息", "机关建设", "业务工作",
        "社会监督", "财政资金",
    ]  # fmt: skip
    assert len(DEFAULT.leaves) == 32


def test_an_item_inherits_from_its_class_what_it_does_not_say() -> None:
    assert (LEAF["0501"].owner, LEAF["0504"].owner) == ("office", "each_section")
    assert LEAF["0504"].internal_limit == LEAF["0501"].internal_limit
    assert LEAF["0901"].reviewers == ("deputy", "principal")
    assert LEAF["0302"].class_name == "规划计划"


def test_every_item_keeps_within_the_law() -> None:
    for leaf in DEFAULT.leaves:
        assert leaf.statutory_limit.count == 20
        assert leaf.internal_limit is None or leaf.internal_limit.is_within(leaf.statutory_limit)


@pytest.mark.parametrize(
    ("count", "unit", "is_accepted"),
    [
        (20, "working_days", True),
        (21, "working_days", False),
        (20, "calendar_days", True),
        (21, "calendar_days", False),
    ],
)
def test_an_internal_limit_longer_than_the_statutory_one_is_refused(count: int, unit: str, is_accepted: bool) -> None:
    text = changed("02", internal_limit={"count": count, "unit": unit})
    if is_accepted:
        read_categories(text)
    else:
        _, message = complaint(text)
        assert "长于法定时限20个工作日" in message
        assert "单位文件" in message


def test_working_days_against_days_are_compared_with_their_free_days() -> None:
    ten = {"count": 14, "unit": "working_days"}
    read_categories(changed("09", "0901", internal_limit=ten))
    _, message = complaint(changed("09", "0901", internal_limit={"count": 15, "unit": "working_days"}))
    assert "部门预算" in message


@pytest.mark.parametrize(
    ("text", "where", "what"),
    [
        (changed("02", owner="everybody"), "classes › 02 › owner", "取值不在允许的范围内"),
        (changed("02", "0202", nmae="x"), "classes › 02 › items › 0202 › nmae", "不认识这一项"),
        (changed("02", reviewers=[]), "classes › 02 › reviewers", "不符合要求"),
        (changed("02", internal_limit={"count": 5}), "classes › 02 › internal_limit › unit", "缺少"),
        (changed("02", "0202", code="0201"), "文件", "0201 重复"),
        (changed("02", "0202", trigger="fixed_date"), "文件", "fixed_date"),
        (changed("02", "0202", owner="named"), "文件", "owner_name"),
        (
            changed("05", "0509", fixed_date={"month": 2, "day": 30}),
            "classes › 05 › items › 0509 › fixed_date", "2月30日",
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_by_row_and_field(text: str, where: str, what: str) -> None:
    field, message = complaint(text)
    assert field == where
    assert what in message


def due(category: Category, formed_on: date) -> tuple[date | None, date]:
    found = due_dates(formed_on, category, DAYS)
    internal = found.internal.on if found.internal else None
    return internal, found.statutory.on


def test_both_clocks_run_and_the_stricter_one_counts() -> None:
    # From Thursday on, 中秋 25-27.9., 国庆 1-7.10., 10.10. worked: 3, 3, 5, 5 and 4 days make 20.
    assert due(LEAF["0502"], date(2026, 9, 24)) == (date(2026, 9, 29), date(2026, 10, 29))
    assert due(LEAF["0201"], date(2026, 11, 24)) == (date(2026, 12, 1), date(2026, 12, 22))
    assert due_dates(date(2026, 11, 24), LEAF["0201"], DAYS).due.on == date(2026, 12, 1)


def test_emergency_information_is_due_the_same_day() -> None:
    assert due(LEAF["0402"], date(2026, 11, 24)) == (date(2026, 11, 24), date(2026, 12, 22))


def test_the_yearly_report_is_due_by_law_and_not_before_its_year_is_over() -> None:
    found = due_dates(date(2027, 1, 5), LEAF["0509"], DAYS)
    assert (found.internal, found.due.on) == (None, date(2027, 1, 31))
    assert "第四十九条" in found.due.basis
    assert due_dates(date(2026, 2, 1), LEAF["0509"], DAYS).due.on == date(2027, 1, 31)


def test_a_budget_is_due_in_days_and_holidays_do_not_stretch_the_law() -> None:
    # Spring Festival 2026 lies between: 5 working days after 13 February end on 27 February.
    assert due(LEAF["0901"], date(2026, 2, 13)) == (date(2026, 2, 27), date(2026, 3, 5))
    fourteen = {"count": 14, "unit": "working_days"}
    slow = next(
        leaf for leaf in read_categories(changed("09", "0901", internal_limit=fourteen)).leaves if leaf.code == "0901"
    )
    # 14 working days would be 11 March; the law says 5 March.
    assert due(slow, date(2026, 2, 13)) == (date(2026, 3, 5), date(2026, 3, 5))


def test_a_date_in_a_year_without_notice_is_provisional() -> None:
    found = due_dates(date(2026, 12, 15), LEAF["0201"], DAYS)
    assert not found.due.is_provisional
    assert found.statutory.is_provisional


def test_the_due_day_itself_is_in_time() -> None:
    found = due_dates(date(2026, 11, 24), LEAF["0201"], DAYS)
    assert not found.is_overdue(date(2026, 12, 1))
    assert found.is_overdue(date(2026, 12, 2))
    assert not found.is_unlawfully_late(date(2026, 12, 22))
    assert found.is_unlawfully_late(date(2026, 12, 23))
