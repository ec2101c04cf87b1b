"""Commands of the directory: what is wrong with an input is said in the words of forms."""

import pytest

from services.directory.cli import _checked
from services.directory.model import NewUnit
from services.kernel.language.refusal import InvalidInput
from services.kernel.language.vocabulary import UnitKind


@pytest.mark.parametrize(("name", "said"), [("", "请填写全称。"), ("长" * 500, "全称最多 ")])
def test_a_command_says_what_a_form_would_say(name: str, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        _checked(NewUnit, name=name, kind=UnitKind.BUREAU)
