"""The catalogue of fields put to use: what each type needs, what a value says in words, what changed."""

from datetime import UTC, datetime
from typing import Any

import pytest

from services.kernel.language.particulars import (
    FieldChange,
    field_changes,
    field_sections,
    fields_of,
    in_words,
    lacks,
    own_fields,
    particulars,
)
from services.kernel.language.vocabulary import InfoType
from services.kernel.language.vocabulary.item_fields import FIELD, FIELDS, Kind

# Source: domain rules §2.2.
NEEDED = {
    InfoType.PROBLEM: {"own_efforts", "help_wanted", "responsible_level", "source"},
    InfoType.EMERGENCY: {
        "source", "report_stage", "occurred_at", "learned_at", "place", "nature", "measures", "site_contact",
    },
}  # fmt: skip


def test_each_type_needs_the_fields_that_the_notices_ask_for() -> None:
    with_fields = {info_type for info_type in InfoType if own_fields(info_type)}
    assert with_fields == NEEDED.keys()
    for info_type, names in NEEDED.items():
        assert {field.name for field in own_fields(info_type) if lacks(field, {}, info_type)} == names


def test_a_field_is_described_well_enough_to_be_asked_for_judged_and_shown() -> None:
    assert len({field.name for field in FIELDS}) == len(FIELDS)
    for field in FIELDS:
        assert (field.words is not None) == (field.kind is Kind.CODE), field.name
        assert field.limit or field.kind in {Kind.CODE, Kind.TIME, Kind.DECLARATION}, field.name
        assert field.unit or not field.is_figure or field.kind is Kind.TIME, field.name
        assert not field.not_before or FIELD[field.not_before].kind is field.kind is Kind.TIME
        assert not field.needed_with or field.types <= FIELD[field.needed_with[0]].types


def test_every_field_that_not_all_types_have_is_asked_for_in_one_section() -> None:
    sections = field_sections()
    asked = [field for section in sections for field in section.fields]
    assert sorted(asked, key=FIELDS.index) == [field for field in FIELDS if not field.is_for_every_type]
    assert len({section.title for section in sections}) == len(sections)
    assert all(set(section.types) == field.types for section in sections for field in section.fields)


def test_a_followup_needs_its_number_and_a_first_report_does_not() -> None:
    number = FIELD["followup_no"]
    assert lacks(number, {"report_stage": "followup"}, InfoType.EMERGENCY)
    assert not lacks(number, {"report_stage": "initial"}, InfoType.EMERGENCY)
    assert not lacks(number, {"report_stage": "followup"}, InfoType.PROBLEM)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("deaths", 0, "0人"),
        ("loss_amount", 1_200_000, "1,200,000元"),
        ("followup_no", 2, "2"),
        ("occurred_at", datetime(2026, 11, 23, 16, 5, tzinfo=UTC), "2026年11月24日 00:05"),
        ("occurred_at", "2026-11-23T16:05:00+00:00", "2026年11月24日 00:05"),
        ("responsible_level", "county", "区县"),
        ("event_grade", "newer_than_this_node", "newer_than_this_node"),
        ("also_reported_to", ("区应急局", "区水利局"), "区应急局、区水利局"),
        ("authors", [{"name": "周文", "officer_id": None}, {"name": "王海"}], "周文、王海"),
        (
            "co_units",
            [{"unit_id": "u", "name": "区应急局"}, {"unit_id": "v", "name": "区水利局"}],
            "区应急局、区水利局",
        ),
        ("non_secret_declared", False, "未声明"),
        ("measures", "  ", ""),
        ("deaths", None, ""),
    ],
)
def test_a_value_is_read_in_words(name: str, value: Any, words: str) -> None:
    assert in_words(FIELD[name], value) == words


def test_the_particulars_are_the_filled_fields_of_the_type_in_the_order_of_the_form() -> None:
    values = {"title": "题", "place": "上坪村", "own_efforts": "甲", "deaths": 0, "author_name": "周文", "request": ""}
    assert particulars(values, InfoType.EMERGENCY) == [("撰稿人", "周文"), ("事发地点", "上坪村"), ("死亡人数", "0人")]
    assert ("已做工作", "甲") in particulars(values, None)
    assert fields_of(None) == list(FIELDS)


def test_what_changed_is_told_with_whether_it_is_a_figure() -> None:
    before = {"deaths": 2, "trend": "加大", "place": "上坪村", "also_reported_to": ["甲"]}
    after = {"deaths": 3, "trend": "加大", "place": "下坪村", "occurred_at": datetime(2026, 11, 24, tzinfo=UTC)}
    assert field_changes(before, after, InfoType.EMERGENCY) == [
        FieldChange("事发时间", "", "2026年11月24日 08:00", is_figure=True),
        FieldChange("事发地点", "上坪村", "下坪村", is_figure=False),
        FieldChange("死亡人数", "2人", "3人", is_figure=True),
        FieldChange("同时报送", "甲", "", is_figure=False),
    ]
    assert field_changes(before, before, InfoType.EMERGENCY) == []
