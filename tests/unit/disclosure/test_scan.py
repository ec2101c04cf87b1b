"""Hints for the reviewer: what to look at twice."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.disclosure.policy import (
    SensitiveWords,
    is_id_card_number,
    scan_text,
)
from services.kernel.language.rulebooks import RuleFileIsInvalid, read_rules

WORDS = read_rules(Path("services/disclosure/defaults/sensitive_words.yaml").read_text("utf-8"), SensitiveWords)


def hits(text: str, words: SensitiveWords = WORDS) -> list[tuple[str, str]]:
    return [(finding.kind, finding.text) for finding in scan_text(text, words)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("本文件为内部资料，注意保存。", ["内部资料", "注意保存"]),
        ("机密★一年", ["机密★"]),
        ("机　密 资料", ["机　密"]),
        ("做好保\n密工作", []),
        ("定为绝密级", ["绝密"]),
        ("龙潭乡完成冬修水利工程12处。", []),
        ("", []),
    ],
)
def test_words_are_found_even_when_spaced_out(text: str, found: list[str]) -> None:
    assert [hit for _, hit in hits(text)] == found


@pytest.mark.parametrize(
    ("number", "is_valid"),
    [
        ("11010519491231002X", True),  # the example of GB 11643-1999
        ("11010519491231002x", True),
        ("440524188001010014", True),  # the other example of GB 11643-1999
        ("110105194912310021", False),
        ("110105194913310027", False),
        ("11010519491231002", False),
        ("abcdefghijklmnopqr", False),
    ],
)
def test_a_citizens_number_needs_a_date_and_its_check_digit(number: str, is_valid: bool) -> None:
    assert is_id_card_number(number) is is_valid


def test_numbers_of_persons_are_found_and_shown_masked() -> None:
    text = "申请人身份证号１１０１０５１９４９１２３１００２Ｘ，电话138 0578-0000。"
    card, phone = scan_text(text, WORDS)
    assert (card.kind, card.masked) == ("id_card", "１１０***********００２Ｘ")
    assert (phone.kind, phone.text) == ("mobile_phone", "138 0578-0000")
    assert "0578-0000" not in phone.masked
    assert text[card.start : card.end] == card.text


@pytest.mark.parametrize(
    "text",
    [
        "编号110105194912310021",  # wrong check digit
        "订单2026138057800001234",  # digits around it
        "固定电话0578-6123456",
        "投入13800000元，受益12600户",
        "统一社会信用代码11341702486344515H",
    ],
)
def test_other_numbers_are_left_alone(text: str) -> None:
    assert hits(text) == []


def test_a_pattern_without_hint_is_switched_off() -> None:
    assert hits("电话13805780000", SensitiveWords()) == []


def test_every_finding_says_why() -> None:
    assert all(finding.hint for finding in scan_text("机密 13805780000", WORDS))


@pytest.mark.parametrize("text", ["words: [{hint: x, words: [' ']}]", "words: [{words: [a]}]", "wrods: []"])
def test_a_word_list_with_mistakes_is_refused(text: str) -> None:
    with pytest.raises(RuleFileIsInvalid):
        read_rules(text, SensitiveWords)


@given(st.text())
def test_any_text_can_be_scanned_and_findings_stand_where_they_say(text: str) -> None:
    for finding in scan_text(text + "绝密" + text, WORDS):
        assert (text + "绝密" + text)[finding.start : finding.end] == finding.text


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("账号4111 1111 1111 1111", ["4111 1111 1111 1111"]),  # the test number that payment services give out
        ("卡号３７８２８２２４６３１０００５０", []),  # 16 digits, wrong check digit
        ("账号4111-1111-1111-1112", []),
        ("资金4111111111111111万元", ["4111111111111111"]),
        ("11010519491231002X", []),
        ("1234567890123456", []),
    ],
)
def test_a_bank_card_is_known_by_its_check_digit(text: str, found: list[str]) -> None:
    assert [hit for kind, hit in hits(text) if kind == "bank_card"] == found


def test_a_number_of_a_citizen_is_no_bank_card_too() -> None:
    # Made so that it ends in the check digits of both.
    assert [kind for kind, _ in hits("440524199003070153")] == ["id_card"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("绝-密", "绝-密"), ("绝·密", "绝·密"), ("绝－密", "绝－密"), ("绝—密", "绝—密"), ("绝*_密", "绝*_密"),
        ("绝\u200d密", "绝\u200d密"), ("绝\u3164密", "绝\u3164密"), ("绝\u2800密", "绝\u2800密"), ("绝\ufe0f密", "绝\ufe0f密"),
        ("绝\U000e0041密", "绝\U000e0041密"), ("绝\u0336密", "绝\u0336密"), ("定为机 - 密的", "机 - 密"),
        ("证号110105-19491231-002X", "110105-19491231-002X"), ("证号110105 1949 1231 002X", "110105 1949 1231 002X"),
        ("证号1 1 0 1 0 5 1 9 4 9 1 2 3 1 0 0 2 X", "1 1 0 1 0 5 1 9 4 9 1 2 3 1 0 0 2 X"),
        ("第3-110105194912\u200b31002X号", "110105194912\u200b31002X"),
        ("138.1234.5678", "138.1234.5678"), ("138·1234·5678", "138·1234·5678"), ("138 - 1234 - 5678", "138 - 1234 - 5678"),
        ("1-3-8-1-2-3-4-5-6-7-8", "1-3-8-1-2-3-4-5-6-7-8"), ("+86.138.1234.5678", "138.1234.5678"),
        ("6000 4111.1111.1111.1111", "4111.1111.1111.1111"),
    ],
)  # fmt: skip
def test_signs_and_blanks_inside_hide_neither_a_word_nor_a_number(text: str, found: str) -> None:
    assert [hit for _, hit in hits(text)] == [found]


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-24", "2026.11.24 13:00—17:30", "2026/11/24", "1949-12-31", "2020—2025年",
        "0578-6123456-8012", "0871-63812345转801", "咨询电话：0578-6123456、6123457",
        "13,800,000.00元", "138.12万元、3456.78万元", "138、1234、5678户", "15 32 48 60 71 9", "1500-3000元",
        "云政办发〔2026〕138号", "云政办规-2026-1234", "00410100/2026-00002", "11341702486344515H", "110105194912310021",
        "司机，密切关注", "司机——密切关注", "司机。密切关注", "保，密", "1.2.3.1 3.4.5.6.7.8", "K138+1234.5678",
    ],
)  # fmt: skip
def test_dates_telephones_of_offices_amounts_and_document_numbers_raise_nothing(text: str) -> None:
    assert hits(text) == []


def test_a_word_of_signs_alone_finds_nothing() -> None:
    assert hits("甲-乙 丙", read_rules("words: [{hint: 甲, words: ['-']}]", SensitiveWords)) == []
