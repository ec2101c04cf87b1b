"""Repeated items, and the figures in which they differ."""

from hypothesis import given
from hypothesis import strategies as st

from services.intake.policy import bigrams, differing_figures, likeness_ratio, near_duplicates

FIRST = "截至11月20日，龙潭乡完成冬修水利工程12处，投入资金86万元，受益农户1,260户。"
AGAIN = "截至11月27日，龙潭乡完成冬修水利工程15处，投入资金94.5万元，受益农户1260户。"
OTHER = "安澜市召开营商环境工作推进会，部署企业开办、工程审批等领域改革任务。"


def test_the_same_text_with_other_figures_is_a_near_duplicate_and_says_which() -> None:
    (found,) = near_duplicates(AGAIN, [("o-1", FIRST), ("o-2", OTHER)])
    assert found.origin_id == "o-1"
    assert found.ratio == 1.0
    assert found.only_here == ("27", "15", "94.5万")
    assert found.only_there == ("20", "12", "86万")


def test_the_most_alike_comes_first() -> None:
    longer = FIRST + "区水利局派出技术人员驻点指导，确保工程质量。"
    found = near_duplicates(FIRST, [("o-3", longer), ("o-1", FIRST)])
    assert [likeness.origin_id for likeness in found] == ["o-1", "o-3"]
    assert found[0].ratio > found[1].ratio >= 0.6


def test_punctuation_blanks_and_full_width_digits_make_no_difference() -> None:
    assert bigrams("投入 资金，８６万元。") == bigrams("投入资金86万元")
    assert differing_figures("８６万", "86万") == ((), ())


def test_a_figure_that_occurs_twice_is_counted_twice() -> None:
    assert differing_figures("3处3人", "3处5人") == (("3",), ("5",))


def test_texts_with_nothing_to_compare_are_not_alike() -> None:
    assert likeness_ratio(bigrams(""), bigrams("")) == 0
    assert near_duplicates("", [("o-1", "")]) == []


@given(st.text(max_size=40), st.text(max_size=40))
def test_likeness_is_mutual_and_between_nothing_and_all(here: str, there: str) -> None:
    ratio = likeness_ratio(bigrams(here), bigrams(there))
    assert ratio == likeness_ratio(bigrams(there), bigrams(here))
    assert 0 <= ratio <= 1
    assert len(bigrams(here)) < 1 or likeness_ratio(bigrams(here), bigrams(here)) == 1
