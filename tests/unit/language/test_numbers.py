"""Numbers as people write them in Chinese."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kernel.language.numbers import beyond, find_quantities
from services.kernel.language.numbers.chinese import chinese_value
from services.kernel.runtime.documents.reader.formats import chinese_number


@given(st.integers(1, 9999))
def test_every_numeral_reads_back(number: int) -> None:
    assert chinese_value(chinese_number(number)) == number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("两万三", 23_000), ("三千五", 3_500), ("一百二", 120), ("二〇二六", 2026), ("一亿二千万", 120_000_000), ("两百零五万", 2_050_000),
        ("九十九亿零三万", 9_900_030_000), ("三点五", Fraction(7, 2)), ("贰拾壹", 21), ("○", 0),
        ("千万", None), ("万一", None), ("五六十", None), ("百千", None), ("一一", None), ("点五", None), ("三点", None), ("零" * 40, None),
    ],
)  # fmt: skip
def test_numerals_say_what_people_mean(text: str, value: int | Fraction | None) -> None:
    assert chinese_value(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "统一思想", "一些同志", "一定要", "一起努力", "第一时间", "万一发生", "千万注意", "党的二十大精神", "十分重要", "三农工作", "一、基本情况",
        "负责人", "成果", "两会精神", "十四五规划",
    ],
)  # fmt: skip
def test_words_that_only_look_like_numbers_are_none(text: str) -> None:
    assert find_quantities(text) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("一百二十六户", "126户"), ("１２．５公里", "12.5km"), ("九成五", "95%"), ("百分之九十五", "９５％"), ("千分之三", "3‰"), ("两成半", "25%"),
        ("1.26万亩", "12,600亩"), ("3亿2000万元", "3.2亿元"), ("1公顷", "15亩"), ("3吨", "3000公斤"), ("零下3.2℃", "−3.2℃"), ("负5", "-5"),
        ("两小时", "120分钟"), ("二〇二六年十一月", "2026年11月"), ("5处", "5个"), ("12万3456人", "123456人"), ("9成5", "九成五"),
    ],
)  # fmt: skip
def test_two_ways_of_writing_one_quantity_are_the_same(one: str, other: str) -> None:
    mine, theirs = find_quantities(one), find_quantities(other)
    assert mine
    assert beyond(mine, theirs) == beyond(theirs, mine) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("12.5公里", "12.5米"),
        ("−3.2", "3.2"),
        ("九成五", "九成"),
        ("3%", "3‰"),
        ("3%", "3个百分点"),
        ("126户", "126人"),
        ("3月", "3个月"),
        ("3元", "3万元"),
    ],
)
def test_another_value_or_unit_is_another_quantity(one: str, other: str) -> None:
    mine, theirs = find_quantities(one), find_quantities(other)
    assert len(beyond(mine, theirs)) == len(beyond(theirs, mine)) == 1


@given(st.text(alphabet="一二三十百千万亿零两点成分之负%‰.,，-−0123456789年户公里", max_size=40))
def test_quantities_stand_where_they_say_and_never_overlap(text: str) -> None:
    reached = 0
    for found in find_quantities(text):
        assert reached <= found.start < found.number_end <= found.end <= len(text)
        assert text[found.start : found.number_end] == found.number
        reached = found.number_end
