"""Telephone numbers as offices write them."""

import pytest

from services.kernel.language.phones import is_phone


@pytest.mark.parametrize(
    "phone",
    ["13805780000", "138 0578 0000", "0578-6123456", "(0578)6123456转801", "+86 138-0578-0000", "６１２３４５６", "661234", "12345",
     "0471-6123456、6123457", "0471–6123456", "（0471）6123456", "0471-6123456转801", "6123456（办）", "内线801", "#801",
     "０４７１－６１２３４５６", "0471−6123456", "0471—6123456", "6123456转801、802", "6123456-801", "办公室：6123456",
     "13800000000（张三）、6123456（办）", "0471-6123456/6123457", "6123456 13800000000", "0471 - 6123456", "6123456 转 801"],
)  # fmt: skip
def test_the_ways_officers_write_a_phone_number_are_accepted(phone: str) -> None:
    assert is_phone(phone)


@pytest.mark.parametrize(
    "phone",
    [
        "",
        "没有",
        "1234",
        "chen@example.cn",
        "1" * 21,
        "138057800o0",
        "-----",
        "转",
        "2026年11月",
        "3户5人",
        "内线",
        "1" * 500,
    ],
)
def test_what_is_no_phone_number_is_not(phone: str) -> None:
    assert not is_phone(phone)
