"""Who sees which scores, by API and on pages; what a page writes into a table for a spreadsheet."""

from __future__ import annotations

import re

import pytest

from services.kernel.language.vocabulary import PeriodicalKind, Role, UnitKind
from tests.integration.stats.scoreboard import Scoreboard
from tests.integration.stats.story import ARRIVED, OWN, PUMP
from tests.support.service import unit_id

SCORES = "/stats/api/v1/scores?period=2026-11"
HTML = {"Accept": "text/html"}
TOWNSHIP_PAGE = f"/stats/scores/{unit_id('township')}?period=2026-11"


async def test_the_office_sees_every_unit(told_district: Scoreboard) -> None:
    for role in (Role.STATISTICIAN, Role.CHIEF, Role.LEADER, Role.EDITOR, Role.ADMIN):
        async with told_district.client(role) as client:
            names = {item["unit_name"] for item in (await client.get(SCORES)).json()["items"]}
            opened = await client.get(TOWNSHIP_PAGE, headers=HTML)
        assert names == {"龙潭乡", "石桥镇", "区水利局", "区农业农村局"}
        assert opened.status_code == 200


@pytest.mark.parametrize("roles", [(Role.CLERK,), (Role.CLERK, Role.EDITOR)])
async def test_a_bureau_sees_its_own_entries_and_its_own_place(
    roles: tuple[Role, ...], told_district: Scoreboard
) -> None:
    async with told_district.client(*roles, unit="water", kind=UnitKind.BUREAU) as client:
        (item,) = (await client.get(SCORES)).json()["items"]
        refused = await client.get(TOWNSHIP_PAGE, headers=HTML)
        refused_table = await client.get(f"/stats/scores/{unit_id('township')}/sources.csv?period=2026-11")
        sheet = (await client.get("/stats/scores?period=2026-11", headers=HTML)).text
    assert (item["unit_name"], item["score"], item["rank"], item["units_in_group"]) == ("区水利局", 20, 1, 2)
    assert {entry["title"] for entry in item["entries"]} == {"关于河道治理的情况"}
    assert (refused.status_code, refused_table.status_code) == (403, 403)
    assert "龙潭乡" not in sheet
    assert "区水利局" in sheet


async def test_an_administrator_sees_points_without_titles(told_district: Scoreboard) -> None:
    async with told_district.client(Role.ADMIN) as client:
        items = (await client.get(SCORES)).json()["items"]
        opened = (await client.get(TOWNSHIP_PAGE, headers=HTML)).text
        table = (await client.get(f"/stats/scores/{unit_id('township')}/sources.csv?period=2026-11")).text
    assert {entry["title"] for item in items for entry in item["entries"]} == {"标题略"}
    assert "排涝泵站" not in opened + table


async def test_a_stranger_sees_nothing(told_district: Scoreboard) -> None:
    async with told_district.client() as client:
        client.headers.pop("Authorization")
        assert (await client.get(SCORES)).status_code == 401
        assert (await client.get("/stats/scores", headers=HTML)).status_code == 303


async def test_a_list_is_turned_page_by_page(told_district: Scoreboard) -> None:
    async with told_district.client(Role.STATISTICIAN) as client:
        names, cursor = [], ""
        while True:
            answer = (await client.get(SCORES, params={"limit": 1, "cursor": cursor, "period": "2026-11"})).json()
            names += [item["unit_name"] for item in answer["items"]]
            if not (cursor := answer["next"]):
                break
    assert sorted(names) == sorted(["龙潭乡", "石桥镇", "区水利局", "区农业农村局"])


async def test_a_month_that_is_none_is_refused(district: Scoreboard) -> None:
    async with district.client(Role.STATISTICIAN) as client:
        for period in ("2026", "2026-13", "2026-1", "1999-01", "'; drop", "２０２６-11"):
            by_api = await client.get("/stats/api/v1/scores", params={"period": period})
            by_page = await client.get("/stats/scores", params={"period": period}, headers=HTML)
            assert (by_api.status_code, by_api.json()["code"]) == (422, "period_unreadable")
            assert by_page.status_code == 422


