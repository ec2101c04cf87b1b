"""Hints whether an analytic item has 情况、分析、预测、建议."""

import pytest

from services.intake.policy import four_part_hints
from services.kernel.language.vocabulary import InfoType

FULL = """截至11月20日，龙潭乡上坪水库坝体出现渗漏点3处，下游有农户126户、农田1800亩，汛期以来水位一直偏高。
一、主要原因
水库建于1974年，坝体老化严重，近十年没有做过系统加固。由于乡级财力有限，日常维护只能应付小修小补。
二、趋势研判
如不及时处理，明年汛期渗漏点可能会扩大，预计受影响农户将增加到300户以上，存在溃坝的后果。
三、有关建议
建议区水利局组织专业力量开展安全鉴定，把上坪水库列入明年除险加固计划，并先行拨付应急资金。"""


def fullness(body: str, info_type: InfoType = InfoType.PROBLEM) -> dict[str, str]:
    return {hint.label: hint.fullness for hint in four_part_hints(info_type, body)}


def test_a_full_item_gets_no_advice() -> None:
    assert fullness(FULL) == dict.fromkeys(["情况", "分析", "预测", "建议"], "present")
    assert not any(hint.message for hint in four_part_hints(InfoType.PROBLEM, FULL))


def test_what_is_missing_or_thin_is_named() -> None:
    found = fullness(
        "水库坝体渗漏，目前下游有农户126户、农田1800亩，汛期以来水位一直偏高，群众反映强烈，十分担心。建议加固。"
    )
    assert found == {"情况": "present", "分析": "absent", "预测": "absent", "建议": "thin"}
    messages = {hint.label: hint.message for hint in four_part_hints(InfoType.PROBLEM, "建议加固。")}
    assert messages["建议"] == "“建议”部分只有5字，可以再充实一些。"
    assert messages["分析"] == "没有看到“分析”部分，请考虑补充。"


def test_a_heading_gives_its_part_to_the_sentences_below_it() -> None:
    body = (
        "一、有关建议\n" + "把上坪水库列入明年除险加固计划，先行拨付应急资金，并由区里统一组织安全鉴定和施工招标工作。"
    )
    assert fullness(body)["建议"] == "present"


def test_an_empty_body_lacks_everything() -> None:
    assert set(fullness("").values()) == {"absent"}


@pytest.mark.parametrize("info_type", [InfoType.DYNAMIC, InfoType.EMERGENCY, None])
def test_other_types_are_left_alone(info_type: InfoType | None) -> None:
    assert four_part_hints(info_type, FULL) == []
