"""What comes in is cleaned and measured before it is kept."""

from datetime import date

import pytest
from pydantic import BaseModel

from services.disclosure.model import InformationChange, NewReview, NewRevocation
from services.disclosure.policy.fields import BODY_LIMIT, cleaned, faults_in, missing_in
from services.kernel.language.refusal import InvalidInput
from services.kernel.language.text import TextNotEncodable
from services.kernel.runtime.web.forms import meant


def test_control_characters_and_strange_line_breaks_are_gone() -> None:
    made = cleaned(
        {"title": " 关于\x00印发\r\n通知\u202e ", "body": "一\r\n二\x07\u200b三", "keywords": ["防汛 ", "", "防汛"]}
    )
    assert made == {"title": "关于印发 通知", "body": "一\n二三", "keywords": ["防汛"]}


def test_a_lone_surrogate_is_refused_not_guessed() -> None:
    with pytest.raises(TextNotEncodable):
        cleaned({"title": "通知\ud800"})


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"title": "长" * 201}, "title"),
        ({"body": "长" * (BODY_LIMIT + 1)}, "body"),
        ({"summary": "长" * 301}, "summary"),
        ({"keywords": [str(n) for n in range(11)]}, "keywords"),
        ({"keywords": ["长" * 31]}, "keywords"),
        ({"effective_on": date(2026, 9, 1), "repealed_on": date(2026, 8, 1)}, "repealed_on"),
    ],
)
def test_what_is_too_much_is_named(values: dict[str, object], field: str) -> None:
    assert [fault.field for fault in faults_in(values, summary_limit=300)] == [field]


def test_the_limits_themselves_are_allowed() -> None:
    values = {"title": "长" * 200, "body": "长" * BODY_LIMIT, "summary": "长" * 300, "keywords": ["长" * 30] * 10}
    assert faults_in(values, summary_limit=300) == []


def test_a_text_of_blanks_is_missing() -> None:
    assert [fault.field for fault in missing_in({"title": "  ", "body": "\u3000", "category_id": None})] == [
        "title", "body", "category_id",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("form", "sent", "said"),
    [
        (NewReview, {"outcome": ""}, {"outcome": "请从列出的选项中选择审查结论。"}),
        (
            NewReview,
            {"outcome": "open", "opinion": "长" * 2001},
            {"opinion": "审查意见最多 2000 字，现有 2001 字，请删减。"},
        ),
        (NewReview, {"outcome": "open", "passages": ["一"] * 51}, {"passages": "要删减的内容最多 50 项。"}),
        (InformationChange, {"formed_on": "昨天"}, {"formed_on": "成文日期请写作 年-月-日。"}),
        (NewRevocation, {"reason": ""}, {"reason": "请填写撤销原因。"}),
    ],
)
def test_what_is_wrong_with_a_form_is_said_by_kind_with_the_fields_label(
    form: type[BaseModel], sent: dict[str, object], said: dict[str, str]
) -> None:
    with pytest.raises(InvalidInput) as caught:
        meant(form, sent)
    assert {one["field"]: one["message"] for one in caught.value.details["errors"]} == said