async def test_another_month_is_empty_and_lists_every_unit(told_district: Scoreboard) -> None:
    october = await told_district.scores("2026-10")
    assert {item["score"] for item in october.values()} == {0}
    december = await told_district.scores("2026-12")
    assert december["龙潭乡"]["score"] == 0
    assert december["龙潭乡"]["year_score"] == 33


async def test_every_figure_of_the_sheet_opens_its_records(told_district: Scoreboard) -> None:
    async with told_district.client(Role.STATISTICIAN) as client:
        for group in ("乡镇街道", "部门"):
            sheet = (await client.get("/stats/scores", params={"period": "2026-11", "group": group}, headers=HTML)).text
            table = sheet[sheet.index("<tbody>") : sheet.index("</tbody>")]
            links = re.findall(r'<td class="num"><a class="text-link" href="([^"]+)">(\d+)</a>', table)
            assert len(links) >= 8
            for href, figure in links:
                answer = await client.get(href.replace("&amp;", "&"), headers=HTML)
                shown = answer.text.count('class="num score-total">') - 1
                wanted = int(figure)
                if "submission_counted" not in href:  # the same item again is shown, and not counted again
                    assert max(shown, 0) == wanted, href
                else:
                    assert shown >= wanted or wanted == 0


async def test_the_rows_are_served_alone_for_live_pages(told_district: Scoreboard) -> None:
    async with told_district.client(Role.STATISTICIAN) as client:
        rows = (await client.get("/stats/scores/rows?period=2026-11", headers=HTML)).text
    assert "<html" not in rows
    assert "龙潭乡" in rows


async def test_the_table_for_a_spreadsheet_opens_in_chinese_and_holds_no_formula(district: Scoreboard) -> None:
    evil = PUMP.adopted("city", PeriodicalKind.BRIEF, "安澜政务信息", 9)
    head = evil.item.model_copy(update={"title": '=HYPERLINK("x")'})
    await district.hear(ARRIVED, evil.model_copy(update={"item": head}))
    async with district.client(Role.STATISTICIAN) as client:
        sheet = await client.get("/stats/scores.csv?period=2026-11")
        sources = await client.get(f"/stats/scores/{unit_id('township')}/sources.csv?period=2026-11")
    assert sheet.content.startswith(b"\xef\xbb\xbf")
    assert sheet.headers["content-type"] == "text/csv; charset=utf-8"
    assert "龙潭乡" in sheet.text
    assert "'=HYPERLINK" in sources.text
    assert ",10," in sources.text


async def test_text_from_below_stays_text_on_the_page(district: Scoreboard) -> None:
    evil = PUMP.adopted("district", PeriodicalKind.BRIEF, "<b>{{ 7*7 }}</b>", 9)
    head = evil.item.model_copy(update={"title": "<script>alert(1)</script>"})
    await district.hear(OWN, evil.model_copy(update={"item": head}))
    async with district.client(Role.STATISTICIAN) as client:
        text = (await client.get(TOWNSHIP_PAGE, headers=HTML)).text
    assert "<script>alert" not in text
    assert "&lt;b&gt;{{ 7*7 }}" in text


async def test_the_home_page_is_told_what_concerns_the_officer(told_district: Scoreboard) -> None:
    async with told_district.client(Role.STATISTICIAN) as client:
        for_statistician = (await client.get("/stats/api/v1/agenda")).json()["cards"]
    async with told_district.client(Role.CLERK, unit="water", kind=UnitKind.BUREAU) as client:
        for_bureau = (await client.get("/stats/api/v1/agenda")).json()["cards"]
    async with told_district.client(Role.PUBLISHER) as client:
        for_publisher = (await client.get("/stats/api/v1/agenda")).json()["cards"]
    assert [(card["what"], card["count"]) for card in for_statistician] == [("核对未匹配规则的记录", 0)]
    assert [(card["shown"], card["unit"]) for card in for_bureau] == [("20", "分")]
    assert for_publisher == []
