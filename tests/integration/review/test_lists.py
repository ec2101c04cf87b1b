"""Lists: any address is answered or refused, any search is answered, pages have no gaps."""

import pytest

from services.kernel.language.vocabulary import Role
from tests.integration.review.office import Office
from tests.integration.review.test_bad_input import ITEMS, reported
from tests.integration.review.test_pages import browser


@pytest.mark.parametrize(
    "query", ["cursor=nonsense", "cursor=W10", "status=nonsense", "limit=0", "limit=1e9", "info_type=x", "unit_id=y"]
)
async def test_nonsense_in_a_list_address_is_refused(district: Office, query: str) -> None:
    answer = await district.client(Role.EDITOR).get(f"{ITEMS}?{query}")
    assert answer.status_code == 422


@pytest.mark.parametrize("q", ["%", "'", '"', "*", "泵站 OR 1=1", "\\", "🚱", "NEAR(", "a" * 200])
async def test_any_search_is_answered(district: Office, q: str) -> None:
    answer = await district.client(Role.EDITOR).get(ITEMS, params={"q": q})
    assert answer.status_code == 200


async def test_lists_page_by_keyset_without_gaps_or_repeats(district: Office) -> None:
    made = {str(await reported(district, f"第{number}件")) for number in range(5)}
    editor = district.client(Role.EDITOR)
    sorted_by = [{"sort": name} for name in ("due", "touched", "arrived", "unit", "title")]
    for query in ({"status": "open"}, {}, *sorted_by):
        seen: list[str] = []
        cursor = ""
        while True:
            page = (await editor.get(ITEMS, params={**query, "limit": 2, "cursor": cursor})).json()
            seen += [row["origin_id"] for row in page["items"]]
            cursor = page["next"]
            if cursor is None:
                break
        assert (len(seen), set(seen)) == (5, made)


async def test_a_search_goes_over_all_states_and_the_tabs_count_what_it_finds(district: Office) -> None:
    kept, open_ = await reported(district, title="蓄水甲"), await reported(district, title="蓄水乙")
    await reported(district, title="道路丙")
    editor = browser(district.client(Role.EDITOR))
    await district.client(Role.EDITOR).post(f"/review/api/v1/submissions/{kept}/keep")
    page = (await editor.get("/review/queue", params={"show": "all", "q": "蓄水"})).text
    assert [str(one) in page for one in (kept, open_)] == [True, True]
    assert "全部状态 <span>2</span>" in page
    assert "待处理 <span>1</span>" in page
    assert "备用 <span>1</span>" in page
    assert "道路丙" not in page
    assert 'name="show" value="all"' in page
    by_author = (await editor.get("/review/queue", params={"show": "all", "q": "李四"})).text
    assert "全部状态 <span>3</span>" in by_author
