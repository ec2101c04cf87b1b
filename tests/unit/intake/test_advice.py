"""What is pointed out before an item is handed in, and never stands in the way."""

from services.intake.policy.advice import advice, sensitive
from services.kernel.language.field_error import FieldError

BODY = "张某（身份证号 11010519491231002X）于8月12日在3号泵站受伤，联系电话13800138000。"


def test_personal_data_in_the_text_is_pointed_out_without_being_repeated() -> None:
    [line] = sensitive({"title": "泵站老化", "body": BODY, "author_phone": "0578-1234567"})
    assert (line.field, line.code) == ("body", "sensitive")
    assert "居民身份证号码" in line.message
    assert "手机号码" in line.message
    assert "11010519491231002X" not in line.message


def test_the_contacts_own_number_is_no_finding() -> None:
    assert sensitive({"body": "联系人电话13800138000。", "author_phone": "138 0013 8000"}) == []


def test_a_mark_of_secrecy_is_found_in_any_text_of_the_item() -> None:
    [line] = sensitive({"body": "正文。", "measures": "机密★10年"})
    assert line.field == "measures"


def test_a_gap_that_every_type_has_is_no_advice() -> None:
    needed = FieldError("body", "required", "请填写“正文”。")
    assert advice([needed]) == []
