"""What the portal makes of texts: excerpts, the header's lines, and the node's names in its standing texts."""

from pathlib import Path

import pytest

from services.disclosure.pages.portal import laid_out
from services.disclosure.policy import HeaderRow
from services.disclosure.policy.excerpt import MOST_WORDS, SEARCHED, Snippet, excerpt, marked
from services.disclosure.policy.guide import Guide
from services.disclosure.policy.index_rules import IndexRules
from services.kernel.language.rulebooks import RuleFileIsInvalid, read_rules

DEFAULTS = Path(__file__).parents[3] / "services" / "disclosure" / "defaults"
GUIDE = (DEFAULTS / "guide.yaml").read_text(encoding="utf-8")


def test_an_excerpt_shows_the_place_that_was_searched_for() -> None:
    found = excerpt("前" * 100 + "塘坝清淤" + "后" * 200, "塘坝")
    assert found[0] == Snippet("…")
    assert Snippet("塘坝", is_hit=True) in found
    assert found[-1] == Snippet("…")


def test_an_excerpt_of_a_word_that_stands_only_elsewhere_is_the_beginning() -> None:
    assert excerpt("今冬整治渠道。", "云政办规") == [Snippet("今冬整治渠道。")]


def test_signs_in_a_query_are_no_pattern() -> None:
    assert excerpt("渠道(42公里)", "(42*") == [Snippet("渠道("), Snippet("42", is_hit=True), Snippet("公里)")]
    assert marked("渠道", ".*") == [Snippet("渠道")]


def test_letters_are_found_in_any_case() -> None:
    assert Snippet("pdf", is_hit=True) in excerpt("附件为pdf格式", "PDF")


def test_full_width_letters_find_what_stands_in_ordinary_ones_and_the_other_way_round() -> None:
    assert Snippet("PDF2", is_hit=True) in excerpt("附件为PDF2格式", "ｐｄｆ２")
    assert Snippet("ＰＤＦ２", is_hit=True) in excerpt("附件为ＰＤＦ２格式㎡", "pdf2")


def test_the_earliest_word_is_shown_and_characters_that_fold_into_several_move_nothing() -> None:
    found = excerpt("ﬁ㎡ß" * 100 + "渠道" + "水" * 300 + "塘坝", "塘坝 渠道")
    assert Snippet("渠道", is_hit=True) in found
    assert Snippet("塘坝", is_hit=True) not in found


def test_a_search_looks_for_few_words_in_the_beginning_of_a_text() -> None:
    far = "水" * SEARCHED + "塘坝"
    assert [piece for piece in excerpt(far, "塘坝") if piece.is_hit] == []
    many = "甲 乙 丙 丁 戊 己 庚 辛 壬 癸 子丑"
    hits = {piece.text for piece in marked(many, many) if piece.is_hit}
    assert len(hits) == MOST_WORDS
    assert "子丑" in hits


def rows(*fields: str) -> list[HeaderRow]:
    return [HeaderRow(field, field, "文") for field in fields]


@pytest.mark.parametrize(
    ("fields", "wide"),
    [
        (("index_no", "subject", "title"), ["title"]),
        (("index_no", "title", "document_no", "published_at"), ["index_no", "title"]),
        (("index_no", "subject", "validity"), ["validity"]),
        (("title",), ["title"]),
        ((), []),
    ],
)
def test_a_row_left_alone_on_its_line_takes_all_of_it(fields: tuple[str, ...], wide: list[str]) -> None:
    assert [row.field for row, is_wide in laid_out(rows(*fields)) if is_wide] == wide


def test_the_guide_names_the_node_and_everything_the_law_asks_for() -> None:
    guide = read_rules(GUIDE, Guide).named(government="云岭区人民政府", office="云岭区人民政府办公室")
    text = "".join(passage.text for passage in (*guide.guide, *guide.rules, *guide.requests))
    assert "{" not in text
    assert "云岭区人民政府办公室" in text
    assert guide.contact.rows == [("工作机构", "云岭区人民政府办公室")]
    # 政府信息公开条例 第十二条: classification, arrangement, ways to obtain.
    headings = "".join(passage.heading for passage in guide.guide)
    assert all(word in headings for word in ("哪些", "编排", "取得"))


def test_a_guide_with_an_unknown_field_is_refused_by_name() -> None:
    with pytest.raises(RuleFileIsInvalid, match="telephone"):
        read_rules(GUIDE.replace("contact: {", "contact: {telephone: '1', "), Guide)


def test_a_wrong_template_of_index_numbers_is_refused_in_words() -> None:
    with pytest.raises(RuleFileIsInvalid, match="serial"):
        read_rules('template: "{org_code}/{yyyy}"', IndexRules)


def test_what_the_file_says_comes_before_what_the_directory_says() -> None:
    rules = read_rules('{template: "{org_code}-{yyyy}-{serial:04d}", org_code: "11341702486344515H"}', IndexRules)
    assert rules.codes(org_code="00410100", is_head_office=True, cat_code="0502").org_code == "11341702486344515H"
    assert IndexRules().codes(org_code="00410100", is_head_office=True, cat_code="0502").org_code == "00410100"
