"""Links of a list page: each changes one thing and keeps the rest."""

from services.kernel.runtime.pages.listing import Place
from services.kernel.runtime.pages.paging import Part

PLACE = Place("/x/items", {"tab": "draft", "q": "泵站", "unit": ""}, {"new": "最新", "title": "标题"}, "title", "abc")
KEPT = "tab=draft&q=%E6%B3%B5%E7%AB%99"


def test_a_page_keeps_filter_and_order() -> None:
    assert PLACE.next_href(Part([], "def")) == f"/x/items?{KEPT}&sort=title&cursor=def"
    assert PLACE.next_href(Part([])) == ""
    assert PLACE.first_href == f"/x/items?{KEPT}&sort=title"
    assert PLACE.rows_href == f"/x/items/rows?{KEPT}&sort=title&cursor=abc"


def test_an_order_is_chosen_from_the_first_page_on() -> None:
    assert [(link["href"], link["current"]) for link in PLACE.sort_links] == [
        (f"/x/items?{KEPT}", False),
        (f"/x/items?{KEPT}&sort=title", True),
    ]


def test_an_order_that_is_none_is_the_first() -> None:
    lost = Place("/x/items", {}, PLACE.sorts, sort="nonsense")
    assert [link["current"] for link in lost.sort_links] == [True, False]
    assert lost.href() == "/x/items"


def test_the_file_has_the_whole_list_as_it_is_narrowed() -> None:
    assert PLACE.export_href("xlsx") == f"/x/items/export.xlsx?{KEPT}&sort=title"


def test_a_new_search_keeps_everything_but_its_words_and_its_page() -> None:
    assert PLACE.kept == {"tab": "draft", "sort": "title"}
