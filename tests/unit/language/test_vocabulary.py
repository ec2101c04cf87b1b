"""The words that officers read, and the codes that machines keep."""

import json

import pytest

from services.kernel.language.vocabulary import (
    VOCABULARIES,
    InfoType,
    Level,
    ReviewOutcome,
    ReviewStatus,
    Word,
    vocabulary,
)

PROMISED = {
    "info_types", "return_reasons", "decline_reasons", "adoption_modes", "disclosure_attributes",
    "review_outcomes", "roles", "levels", "systems", "periodical_kinds", "sign_modes",
    "share_modes", "leader_ranks", "intake_statuses", "review_statuses",
}  # fmt: skip


def test_every_list_that_the_api_promises_is_there() -> None:
    assert set(VOCABULARIES) >= PROMISED


@pytest.mark.parametrize("name", sorted(VOCABULARIES))
def test_every_word_has_a_code_of_its_own_and_a_chinese_label(name: str) -> None:
    words = vocabulary(name)
    assert len({word["code"] for word in words}) == len(words)
    assert len({word["label"] for word in words}) == len(words)
    assert all(any("一" <= char <= "鿿" for char in word["label"]) for word in words)


@pytest.mark.parametrize("kind", VOCABULARIES.values(), ids=lambda kind: kind.__name__)
def test_a_word_is_its_code_wherever_it_is_written(kind: type[Word]) -> None:
    for word in kind:
        assert kind(word.value) is word
        assert str(word) == f"{word}" == word.value
        assert json.loads(json.dumps(word)) == word.value


def test_an_unknown_list_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        vocabulary("colours")


def test_only_emergencies_are_urgent() -> None:
    assert [kind for kind in InfoType if kind.is_urgent] == [InfoType.EMERGENCY]


def test_four_types_never_become_public() -> None:
    closed = {kind for kind in InfoType if not kind.is_disclosable}
    assert closed == {"problem", "early_warning", "emergency", "public_opinion"}


def test_levels_rank_from_township_to_nation() -> None:
    assert sorted(Level, key=lambda level: level.rank) == [
        "township", "county", "city", "province", "national",
    ]  # fmt: skip


def test_a_level_is_named_once_also_before_what_it_did() -> None:
    assert [level.grade for level in Level] == ["乡镇级", "区县级", "市级", "省级", "国家级"]


def test_the_words_for_taken_and_not_taken_are_those_of_the_offices() -> None:
    assert ReviewStatus.DECLINED.label == "未采用"
    assert ReviewStatus.SELECTED.label == "拟采用"
    assert all("不采用" not in word["label"] for name in VOCABULARIES for word in vocabulary(name))


def test_only_two_outcomes_let_a_text_out() -> None:
    assert {outcome for outcome in ReviewOutcome if outcome.permits_publication} == {
        "open", "open_after_redaction",
    }  # fmt: skip
