"""Personal data and secrecy marks: found however they are written, and not where they are not."""

import pytest

from services.kernel.language.sensitive import find_sensitive


def kinds(text: str, *known: str) -> list[tuple[str, str]]:
    return [(found.kind, found.text) for found in find_sensitive(text, known_phones=known)]


@pytest.mark.parametrize(
    "mark",
    [
        "机密★", "秘密★1年", "绝密级", "机密 ★ 长期", "秘密 10年", "密级：机密", "绝密", "内部资料", "内部资料　注意保存",
        "内部文件", "内 部 使 用", "内部参考", "不得外传", "机-密★", "机密★一年",
    ],
)  # fmt: skip
def test_secrecy_marks_are_found(mark: str) -> None:
    assert {kind for kind, _ in kinds(f"云岭区\n{mark}\n正文。")} == {"secrecy_mark"}


@pytest.mark.parametrize(
    "text",
    [
        "不涉及国家秘密和工作秘密。", "司机密切关注路况", "做好保密工作", "加强内部管理和内部控制", "机密的事", "秘密级别由单位确定",
        "龙潭乡内部审计", "商业秘密", "联系电话0578-6123456", "统一社会信用代码11341702486344515H",
    ],
)  # fmt: skip
def test_words_of_ordinary_sentences_are_no_marks(text: str) -> None:
    assert kinds(text) == []


def test_numbers_of_persons_are_found_by_their_check_digit() -> None:
    text = "张三，身份证11010519491231002X，卡号4111 1111 1111 1111，电话１３８０５７８００００"
    assert [kind for kind, _ in kinds(text)] == ["id_card", "bank_card", "mobile_phone"]
    assert kinds("编号110105194912310021") == []


@pytest.mark.parametrize("known", ["13805780000", "138-0578-0000", "＋86 138 0578 0000", "8613805780000"])
def test_the_contacts_own_mobile_is_not_reported_and_anothers_is(known: str) -> None:
    assert kinds("联系人13805780000，另有13905780001", known) == [("mobile_phone", "13905780001")]
