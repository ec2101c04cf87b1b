"""Index numbers in the formats that portals really use."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.disclosure.policy import (
    IndexCodeIsMissing,
    IndexCodes,
    IndexTemplate,
    IndexTemplateIsInvalid,
)


@pytest.mark.parametrize(
    ("template", "codes", "on", "serial", "number"),
    [
        ("{org_code}/{yyyy}-{serial:05d}", {"org_code": "000014349"}, date(2018, 3, 1), 222,
         "000014349/2018-00222"),
        ("{org_code}/{yyyymm}-{serial:05d}", {"org_code": "11341702486344515H"},
         date(2021, 10, 9), 13, "11341702486344515H/202110-00013"),
        ("{org_code}-{yyyy}-{serial}", {"org_code": "01527918X"}, date(2020, 1, 1), 153077,
         "01527918X-2020-153077"),
        ("{org_code}/{yyyy}-{serial:07d}", {"org_code": "linshuxianxzspzxbgs"},
         date(2022, 5, 5), 200, "linshuxianxzspzxbgs/2022-0000200"),
        ("{area_code}-{dept_code}-{cat_code}-{yyyymmdd}-{serial:03d}",
         {"area_code": "330200", "dept_code": "08", "cat_code": "0501"}, date(2007, 1, 1), 9,
         "330200-08-0501-20070101-009"),
    ],
)  # fmt: skip
def test_the_formats_in_use_can_be_written(
    template: str, codes: dict[str, str], on: date, serial: int, number: str
) -> None:
    assert IndexTemplate(template).number(IndexCodes(**codes), on, serial) == number


def test_the_default_is_the_national_format_of_20_characters() -> None:
    assert len(IndexTemplate().number(IndexCodes(org_code="000014349"), date(2026, 1, 1), 1)) == 20


@pytest.mark.parametrize(
    ("template", "what"),
    [
        ("{org_code}/{yyyy}", "serial"),
        ("{serial}{serial}/{yyyy}", "serial"),
        ("{org_code}-{serial}", "年份"),
        ("{org}-{yyyy}-{serial}", "org"),
        ("{yyyy:04d}-{serial}", "位数"),
        ("{yyyy}-{serial:5d}", "serial"),
        ("{yyyy}-{serial} ", "不能使用"),
        ("{yyyy}-{serial}<b>", "不能使用"),
        ("{yyyy.__class__}-{yyyy}-{serial}", "不能使用"),
        ("", "serial"),
    ],
)
def test_a_template_that_could_repeat_or_break_is_refused(template: str, what: str) -> None:
    with pytest.raises(IndexTemplateIsInvalid, match=what):
        IndexTemplate(template)


def test_a_code_that_the_template_needs_must_be_set() -> None:
    with pytest.raises(IndexCodeIsMissing, match="org_code"):
        IndexTemplate().number(IndexCodes(), date(2026, 1, 1), 1)


def test_an_endless_number_and_a_serial_below_one_are_refused() -> None:
    with pytest.raises(IndexTemplateIsInvalid, match="64"):
        IndexTemplate().number(IndexCodes(org_code="1" * 60), date(2026, 1, 1), 1)
    with pytest.raises(ValueError, match="start at 1"):
        IndexTemplate().number(IndexCodes(org_code="1"), date(2026, 1, 1), 0)


def test_serials_restart_each_year_and_not_each_month() -> None:
    monthly = IndexTemplate("{org_code}/{yyyymm}-{serial:05d}")
    codes = IndexCodes(org_code="A")
    assert monthly.counter(codes, date(2026, 3, 9)) == monthly.counter(codes, date(2026, 12, 1))
    assert monthly.counter(codes, date(2026, 3, 9)) != monthly.counter(codes, date(2027, 3, 9))
    assert monthly.counter(codes, date(2026, 3, 9)) != monthly.counter(IndexCodes(org_code="B"), date(2026, 3, 9))


many = st.integers(1, 10**6)


@given(st.dates(date(2000, 1, 1)), many, many)
def test_two_serials_never_give_one_number(on: date, one: int, other: int) -> None:
    codes = IndexCodes(org_code="000014349")
    same = IndexTemplate().number(codes, on, one) == IndexTemplate().number(codes, on, other)
    assert same == (one == other)
