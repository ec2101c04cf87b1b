"""What the reviewer is shown of a file: where each finding stands, and what nobody has read."""

from services.disclosure.policy import SensitiveWords
from services.disclosure.policy.hint import MOST_HINTS, hints_in, hints_in_file
from services.kernel.language.rulebooks import read_rules

WORDS = read_rules("words: [{hint: 内部事项, words: [内部资料]}]", SensitiveWords)


def test_each_finding_in_a_file_names_its_place_and_surroundings() -> None:
    passages = [("第1页", ""), ("第2页", "前文\n这是内部资料，请保存"), ("第3页", "内部资料")]
    hints = hints_in_file(passages, WORDS, ["第1页没有识别"])
    assert [hint.hint for hint in hints] == ["第1页没有识别", "内部事项", "内部事项"]
    assert [hint.place for hint in hints] == ["", "第2页", "第3页"]
    assert (hints[1].before, hints[1].text, hints[1].after) == ("这是", "内部资料", "，请保存")
    assert hints_in_file([], WORDS) == []


def test_more_findings_than_are_shown_are_counted() -> None:
    hints = hints_in_file([("第1段", "内部资料，" * (MOST_HINTS + 7))], WORDS)
    assert (len(hints), hints[-1].hint) == (MOST_HINTS + 1, "另有7处没有列出，请通读全文")
    assert len(hints_in("内部资料，" * 99, WORDS)) == MOST_HINTS


def test_a_word_does_not_run_over_from_one_place_to_the_next() -> None:
    assert hints_in_file([("第1行", "内部"), ("第2行", "资料")], WORDS) == []
