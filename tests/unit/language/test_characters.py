"""Characters as they are meant."""

import pytest

from services.kernel.language.characters import fold, is_printable
from services.kernel.language.plain import is_plain_line
from services.kernel.language.text import clean_line, clean_text


@pytest.mark.parametrize(
    ("looks", "meant"), [("\u2ecb辆", "车辆"), ("\u2f00\u2f8f", "一行"), ("\u2ef0潭", "龙潭"), ("车辆", "车辆")]
)
def test_a_radical_becomes_the_character_that_it_looks_like(looks: str, meant: str) -> None:
    assert clean_line(looks) == meant
    assert clean_text(clean_text(looks)) == meant


@pytest.mark.parametrize(
    "name", ["\U0002ebf0某", "\U00031350", "\U0002b740", "陈䶮", "阿依古丽·买买提", "扎西•次仁", "ئۇيغۇر", "བོད"]
)
def test_every_name_that_people_have_is_printable(name: str) -> None:
    assert all(map(is_printable, name))
    assert is_plain_line(name, 20)


@pytest.mark.parametrize("char", ["\u202e", "\x07", "\ue000", "\U00033480", "\u0378"])
def test_what_nobody_sees_or_knows_is_not(char: str) -> None:
    assert not is_printable(char)


def test_digits_and_dashes_of_every_kind_fold_into_one() -> None:
    assert fold("０４７１－６１２–３—４−５‐６（办）") == "0471-612-3-4-5-6(办)"
