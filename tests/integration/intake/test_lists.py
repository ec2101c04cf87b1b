"""The list of one's items: sorted in any order without gaps, and as a file."""

import csv
import io

import httpx
import pytest

from services.kernel.language.vocabulary import Role
from services.kernel.runtime.running.process import NodeProcess
from tests.integration.intake.conftest import COMPLETE, ITEMS, STRANGER
from tests.support.service import client_of, officer

LIST, HTML = "/intake/submissions", {"Accept": "text/html"}

SAME = "关于低洼片区排涝泵站老化影响汛期安全的情况反映" * 4  # longer than what counts in a cursor


async def _drafts(client: httpx.AsyncClient) -> dict[str, str]:
    titles = ["丙", f"{SAME}一", "甲🚱", f"{SAME}二", "乙"]
    made = [(await client.post(ITEMS, json=COMPLETE | {"title": title})).json() for title in titles]
    return {one["origin_id"]: title for one, title in zip(made, titles, strict=True)}


@pytest.mark.parametrize("sort", ["", "touched", "created", "title", "nonsense"])
async def test_every_order_pages_without_gaps_or_repeats(as_clerk: httpx.AsyncClient, sort: str) -> None:
    made = await _drafts(as_clerk)
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = (await as_clerk.get(ITEMS, params={"sort": sort, "limit": 1, "cursor": cursor})).json()
        seen += [row["origin_id"] for row in page["items"]]
        cursor = page["next"]
    assert (len(seen), set(seen)) == (5, set(made))
    if sort == "title":
        whole = (await as_clerk.get(ITEMS, params={"sort": sort})).json()["items"]
        assert [row["origin_id"] for row in whole] == seen
    else:
        assert seen == list(reversed(made))


async def test_a_cursor_of_another_order_is_refused(as_clerk: httpx.AsyncClient) -> None:
    await _drafts(as_clerk)
    by_title = (await as_clerk.get(ITEMS, params={"sort": "title", "limit": 1})).json()["next"]
    refused = await as_clerk.get(ITEMS, params={"sort": "touched", "cursor": by_title})
    assert (refused.status_code, refused.json()["code"]) == (422, "cursor_unreadable")


async def test_the_list_is_a_file_as_it_is_narrowed_and_sorted(as_clerk: httpx.AsyncClient) -> None:
    await _drafts(as_clerk)
    await as_clerk.post(ITEMS, json=COMPLETE | {"title": "=甲"})
    asked = {"tab": "draft", "sort": "created", "q": "排涝泵站老化影响"}
    answer = await as_clerk.get("/intake/submissions/export.csv", params=asked)
    lines = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert [line["标题"] for line in lines] == [f"{SAME}二", f"{SAME}一"]
    assert {line["状态"] for line in lines} == {"草稿"}
    every = await as_clerk.get("/intake/submissions/export.csv")
    assert "'=甲" in every.text
    book = await as_clerk.get("/intake/submissions/export.xlsx", params=asked)
    assert book.content.startswith(b"PK")
    assert book.headers["content-disposition"].startswith("attachment; filename*=UTF-8''%E6%88%91%E7%9A%84")
    assert (await as_clerk.get("/intake/submissions/export.pdf")).status_code == 404


async def test_the_page_offers_the_orders_and_the_file(as_clerk: httpx.AsyncClient) -> None:
    await _drafts(as_clerk)
    shown = (await as_clerk.get("/intake/submissions?tab=draft&sort=title", headers={"Accept": "text/html"})).text
    assert 'href="/intake/submissions?tab=draft&amp;sort=created"' in shown
    assert 'href="/intake/submissions/export.xlsx?tab=draft&amp;sort=title"' in shown
    assert 'hx-get="/intake/submissions/rows?tab=draft&amp;sort=title"' in shown


async def test_my_items_are_the_officers_own_and_a_switch_shows_the_units(
    as_clerk: httpx.AsyncClient, process: NodeProcess
) -> None:
    colleague = client_of(process, officer(Role.CLERK, name="孙八", unit="township"))
    await as_clerk.post(ITEMS, json=COMPLETE | {"title": "我写的一件"})
    theirs = (await colleague.post(ITEMS, json=COMPLETE | {"title": "同事写的一件"})).json()["origin_id"]
    assert (await colleague.post(f"{ITEMS}/{theirs}/submit")).status_code == 200
    own = (await as_clerk.get(LIST, headers=HTML)).text
    unit = (await as_clerk.get(f"{LIST}?whose=unit", headers=HTML)).text
    assert ["我写的一件" in own, "同事写的一件" in own, "同事写的一件" in unit] == [True, False, True]
    assert "全部 <span>1</span>" in own
    assert "等提交" in own
    assert "等审核签发" in unit
    assert "在本单位" in unit
    assert "〔2026〕1号" in unit


async def test_tabs_count_what_is_searched_and_filtered_for(as_clerk: httpx.AsyncClient) -> None:
    for title, kind in (("泵站老化", "problem"), ("泵站检修", "dynamic"), ("道路修复", "dynamic")):
        await as_clerk.post(ITEMS, json=COMPLETE | {"title": title, "body": title, "info_type": kind})
    searched = (await as_clerk.get(f"{LIST}?q=泵站", headers=HTML)).text
    filtered = (await as_clerk.get(f"{LIST}?kind=dynamic", headers=HTML)).text
    later = (await as_clerk.get(f"{LIST}?since=2999-01-01&until=nonsense", headers=HTML)).text
    assert ["草稿 <span>2</span>" in searched, "草稿 <span>2</span>" in filtered] == [True, True]
    assert "道路修复" not in searched
    assert "没有符合的稿件" in later
    assert (await as_clerk.get(f"{LIST}?kind=x&since=9999-12-31&until=9999-12-31", headers=HTML)).status_code == 200


async def test_drafts_are_thrown_away_together_by_their_own_unit_alone(
    as_clerk: httpx.AsyncClient, process: NodeProcess
) -> None:
    made = [(await as_clerk.post(ITEMS, json={"title": f"草稿 {number}"})).json()["origin_id"] for number in range(2)]
    page = {"accept": "text/html"}
    stranger = client_of(process, STRANGER)
    refused = await stranger.post("/intake/submissions/discard", data={"origin_id": made}, headers=page)
    assert refused.status_code in {403, 404}
    assert len((await as_clerk.get(ITEMS)).json()["items"]) == 2
    done = await as_clerk.post("/intake/submissions/discard", data={"origin_id": made}, headers=page)
    assert (done.status_code, len((await as_clerk.get(ITEMS)).json()["items"])) == (303, 0)
    shown = await as_clerk.get(done.headers["location"], headers=page)
    assert "2 件草稿已删除。" in shown.text
    await as_clerk.post("/intake/submissions/restore", data={"origin_id": made}, headers=page)
    assert len((await as_clerk.get(ITEMS)).json()["items"]) == 2
