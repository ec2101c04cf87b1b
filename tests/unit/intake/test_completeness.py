"""What an item needs before it may be submitted, type by type."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.pages.form import values_of
from services.intake.policy import missing_for_submit, unfit_for_draft
from services.kernel.language.vocabulary import InfoType
from services.kernel.language.vocabulary.item_fields import FIELD, FIELDS

PLAIN: dict[str, Any] = {
    "info_type": "dynamic",
    "title": "龙潭乡完成冬修水利工程12处",
    "body": "截至11月20日，龙潭乡完成冬修水利工程12处，投入资金86万元。",
    "author_name": "陈秀兰",
    "author_phone": "0578-6123456",
    "non_secret_declared": True,
}
PROBLEM = PLAIN | {
    "info_type": "problem",
    "own_efforts": "乡里已组织抢修3次。",
    "help_wanted": "请区里协调专业检测力量。",
    "responsible_level": "county",
    "source": "村级巡查",
}
EMERGENCY = PLAIN | {
    "info_type": "emergency",
    "report_stage": "initial",
    "occurred_at": datetime(2026, 11, 24, 6, 10, tzinfo=UTC),
    "learned_at": datetime(2026, 11, 24, 6, 25, tzinfo=UTC),
    "place": "龙潭乡上坪村",
    "source": "村干部来电",
    "nature": "山体滑坡",
    "measures": "已转移群众23人。",
    "site_contact": "副乡长 李建国 13805780000",
}


def codes(draft: dict[str, Any]) -> dict[str, str]:
    return {error.field: error.code for error in missing_for_submit(draft)}


@pytest.mark.parametrize("draft", [PLAIN, PROBLEM, EMERGENCY])
def test_a_complete_item_has_nothing_in_its_way(draft: dict[str, Any]) -> None:
    assert missing_for_submit(draft) == []


@pytest.mark.parametrize("blank", [None, "", "  \n\u3000"])
@pytest.mark.parametrize(
    ("draft", "field"),
    [
        *[(PLAIN, field) for field in PLAIN if field != "non_secret_declared"],
        *[(PROBLEM, field) for field in PROBLEM if field not in PLAIN],
        *[(EMERGENCY, field) for field in EMERGENCY if field not in PLAIN],
    ],
)
def test_each_required_field_is_asked_for_when_blank(draft: dict[str, Any], field: str, blank: str | None) -> None:
    assert codes(draft | {field: blank}) == {field: "required"}


def test_an_empty_draft_is_asked_for_what_every_type_needs_in_the_order_of_the_form() -> None:
    assert [error.field for error in missing_for_submit({})] == [
        "info_type", "title", "body", "author_name", "author_phone", "non_secret_declared",
    ]  # fmt: skip


@pytest.mark.parametrize("declared", [False, None])
def test_the_declaration_must_be_made(declared: bool | None) -> None:
    assert codes(PLAIN | {"non_secret_declared": declared}) == {"non_secret_declared": "not_declared"}


def test_other_types_are_not_asked_for_the_fields_of_a_problem() -> None:
    for info_type in set(InfoType) - {InfoType.PROBLEM, InfoType.EMERGENCY}:
        assert missing_for_submit(PLAIN | {"info_type": info_type}) == []


@pytest.mark.parametrize("phone", ["没有", "1234", "chen@example.cn", "1" * 21, "138057800o0", "-----"])
def test_what_is_no_phone_number_is_not(phone: str) -> None:
    assert codes(PLAIN | {"author_phone": phone}) == {"author_phone": "implausible_phone"}


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("title", "字" * 101, "too_long"),
        ("body", "字" * 100_001, "too_long"),
        ("author_name", "字" * 51, "too_long"),
        ("info_type", "gossip", "unknown_code"),
        ("responsible_level", "village", "unknown_code"),
        ("title", 12, "wrong_kind"),
        ("title", ["a"], "wrong_kind"),
        ("info_type", {"a": 1}, "wrong_kind"),
        ("deaths", -1, "out_of_range"),
        ("deaths", "三人", "wrong_kind"),
        ("deaths", True, "wrong_kind"),
        ("occurred_at", "昨天", "wrong_kind"),
        ("occurred_at", "2026-11-24T06:10:00", "wrong_kind"),
        ("non_secret_declared", "yes", "wrong_kind"),
        ("also_reported_to", "区水利局", "wrong_kind"),
        ("also_reported_to", ["局" * 600, "局" * 600], "too_long"),
    ],
)
def test_what_does_not_fit_is_refused_even_in_a_draft(field: str, value: Any, code: str) -> None:
    (error,) = unfit_for_draft({field: value})
    assert (error.field, error.code) == (field, code)
    assert FIELD[field].label in error.message
    assert codes(PLAIN | {field: value})[field] == code


def test_a_text_of_exactly_the_limit_fits() -> None:
    assert unfit_for_draft({"title": "字" * 100, "body": "字" * 100_000, "deaths": 0}) == []
    assert unfit_for_draft({"loss_amount": Decimal("12.5"), "also_reported_to": ["区水利局"]}) == []


def test_a_draft_may_be_as_empty_as_it_likes() -> None:
    assert unfit_for_draft({field.name: None for field in FIELDS}) == []


def test_nobody_learns_of_an_event_before_it_happened() -> None:
    early = EMERGENCY | {"learned_at": EMERGENCY["occurred_at"] - timedelta(minutes=1)}
    assert codes(early) == {"learned_at": "before_occurred"}
    elsewhere = EMERGENCY["occurred_at"].astimezone(timezone(timedelta(hours=8))).isoformat()
    assert codes(EMERGENCY | {"learned_at": elsewhere}) == {}


def test_a_followup_needs_its_number() -> None:
    assert codes(EMERGENCY | {"report_stage": "followup"}) == {"followup_no": "required"}
    assert codes(EMERGENCY | {"report_stage": "followup", "followup_no": 1}) == {}


anything = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20),
    st.lists(st.text(max_size=3), max_size=2), st.datetimes(), st.binary(max_size=3),
)  # fmt: skip


@given(st.dictionaries(st.sampled_from([field.name for field in FIELDS]), anything))
def test_no_value_of_any_kind_is_too_strange_to_be_judged(draft: dict[str, Any]) -> None:
    for error in missing_for_submit(draft):
        assert error.field
        assert error.code
        assert error.message.endswith("。")


def test_full_width_digits_and_radicals_are_read_as_they_are_meant() -> None:
    assert values_of({"deaths": "３", "title": "\u2ecb辆"}) == {"deaths": 3, "title": "车辆"}
