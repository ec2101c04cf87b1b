"""A rule text is read within limits, and what is wrong in it is named with its line; two of them are held together."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from pydantic import BaseModel, ConfigDict, Field

from services.kernel.language.rulebooks import LONGEST, RuleFileIsInvalid, differences, read_kept, read_rules


class Row(BaseModel):
    model_config = ConfigDict(extra="forbid")

    id: str
    points: Decimal = Field(default=Decimal(0), le=100)
    words: tuple[str, ...] = ()


class Table(BaseModel):
    model_config = ConfigDict(extra="forbid")

    begins: date = date(2026, 1, 1)
    is_strict: bool = False
    rows: tuple[Row, ...] = ()


LAUGHS = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "\n".join(
    f"{new}: &{new} [{','.join([f'*{old}'] * 9)}]" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)


def complaints(text: str) -> list[str]:
    with pytest.raises(RuleFileIsInvalid) as caught:
        read_rules(text, Table)
    return [str(error) for error in caught.value.errors]


def test_a_wrong_value_is_named_with_its_row_and_its_line() -> None:
    text = "rows:\n  - id: A\n    points: 3\n  - id: B\n    points: many\n    colour: red\n"
    assert complaints(text) == [
        "第5行 rows › B › points：应为数字",
        "第6行 rows › B › colour：不认识这一项，请检查拼写",
    ]


def test_what_is_missing_is_named_where_its_row_begins() -> None:
    assert complaints("is_strict: true\nrows:\n  - points: 1\n") == ["第3行 rows › 第1条 › id：缺少这一项"]


def test_a_key_that_stands_twice_is_refused_and_never_taken_in_silence() -> None:
    assert complaints("rows: []\nis_strict: true\nrows:\n  - id: A\n") == ["第3行 rows：这一项写了两次，请留一处"]
    assert complaints("rows:\n  - {id: A, points: 1, points: 2}") == [
        "第2行 rows › 第1条 › points：这一项写了两次，请留一处"
    ]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (LAUGHS, "引用"),
        ("rows: &r []\nmore: *r", "引用"),
        ("[" * 20_000, "嵌套层数太多"),
        ("\n".join(" " * n + "x:" for n in range(400)), "嵌套层数太多"),
        ("x" * (LONGEST + 1), "万字"),
        ("rows:\n  - {id: A, points: " + "9" * 5000 + "}", "数字太长"),
        ("rows:\n  - {id: A, points: 0x" + "f" * 5000 + "}", "数字太长"),
        ("begins: 2026-02-30", "第1行 begins：日期或数字写错了"),
        ("!!python/object/apply:os.system ['true']", "不是有效的 YAML"),
        ("rows: \x01\x02", "不是有效的 YAML"),
        ("{{ 7*7 }}", "不是有效的 YAML"),
        ("a: [", "第1行"),
        ("", "应为若干"),
        ("[]", "应为若干"),
    ],
)  # fmt: skip
def test_hostile_and_broken_texts_are_refused_in_a_sentence(text: str, what: str) -> None:
    assert what in "".join(complaints(text))


def test_a_thousand_faults_are_not_all_told() -> None:
    assert len(complaints("rows:\n" + "  - {points: x}\n" * 1000)) == 100


def test_a_kept_text_is_read_as_it_was_before_there_were_limits() -> None:
    assert read_kept("is_strict: false\nis_strict: true", Table).is_strict


def test_two_versions_are_compared_value_by_value_whatever_moves() -> None:
    before = Table(rows=(Row(id="A", points=Decimal(1), words=("甲", "乙")), Row(id="B"), Row(id="C")))
    after = Table(
        is_strict=True,
        rows=(Row(id="D", points=Decimal(2)), Row(id="C"), Row(id="A", points=Decimal(3), words=("乙", "丙"))),
    )
    assert [(one.where, one.before, one.after) for one in differences(before, after)] == [
        ("is_strict", "否", "是"),
        ("rows › A › points", "1", "3"),
        ("rows › A › words", "甲", "丙"),
        ("rows › B", "id: B，points: 0", "—"),
        ("rows › D", "—", "id: D，points: 2"),
    ]
    assert differences(before, before) == []


def test_another_order_alone_is_told_as_such() -> None:
    before, after = Table(rows=(Row(id="A"), Row(id="B"))), Table(rows=(Row(id="B"), Row(id="A")))
    assert [(one.where, one.after) for one in differences(before, after)] == [("rows", "次序有变")]
    words = Table(rows=(Row(id="A", words=("甲", "乙")),)), Table(rows=(Row(id="A", words=("乙", "甲")),))
    assert [(one.before, one.after) for one in differences(*words)] == [("甲、乙", "乙、甲")]


def test_fifty_thousand_words_are_compared_at_once() -> None:
    many = tuple(f"词{number}" for number in range(50_000))
    (one,) = differences(Table(rows=(Row(id="A", words=many),)), Table(rows=(Row(id="A", words=(*many, "新")),)))
    assert (one.before, one.after) == ("—", "新")
