"""Working days against the dates of real State Council notices."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kernel.language.calendar import WorkingDays, local_date, seed_days, zh_moment
from services.kernel.language.vocabulary import DayKind

SEEDED = seed_days()
DAYS = WorkingDays({day.on: day.kind for day in SEEDED}, frozenset(range(2004, 2027)))
any_day = st.dates(date(2005, 1, 1), date(2028, 12, 31))


@pytest.mark.parametrize(
    ("first", "last", "makeup"),
    [
        # 国办发明电〔2023〕7号: 春节 2月10日至17日, 2月4日(周日)、2月18日(周日)上班.
        (date(2024, 2, 10), date(2024, 2, 17), [date(2024, 2, 4), date(2024, 2, 18)]),
        # 国办发明电〔2024〕12号: 春节 1月28日至2月4日, 1月26日(周日)、2月8日(周六)上班.
        (date(2025, 1, 28), date(2025, 2, 4), [date(2025, 1, 26), date(2025, 2, 8)]),
        # 国办发明电〔2024〕12号: 国庆节、中秋节 10月1日至8日, 9月28日(周日)、10月11日(周六)上班.
        (date(2025, 10, 1), date(2025, 10, 8), [date(2025, 9, 28), date(2025, 10, 11)]),
        # 国办发明电〔2025〕7号: 春节 2月15日至23日, 2月14日(周六)、2月28日(周六)上班.
        (date(2026, 2, 15), date(2026, 2, 23), [date(2026, 2, 14), date(2026, 2, 28)]),
    ],
)
def test_holidays_are_free_and_their_makeup_weekend_days_are_worked(
    first: date, last: date, makeup: list[date]
) -> None:
    span = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    assert not any(DAYS.is_working_day(day) for day in span)
    assert all(day.weekday() >= 5 and DAYS.is_working_day(day) for day in makeup)
    assert DAYS.is_working_day(last + timedelta(days=1)) or last.weekday() == 4


@pytest.mark.parametrize(
    ("start", "count", "expected"),
    [
        (date(2025, 1, 24), 1, date(2025, 1, 26)),  # Friday → the make-up Sunday
        (date(2025, 1, 27), 1, date(2025, 2, 5)),  # over Spring Festival
        (
            date(2025, 1, 20),
            20,
            date(2025, 2, 21),
        ),  # 4, 2, holidays, 4, 5, 5: a reply under art. 33
        (date(2025, 9, 30), 2, date(2025, 10, 10)),  # over National Day
        (date(2025, 9, 30), 3, date(2025, 10, 11)),  # the make-up Saturday counts
        (date(2026, 2, 13), 1, date(2026, 2, 14)),  # a make-up Saturday
        (date(2026, 2, 14), 1, date(2026, 2, 24)),
        (date(2024, 2, 8), 2, date(2024, 2, 18)),  # 2月9日 除夕 was an ordinary working day
    ],
)
def test_the_day_itself_is_not_counted(start: date, count: int, expected: date) -> None:
    due = DAYS.add_working_days(start, count)
    assert due.on == expected
    assert not due.is_provisional


def test_a_date_that_rests_on_a_year_without_notice_says_so() -> None:
    certain = DAYS.add_working_days(date(2026, 11, 24), 20)
    assert (certain.on, certain.is_provisional) == (date(2026, 12, 22), False)
    open_ = DAYS.add_working_days(date(2026, 12, 15), 20)
    assert open_.is_provisional
    assert "2027年放假安排尚未公布" in open_.basis
    assert open_.on == date(2027, 1, 13)


def test_new_year_is_free_by_law_even_before_the_notice() -> None:
    assert not DAYS.is_working_day(date(2027, 1, 1))
    assert DAYS.add_working_days(date(2026, 12, 31), 1).on == date(2027, 1, 4)


def test_the_first_notice_of_2027_makes_a_date_final() -> None:
    days = WorkingDays(DAYS.overrides, DAYS.announced_years | {2027})
    assert not days.add_working_days(date(2026, 12, 15), 20).is_provisional


def test_an_override_by_the_administrator_beats_notice_and_week() -> None:
    days = WorkingDays(
        {date(2026, 11, 25): DayKind.HOLIDAY, date(2026, 11, 28): DayKind.WORKING},
        frozenset({2026}),
    )
    assert not days.is_working_day(date(2026, 11, 25))
    assert days.is_working_day(date(2026, 11, 28))


def test_a_basis_names_start_and_count() -> None:
    assert DAYS.add_working_days(date(2026, 11, 24), 2).basis == "自2026年11月24日的次日起第2个工作日"


def test_calendar_days_move_on_from_a_day_off() -> None:
    assert DAYS.add_calendar_days(date(2026, 9, 17), 20).on == date(2026, 10, 8)
    assert "顺延" in DAYS.add_calendar_days(date(2026, 9, 17), 20).basis
    assert DAYS.add_calendar_days(date(2026, 11, 4), 20).on == date(2026, 11, 24)
    assert DAYS.add_calendar_days(date(2026, 12, 20), 20).is_provisional


def test_counting_backwards_is_refused() -> None:
    with pytest.raises(ValueError, match="forwards"):
        DAYS.add_working_days(date(2026, 1, 1), -1)


@given(any_day, st.integers(0, 60))
def test_adding_and_counting_agree(start: date, count: int) -> None:
    due = DAYS.add_working_days(start, count).on
    assert DAYS.working_days_between(start, due) == count
    assert DAYS.working_days_between(due, start) == -count
    assert count == 0 or DAYS.is_working_day(due)


@given(any_day)
def test_the_next_working_day_is_the_first_one_after(day: date) -> None:
    following = DAYS.add_working_days(day, 1).on
    assert following > day
    between = (day + timedelta(days=n) for n in range(1, (following - day).days))
    assert not any(DAYS.is_working_day(free) for free in between)


def test_the_seed_holds_only_days_that_differ_and_no_day_twice() -> None:
    dates = [day.on for day in SEEDED]
    assert dates == sorted(set(dates))
    assert {day.on.year for day in SEEDED} == set(range(2004, 2027))
    assert {day.on.year for day in seed_days(2025, 2025)} == {2025}
    assert all(day.kind is not DayKind.WORKING and day.name for day in SEEDED)


def test_a_local_date_is_that_of_shanghai() -> None:
    assert local_date(datetime(2026, 11, 23, 16, 0, tzinfo=UTC)) == date(2026, 11, 24)
    assert local_date(datetime(2026, 11, 23, 15, 59, tzinfo=UTC)) == date(2026, 11, 23)


def test_an_instant_is_printed_as_a_clock_in_china_has_it() -> None:
    assert zh_moment(datetime(2026, 12, 31, 16, 5, tzinfo=UTC)) == "2027年1月1日 00:05"


def test_an_instant_without_zone_names_no_date() -> None:
    with pytest.raises(ValueError, match="zone"):
        local_date(datetime(2026, 11, 23))  # noqa: DTZ001
