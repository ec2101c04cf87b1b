"""The audit log: who did what when, found by officer, day and deed, page by page, and as a file."""

import re

import httpx

from services.kernel.runtime.pages.audit_log.pages import PAGE_SIZE
from tests.integration.directory.conftest import Directory

LOG = "/directory/audit"


async def _change_calendar(admin: httpx.AsyncClient, times: int) -> None:
    for version in range(times):
        day = f"2027-01-{version % 28 + 1:02}"
        done = await admin.put(
            f"/directory/api/v1/calendar/2027/days/{day}", json={"kind": "holiday", "name": "元旦"},
            headers={"If-Match": str(version)},
        )  # fmt: skip
        assert done.status_code == 200


async def test_the_log_is_read_page_by_page_without_gaps_and_handed_out(admin: httpx.AsyncClient) -> None:
    await _change_calendar(admin, PAGE_SIZE + 3)
    narrowed = f"{LOG}?verb=directory.calendar.set_days"
    first = (await admin.get(narrowed)).text
    assert first.count('<th scope="row">设定放假和调休</th>') == PAGE_SIZE
    following = re.search(r'rel="next" href="([^"]+)"', first)
    assert following
    second = (await admin.get(following.group(1).replace("&amp;", "&"))).text
    assert second.count('<th scope="row">设定放假和调休</th>') == 3
    listed = (await admin.get(f"{LOG}/export.csv?verb=directory.calendar.set_days")).text.splitlines()
    assert len(listed) == PAGE_SIZE + 4
    assert listed[1].split(",")[2:] == ["设定放假和调休", "2027年1月25日", "元旦"]


async def test_it_is_found_by_officer_and_by_the_day_in_china(directory: Directory, admin: httpx.AsyncClient) -> None:
    await directory.officer("editor")  # 09:00 on the 24th in China

    async def found(**asked: str) -> int:
        return (await admin.get(LOG, params=asked | {"verb": "directory.sign_in"})).text.count(
            '<th scope="row">登录</th>'
        )

    assert await found(who="顾清扬") == 1
    assert await found(who="没有这个人") == 0
    assert await found(day="2026-11-24") == 2
    assert await found(day="2026-11-23") == 0
    assert await found(day="不是日子") == 2


async def test_nobody_but_the_administrator_reads_it(directory: Directory) -> None:
    editor = await directory.officer("editor")
    assert [(await editor.get(f"{LOG}{more}")).status_code for more in ("", "/export.csv")] == [403, 403]
