"""Lists: any address is answered or refused, any search is answered, pages have no gaps."""

import pytest

from services.kernel.language.vocabulary import Role
from tests.integration.review.office import Office
from tests.integration.review.test_bad_input import ITEMS, reported


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
