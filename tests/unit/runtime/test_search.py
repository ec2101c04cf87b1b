"""How text is cut into the terms it is found by."""

from hypothesis import given
from hypothesis import strategies as st

from services.kernel.runtime.storing.search import Term, query_terms, terms_of


def test_a_han_run_becomes_its_pairs_and_its_last_character() -> None:
    assert terms_of("排涝泵站") == sorted(["排涝", "涝泵", "泵站", "站"])


def test_letters_and_numbers_become_whole_words_in_lower_case() -> None:
    assert terms_of("GDP 增长4.2%") == sorted(["gdp", "增长", "长", "4.2"])


def test_full_width_letters_and_figures_are_the_same_words() -> None:
    assert query_terms("ＧＤＰ１４２") == [Term("gdp", is_prefix=True), Term("142", is_prefix=True)]


def test_a_number_is_found_by_its_beginning() -> None:
    [asked] = query_terms("386")
    assert any(term.startswith(asked.text) for term in terms_of("挂牌3860亩"))
    assert asked.is_prefix


def test_one_character_is_asked_as_the_beginning_of_a_pair() -> None:
    assert query_terms("涝") == [Term("涝", is_prefix=True)]


def test_two_characters_are_asked_as_one_pair() -> None:
    assert query_terms("排涝") == [Term("排涝")]


def test_punctuation_and_markup_alone_ask_for_nothing() -> None:
    assert query_terms('《》"*{{ }}<>') == []


def test_rare_characters_of_names_are_han_too() -> None:
    assert query_terms("𬭊𫖮") == [Term("𬭊𫖮")]


@given(st.text(alphabet="排涝泵站 a1，。", max_size=30), st.integers(0, 30), st.integers(1, 6))
def test_a_text_is_found_by_every_piece_of_itself(text: str, start: int, length: int) -> None:
    kept = terms_of(text)
    for piece in text[start : start + length].split():
        han_only = [run for run in query_terms(piece) if not run.text.isascii()]
        for term in han_only:
            assert term.text in kept or (term.is_prefix and any(one.startswith(term.text) for one in kept))
