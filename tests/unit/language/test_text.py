"""Text from forms, files and other programs, cleaned at the door."""

import time
import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kernel.language.text import MOST_MARKS, TextNotEncodable, clean_line, clean_text

# Without surrogates, which are refused, text may hold anything.
any_text = st.text(st.characters(exclude_categories=["Cs"]))


@pytest.mark.parametrize(
    ("dirty", "clean"),
    [
        ("一\r\n二\r三\u2028四\x0b五", "一\n二\n三\n四\n五"),
        ("水\x00库\x07漏\x1b[31m水", "水库漏[31m水"),
        ("正文\u200b里的\ufeff零宽\u202e字符", "正文里的零宽字符"),
        ("\u3000\u3000段首空两格  \n下一段\t", "\u3000\u3000段首空两格\n下一段"),
        ("列\t表", "列\t表"),
        ("e\u0301", "é"),
        ("\n\n首尾空行\n\n", "首尾空行"),
        ("一\uffff二\ufdd0三", "一二三"),
        ("<script>{{ 7*7 }}</script> & %s", "<script>{{ 7*7 }}</script> & %s"),
        ("𠮷野家👨\u200d👩", "𠮷野家👨\u200d👩"),
        ("☎\ufe0f❤\ufe0f\u200d🔥👍🏽", "☎\ufe0f❤\ufe0f\u200d🔥👍🏽"),
        ("ᠮᠣᠩᠭᠣᠯ\u180b ᠪᠠᠶᠢᠨ\u180eᠠ", "ᠮᠣᠩᠭᠣᠯ\u180b ᠪᠠᠶᠢᠨ\u180eᠠ"),
        ("葛\U000e0100城", "葛城"),
    ],
)
def test_what_hides_or_breaks_goes_and_what_was_written_stays(dirty: str, clean: str) -> None:
    assert clean_text(dirty) == clean


NOBODY_SEES = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u180b\u180e\u200b\u200c\u200d\u200e\u202e\u2060\u2063\u2066\u206f\u2800\u3164"
    "\ufe00\ufe0e\ufe0f\ufeff\uffa0\ufff9\U0001d173\U000e0001\U000e0041\U000e007f\U000e0100\U000e01ef"
)


@pytest.mark.parametrize("unseen", NOBODY_SEES, ids=ascii)
def test_nothing_unseen_stands_between_two_characters(unseen: str) -> None:
    assert clean_text(f"绝{unseen}密") == "绝密"
    assert clean_text(f"绝{unseen}{unseen}密1{unseen}2☎{unseen}{unseen}密").replace("\ufe0e", "").replace(
        "\ufe0f", ""
    ) == ("绝密12☎密")


@pytest.mark.parametrize("text", ["\ud800", "报告\udfff正文"])
def test_a_lone_surrogate_is_refused_and_not_guessed(text: str) -> None:
    with pytest.raises(TextNotEncodable) as refused:
        clean_text(text)
    assert (refused.value.status, refused.value.code) == (422, "text_not_encodable")


def test_a_character_carries_as_many_marks_as_scripts_need() -> None:
    assert clean_text("e" + "\u0316" * 40 + "x") == "e" + "\u0316" * MOST_MARKS + "x"


@pytest.mark.parametrize("piece", [" ", "\t", "\r", "\u0301\u0316", " \n", "a\u0316", "\u3000"])
def test_a_longer_text_takes_longer_by_its_length_alone(piece: str) -> None:
    def cost(times: int) -> float:
        """In seconds of the processor, at best: what else runs on the machine is not counted."""
        text = f"汉{piece * times}字"
        return min(timed(lambda: clean_line(text)) for _ in range(3))

    assert cost(160_000) < 100 * max(cost(10_000), 0.001)  # the square would be 256 times as much


def timed(act: Callable[[], object]) -> float:
    before = time.process_time()
    act()
    return time.process_time() - before


def test_a_line_has_no_breaks_and_no_blanks_around_it() -> None:
    assert clean_line("  关于防汛\r\n物资的\t报告 \n") == "关于防汛 物资的 报告"


@given(any_text)
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    once = clean_text(text)
    assert clean_text(once) == once
    assert clean_line(clean_line(text)) == clean_line(text)


@given(any_text)
def test_clean_text_can_be_stored_and_printed(text: str) -> None:
    clean = clean_text(text)
    clean.encode()
    assert unicodedata.is_normalized("NFC", clean)
    assert all(char in "\n\t" or unicodedata.category(char) != "Cc" for char in clean)
