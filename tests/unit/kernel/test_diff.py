"""Comparing two versions of an item: nothing lost, figures whole, never slow."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.kernel.language.diff import TextDiff, diff_coarsely, diff_texts
from services.kernel.language.diff.alignment import align
from services.kernel.language.diff.words import is_figure, words_of

PROSE = st.text(alphabet="一二三四户人亩共已的，。；、 12.5%万１２\n\r（）a", max_size=120)


def marked(diff: TextDiff) -> list[str]:
    """The comparison as text: [-gone] [+come], ! where a figure changed."""
    signs = {"equal": "", "delete": "-", "insert": "+"}
    return [
        "".join(
            op.text if op.kind == "equal" else f"[{signs[op.kind]}{op.text}{'!' if op.has_changed_figure else ''}]"
            for op in paragraph.ops
        )
        for paragraph in diff.paragraphs
    ]


def changed_figures(before: str, after: str) -> list[tuple[str | None, str | None, str]]:
    return [(f.before, f.after, f.unit) for f in diff_texts(before, after).figures]


@given(before=PROSE, after=PROSE)
def test_both_texts_can_be_read_back_from_the_comparison(before: str, after: str) -> None:
    diff = diff_texts(before, after)
    assert diff.before == before
    assert diff.after == after
    for paragraph in diff.paragraphs:
        kept_or_gone = "".join(op.text for op in paragraph.ops if op.kind != "insert")
        kept_or_come = "".join(op.text for op in paragraph.ops if op.kind != "delete")
        assert kept_or_gone == (paragraph.before or "")
        assert kept_or_come == (paragraph.after or "")


@given(text=PROSE)
def test_a_text_compared_with_itself_has_no_change(text: str) -> None:
    diff = diff_texts(text, text)
    assert diff.change_count == 0
    assert diff.figures == ()
    assert all(op.kind == "equal" for paragraph in diff.paragraphs for op in paragraph.ops)


@given(before=PROSE, after=PROSE)
def test_neighbouring_ops_are_never_of_one_kind(before: str, after: str) -> None:
    for paragraph in diff_texts(before, after).paragraphs:
        kinds = [op.kind for op in paragraph.ops]
        assert all(one != two for one, two in pairwise(kinds))


@given(before=PROSE, after=PROSE)
def test_a_figure_that_changed_is_reported_and_marked(before: str, after: str) -> None:
    diff = diff_texts(before, after)
    for index, paragraph in enumerate(diff.paragraphs):
        told = {f.before for f in diff.figures if f.paragraph == index} | {
            f.after for f in diff.figures if f.paragraph == index
        }
        for op in paragraph.ops:
            if op.has_changed_figure:
                side = paragraph.before if op.kind == "delete" else paragraph.after
                assert any(figure and figure in (side or "") for figure in told)


@pytest.mark.parametrize(
    ("before", "after", "changed"),
    [
        ("转移一百二十六户", "转移一百六十二户", [("一百二十六", "一百六十二", "户")]),
        ("抢通道路12.5公里", "抢通道路12.5米", [("12.5公里", "12.5米", "")]),
        ("最低气温−3.2℃", "最低气温3.2℃", [("−3.2", "3.2", "℃")]),
        ("同比下降零下3.2度", "同比下降3.2度", [("零下3.2", "3.2", "度")]),
        ("整改率九成五", "整改率九成", [("九成五", "九成", "")]),
        ("发生3起事故", "发生三起事故", []),
        ("完成百分之九十五", "完成95%", []),
        ("完成百分之九十五", "完成９５‰", [("百分之九十五", "９５‰", "")]),
        ("受灾1.26万亩", "受灾12,600亩", []),
        ("投资3.5亿元", "投资3亿5000万元", []),
        ("投资3元", "投资3万元", [("3", "3万", "元")]),
        ("全长1.2公里", "全长1200米", []),
        ("转移126户", "转移126人", [("126户", "126人", "")]),
        ("占地3平方公里", "占地3公里", [("3平方公里", "3公里", "")]),
        ("提高2%", "提高2个百分点", [("2%", "2个百分点", "")]),
        ("二〇二五年", "2026年", [("二〇二五", "2026", "年")]),
        ("历时3个月", "截至3月", [("3个月", "3月", "")]),
        ("死亡两人", "死亡二人", []),
        ("死亡一人", "死亡三人", [("一", "三", "人")]),
        ("增长十二点五个百分点", "增长12.5个百分点", []),
        ("一个重点", "重点", []),
        ("统一思想，一起努力", "同意思想，共同努力", []),
        ("一、基本情况", "二、基本情况", []),
        ("气温-5℃至-3℃", "气温-5℃至3℃", [("-3", "3", "℃")]),
        ("9月20日-25日", "9月20日—26日", [("25", "26", "日")]),
    ],
)
def test_figures_are_compared_by_what_they_say(before: str, after: str, changed: list[tuple[str, str, str]]) -> None:
    assert changed_figures(before, after) == changed


@settings(max_examples=50)
@given(
    old=st.lists(st.sampled_from(["甲", "乙", "丙", "丁"]), max_size=12),
    new=st.lists(st.sampled_from(["甲", "乙", "丙", "戊"]), max_size=12),
)
def test_alignment_keeps_every_paragraph_in_its_order(old: list[str], new: list[str]) -> None:
    pairs = list(align(old, new))
    assert [one for one, _ in pairs if one is not None] == old
    assert [two for _, two in pairs if two is not None] == new


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("转移126户398人", ["转", "移", "126", "户", "398", "人"]),
        ("68.4毫米", ["68.4", "毫", "米"]),
        ("增长12.5%", ["增", "长", "12.5%"]),
        ("增长12.5％", ["增", "长", "12.5％"]),
        ("投资3万元", ["投", "资", "3万", "元"]),
        ("投资1,200万元", ["投", "资", "1,200万", "元"]),
        ("１２户", ["１２", "户"]),
        ("2026.11.24", ["2026.11.24"]),
        ("3，5", ["3", "，", "5"]),
        ("Y217线", ["Y", "217", "线"]),
    ],
)
def test_a_number_with_its_sign_is_one_word(text: str, words: list[str]) -> None:
    assert words_of(text) == words


def test_a_changed_number_is_shown_whole_with_its_unit() -> None:
    diff = diff_texts("群众126户398人转移。", "群众142户431人转移。")
    assert marked(diff) == ["群众[-126!][+142!]户[-398!][+431!]人转移。"]
    assert changed_figures(diff.before, diff.after) == [("126", "142", "户"), ("398", "431", "人")]


def test_a_single_character_between_two_changes_is_drawn_into_them() -> None:
    assert marked(diff_texts("他们正在路上抢修通道。", "他们已经路边疏散通道。")) == [
        "他们[-正在路上抢修][+已经路边疏散]通道。"
    ]


def test_a_number_between_two_changes_stays_because_it_did_not_change() -> None:
    diff = diff_texts("我们共查5处险情点位", "我们发现5个险情点位")
    assert marked(diff) == ["我们[-共查][+发现]5[-处][+个]险情点位"]
    assert diff.figures == ()


def test_an_insertion_begins_with_its_comma() -> None:
    assert marked(diff_texts("发现险情5处。", "发现险情5处，其中管涌1处。")) == ["发现险情5处[+，其中管涌1处!]。"]


def test_full_width_digits_are_another_spelling_not_another_figure() -> None:
    diff = diff_texts("转移１２户，１，２００人", "转移12户，１，２００人")
    assert marked(diff) == ["转移[-１２][+12]户，１，２００人"]
    assert diff.figures == ()


def test_a_figure_that_only_came_has_no_former_value() -> None:
    assert changed_figures("截至20时，已转移。", "截至20时30分，已转移。") == [(None, "30", "分")]


def test_figures_of_unequal_count_are_matched_by_their_unit() -> None:
    assert changed_figures("共3户9人", "共2个村4户9人") == [("3", "4", "户"), (None, "2", "个村")]


def test_a_new_paragraph_does_not_disturb_the_others() -> None:
    diff = diff_texts("第一段内容。\n第二段内容。", "第一段内容。\n插进来的话。\n第二段内容。")
    assert marked(diff) == ["第一段内容。", "[+插进来的话。]", "第二段内容。"]
    assert diff.change_count == 1


def test_a_rewritten_paragraph_meets_what_it_became_although_another_was_put_before_it() -> None:
    diff = diff_texts(
        "开头。\n受淹农田约1200亩，正在抢修。\n结尾。",
        "开头。\n另外说明一件不相干的事情。\n受淹农田约1240亩，正在抢通。\n结尾。",
    )
    assert marked(diff)[2] == "受淹农田约[-1200!][+1240!]亩，正在抢[-修][+通]。"


def test_a_paragraph_of_which_hardly_anything_stayed_is_replaced_whole() -> None:
    diff = diff_texts(
        "我乡全力应对强降雨确保人民群众生命财产安全",
        "龙潭乡强降雨致低洼区内涝 已转移群众142户431人",
    )
    assert [op.kind for op in diff.paragraphs[0].ops] == ["delete", "insert"]
    assert diff.change_count == 1


def test_is_figure_wants_the_whole_word() -> None:
    assert is_figure("12.5%")
    assert not is_figure("12户")


def prose(characters: int, paragraph: int) -> str:
    """Text whose characters recur as unevenly as in real prose."""
    text = "".join(chr(0x4E00 + (i * i * 7919 + i * 104729) % 2500) for i in range(characters))
    return "\n".join(text[i : i + paragraph] for i in range(0, characters, paragraph))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (prose(100_000, 300), prose(100_000, 300).replace("一", "二，")),
        (prose(100_000, 100_000), prose(100_000, 100_000)[::-1]),
        (prose(100_000, 2), prose(99_000, 2)[::-1]),
        ("一" * 100_000, "一" * 99_999),
        ("甲乙乙" * 33_000, "乙甲甲乙" * 25_000),
        ("甲乙丙。" * 25_000, "甲丙。乙" * 25_000),
        ("\n".join("甲乙丙丁" * 25_000), "\n".join("丁甲丙乙乙" * 20_000)),
        ("1" * 100_000, "2" * 100_000),
        ("\n" * 100_000, "\n甲" * 50_000),
    ],
    ids=[
        "edited",
        "one paragraph",
        "tiny paragraphs",
        "one character",
        "two characters",
        "short sentences",
        "repeated paragraphs",
        "one number",
        "empty paragraphs",
    ],
)
def test_a_hundred_thousand_characters_end_whatever_they_are(before: str, after: str) -> None:
    """Unbounded, one of these takes hours."""
    diff = diff_texts(before, after)
    assert (diff.before, diff.after) == (before, after)


@pytest.mark.parametrize(
    ("before", "after"),
    [("", ""), ("一", ""), ("", "\n"), ("头\n旧\n尾", "头\n新\n又\n尾"), ("头\n尾", "头\n\n尾"), ("\n" * 5, "\n")],
)
def test_a_coarse_comparison_gives_both_texts_back(before: str, after: str) -> None:
    diff = diff_coarsely(before, after)
    assert (diff.before, diff.after, diff.is_coarse) == (before, after, True)


def test_a_coarse_comparison_keeps_the_paragraphs_that_both_begin_and_end_with() -> None:
    assert marked(diff_coarsely("头\n旧\n尾", "头\n新\n尾")) == ["头", "[-旧]", "[+新]", "尾"]
