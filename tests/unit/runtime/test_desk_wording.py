"""What waits is said in sentences that tell an administrator what to do."""

from __future__ import annotations

import pytest

from services.kernel.runtime.pages.event_desk.reading import title_in
from services.kernel.runtime.pages.event_desk.wording import Cause, cause_of, explain, missing_words
from services.kernel.runtime.surroundings.settings import ALL_SERVICES


@pytest.mark.parametrize(
    ("kind", "reason", "cause"),
    [
        ("held", "等待前一条", Cause.PREDECESSOR),
        ("held", "来自 township 的记录搁置过多，处理完再继续", Cause.BRAKED),
        ("parked", "编号相同而内容不同（分叉）", Cause.FORK),
        ("parked", "未知类型或更新的版本：submission.sung 9", Cause.NEWER),
        ("parked", "无法识别：header ce_id", Cause.UNREADABLE),
        ("parked", "type_not_disclosable：这类信息不得公开。", Cause.REFUSED),
        ("parked", "ZeroDivisionError：division by zero", Cause.FAULT),
        ("parked", "OperationalError：(sqlite3.OperationalError) no such column: a", Cause.FAULT),
    ],
)
def test_the_cause_is_read_from_what_the_inbox_wrote(kind: str, reason: str, cause: Cause) -> None:
    assert cause_of(kind, reason) is cause


def test_what_waits_behind_a_parked_one_says_so() -> None:
    assert cause_of("held", "等待前一条", has_parked_before=True) is Cause.BEHIND_PARKED


@pytest.mark.parametrize("cause", list(Cause))
@pytest.mark.parametrize("service", ALL_SERVICES)
def test_every_sentence_is_plain_chinese(cause: Cause, service: str) -> None:
    said = explain(cause, service=service, reason="OperationalError：no such column", missing="第 3 条", held_behind=2)
    text = said.headline + said.meaning + said.advice
    assert not any("a" <= letter.lower() <= "z" for letter in text), text
    assert said.advice.endswith("。")
    assert "后面还有 2 条" in said.meaning


def test_a_refusal_is_said_in_its_own_words() -> None:
    said = explain(Cause.REFUSED, service="disclosure", reason="type_not_disclosable：这类信息不得公开。")
    assert said.headline == "按规定不能处理：这类信息不得公开。"


def test_the_missing_numbers_are_named() -> None:
    assert [missing_words(2, 3), missing_words(2, 4), missing_words(0, 5)] == ["", "第 3 条", "第 1 至 4 条"]


def test_the_title_is_found_where_facts_keep_it() -> None:
    bodies = (b'{"title": "a"}', b'{"item": {"title": "b"}}', b'{"content": {"title": "c"}}', b"[1]", b"\xff", b"{}")
    assert [title_in(body) for body in bodies] == ["a", "b", "c", "", "", ""]
