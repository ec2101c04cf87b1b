"""Repeated items, and the figures in which they differ."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kernel.language.likeness import (
    Alike,
    bigrams,
    likeness_ratio,
    near_duplicates,
)

FIRST = "截至11月20日，龙潭乡完成冬修水利工程12处，投入资金86万元，受益农户1,260户。"
AGAIN = "截至11月27日，龙潭乡完成冬修水利工程15处，投入资金94.5万元，受益农户1260户。"
OTHER = "安澜市召开营商环境工作推进会，部署企业开办、工程审批等领域改革任务。"

SAME_EVENT = [
    (
        "龙潭乡强降雨致低洼区内涝 已转移群众142户431人\n11月24日凌晨，龙潭乡遭遇短时强降雨，最大小时雨量68.4毫米，集镇低洼区积水约40厘米。乡党委、政府启动四级应急响应，转移群众142户431人，无人员伤亡。",
        "区应急管理局报告龙潭乡内涝处置情况\n24日3时许，龙潭乡集镇低洼区出现内涝，积水最深40厘米，小时雨量达68.4毫米。区应急管理局会同乡政府转移群众142户431人，目前积水已退，无人员伤亡。",
    ),
    (
        "云岭区化工园区发生一起泄漏\n11月3日14时20分，云岭区化工园区华泰公司3号储罐阀门泄漏，约1.2吨液氨外泄，疏散周边群众860人，16时05分险情排除。",
        "关于华泰公司液氨泄漏处置的报告\n区消防救援大队接报，云岭区化工园区华泰公司储罐阀门泄漏，外泄液氨约1200公斤，出动消防车6辆36人，疏散周边群众860人，险情排除。",
    ),
    (
        "柏树镇山体滑坡阻断Y217线\n12日6时，柏树镇Y217线K12处山体滑坡，塌方约3500立方米，道路中断，滞留车辆27辆，无人员伤亡。",
        "区交通运输局抢通Y217线\n柏树镇Y217线K12处山体滑坡致道路中断，塌方量约3500立方米，滞留车辆27辆。区交通运输局调集机械8台，预计18时抢通。",
    ),
    (
        "石桥街道老旧小区改造反映强烈\n石桥街道幸福里小区改造惠及居民426户，投入资金1,850万元，加装电梯14部，居民满意度97.6%。",
        "区住建局幸福里小区改造完工\n总投资1850万元的石桥街道幸福里小区改造项目完工，惠及居民四百二十六户，加装电梯14部，回访满意度百分之九十七点六。",
    ),
    (
        "全区秋粮收购进展顺利\n截至10月31日，全区收购秋粮3.26万吨，占计划的81.5%，发放收购资金9200万元。",
        "区粮食和物资储备中心秋粮收购情况\n全区秋粮收购进度达81.5%，累计收购秋粮32600吨，收购资金9200万元全部发放到户。",
    ),
]  # fmt: skip
REPOSTS = [
    (text, again)
    for text, again in [
        (SAME_EVENT[0][0], SAME_EVENT[0][0]),
        (SAME_EVENT[1][0], "【转】" + SAME_EVENT[1][0]),
        (SAME_EVENT[2][0], SAME_EVENT[2][0].replace("，", ",").replace("27辆", "２７辆")),
        (SAME_EVENT[3][0], SAME_EVENT[3][0].replace("1,850万元", "1850万元") + "（石桥街道）"),
        (SAME_EVENT[4][0], SAME_EVENT[4][0].replace("3.26万吨", "32600吨").replace("\n", "\n　　")),
    ]
]
SMALL_EDITS = [
    (SAME_EVENT[0][0], SAME_EVENT[0][0].replace("142户431人", "126户398人"), "126户"),
    (SAME_EVENT[1][0], SAME_EVENT[1][0].replace("1.2吨", "1.2公斤"), "约1.2公斤"),
    (
        SAME_EVENT[2][0],
        SAME_EVENT[2][0].replace("27辆", "72辆").replace("无人员伤亡", "未造成人员伤亡"),
        "滞留车辆72辆",
    ),
    (SAME_EVENT[3][0], SAME_EVENT[3][0].replace("97.6%", "九成五"), "满意度九成五"),
    (SAME_EVENT[4][0], SAME_EVENT[4][0].replace("9200万元", "9200元"), "9200元"),
]
STRANGERS = [
    (SAME_EVENT[0][0], SAME_EVENT[2][0]),
    (SAME_EVENT[1][0], SAME_EVENT[3][0]),
    (SAME_EVENT[0][0], SAME_EVENT[0][0].replace("龙潭乡", "柏树镇").replace("内涝", "断电")[:20] + OTHER),
    (
        "全区完成秋播面积12.6万亩，占计划的98%，投入机具1,420台。",
        "全区完成水利冬修工程38处，投资2,600万元，投入机具96台。",
    ),
    ("11月24日，区政府召开第38次常务会议，研究5项议题。", "11月24日，柏树镇召开防火动员会，部署5项任务，38人参加。"),
]


def kinds(here: str, there: str) -> list[Alike]:
    return [found.kind for found in near_duplicates(here, [("o", there)])]


@pytest.mark.parametrize(("here", "there"), SAME_EVENT)
def test_one_event_told_by_another_unit_is_found(here: str, there: str) -> None:
    assert kinds(here, there) == kinds(there, here) == [Alike.SAME_EVENT]
    assert near_duplicates(here, [("o", there)])[0].shared


@pytest.mark.parametrize(("here", "there"), REPOSTS)
def test_a_text_that_was_only_posted_again_is_told_as_such(here: str, there: str) -> None:
    (found,) = near_duplicates(there, [("o", here)])
    assert (found.kind, found.only_here, found.only_there) == (Alike.REPOST, (), ())


@pytest.mark.parametrize(("here", "there", "figure"), SMALL_EDITS)
def test_a_small_edit_says_which_figure_differs_and_is_never_wholly_alike(here: str, there: str, figure: str) -> None:
    (found,) = near_duplicates(there, [("o", here)])
    assert found.kind is Alike.EDITED
    assert any(figure.endswith(words) or words.endswith(figure) for words in found.only_here), found.only_here
    assert found.percent < 100


@pytest.mark.parametrize(("here", "there"), STRANGERS)
def test_another_matter_in_like_words_is_not_called_alike(here: str, there: str) -> None:
    assert kinds(here, there) == []


def test_the_same_text_with_other_figures_is_a_near_duplicate_and_says_which() -> None:
    (found,) = near_duplicates(AGAIN, [("o-1", FIRST), ("o-2", OTHER)])
    assert (found.origin_id, found.ratio, found.percent) == ("o-1", 1.0, 99)
    assert found.only_here == ("月27日", "水利工程15处", "投入资金94.5万元")
    assert found.only_there == ("月20日", "水利工程12处", "投入资金86万元")


def test_the_most_alike_comes_first() -> None:
    longer = FIRST + "区水利局派出技术人员驻点指导，确保工程质量。"
    found = near_duplicates(FIRST, [("o-3", longer), ("o-1", FIRST)])
    assert [likeness.origin_id for likeness in found] == ["o-1", "o-3"]
    assert found[0].ratio > found[1].ratio >= 0.6


def test_punctuation_blanks_and_full_width_digits_make_no_difference() -> None:
    assert bigrams("投入 资金，８６万元。") == bigrams("投入资金86万元")
    (found,) = near_duplicates("投入 资金，８６万元。", [("o-1", "投入资金86万元")])
    assert (found.only_here, found.only_there) == ((), ())


def test_a_figure_that_occurs_twice_is_counted_twice() -> None:
    (found,) = near_duplicates("3处3人", [("o-1", "3处5人")])
    assert (found.only_here, found.only_there) == (("处3人",), ("处5人",))


def test_a_months_items_are_compared_within_the_second_that_a_page_has() -> None:
    text = ("截至11月20日，完成冬修水利工程12处，投入资金86万元，受益农户1,260户。一是加强统一领导，" * 70)[:3_000]
    others = [(str(number), text.replace("12处", f"{number}处")) for number in range(60)]
    before = time.process_time()
    assert len(near_duplicates(text, others)) == 60
    assert time.process_time() - before < 3  # a page's own limit is one second of an idle processor


def test_texts_with_nothing_to_compare_are_not_alike() -> None:
    assert likeness_ratio(bigrams(""), bigrams("")) == 0
    assert near_duplicates("", [("o-1", "")]) == []


@given(st.text(max_size=40), st.text(max_size=40))
def test_likeness_is_mutual_and_between_nothing_and_all(here: str, there: str) -> None:
    ratio = likeness_ratio(bigrams(here), bigrams(there))
    assert ratio == likeness_ratio(bigrams(there), bigrams(here))
    assert 0 <= ratio <= 1
    assert len(bigrams(here)) < 1 or likeness_ratio(bigrams(here), bigrams(here)) == 1
