"""The administrator's home says in words what keeps facts from taking effect."""

from __future__ import annotations

from typing import Any

from services.directory.pages.standing import troubles_of

WELL: dict[str, Any] = {
    "kinds": {}, "kept_for": [], "is_watched": True, "late": 0, "late_since": None, "stands_still": False, "silent": [],
}  # fmt: skip
SINCE = "2026-11-24T01:00:00+00:00"


def said(**more: Any) -> list[tuple[str, str]]:
    return [(one.tone, one.text) for one in troubles_of("review", {**WELL, **more})]


def test_a_service_where_all_is_well_has_no_trouble() -> None:
    assert said() == []


def test_each_kind_of_trouble_is_said_in_words() -> None:
    assert said(kinds={"parked": {"count": 2, "since": SINCE}}) == [("red", "2 条处理不了，等您处理")]
    why = "处理这条信息时程序出错"
    assert said(kinds={"parked": {"count": 2, "since": SINCE, "why": why}}) == [
        ("red", f"2 条处理不了，等您处理：{why}")
    ]
    assert said(kinds={"aside": {"count": 1, "since": SINCE}}) == [("red", "1 条发不出去，等您处理")]
    assert said(kinds={"held": {"count": 3, "since": SINCE}}) == [("amber", "3 条在等前一条")]
    assert said(late=4, late_since=SINCE) == [("amber", "4 条已经发出，还没有收到")]
    assert said(silent=["intake"]) == [("amber", "问不到“报送”发出过什么，有没有漏收暂时不知道")]
    assert said(kept_for=[{"listener": "stats", "since": SINCE}]) == [
        ("red", "“考核统计”早该处理的还没有处理，到期的内容先为它留着")
    ]
    assert said(stands_still=True)[0] == ("red", "停住了，一条也没有处理，请重启本节点")
