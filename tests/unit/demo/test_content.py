"""The demo's items are what offices would send: complete, of several types, of a readable length."""

from collections import Counter

import pytest

from deploy.demo.content import BUREAU_ITEMS, TOWNSHIP_ITEMS, amended_body_of, draft_of, items_of
from services.intake.policy import missing_for_submit
from services.kernel.language.text import clean_text

NAMES = [*items_of(TOWNSHIP_ITEMS), *items_of(BUREAU_ITEMS)]
LEFT_AS_DRAFT = "road_draft"


@pytest.mark.parametrize("name", [name for name in NAMES if name != LEFT_AS_DRAFT])
def test_an_item_can_be_submitted_as_it_stands(name: str) -> None:
    draft = draft_of(name)
    assert missing_for_submit(draft) == []
    assert 200 <= len(draft["body"]) <= 900
    assert clean_text(draft["body"]) == draft["body"]


def test_there_are_a_dozen_items_of_many_types_and_no_two_are_called_alike() -> None:
    drafts = [draft_of(name) for name in NAMES]
    assert len(drafts) >= 12
    assert len(Counter(draft["info_type"] for draft in drafts)) >= 8
    assert len({draft["title"] for draft in drafts}) == len(drafts)


def test_the_returned_item_comes_back_with_more_figures() -> None:
    def figures(text: str) -> int:
        return sum(character.isdigit() for character in text)

    assert figures(amended_body_of("grid_terraces")) > 2 * figures(draft_of("grid_terraces")["body"])
