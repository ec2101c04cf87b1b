"""Who may write an item, and which gaps stop it."""

import pytest

from services.intake.policy.access import may_write
from services.intake.policy.advice import advice, blockers
from services.kernel.language.field_error import FieldError
from services.kernel.language.vocabulary import InfoType, Role


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("info_type", [None, *InfoType])
def test_only_the_clerk_writes_and_the_duty_officer_emergencies(role: Role, info_type: InfoType | None) -> None:
    expected = role is Role.CLERK or (role is Role.DUTY and info_type is InfoType.EMERGENCY)
    assert may_write({role}, info_type) is expected


def test_what_every_item_needs_stops_it_and_what_its_type_needs_is_pointed_out() -> None:
    title = FieldError("title", "required", "请填写“标题”。")
    efforts = FieldError("own_efforts", "required", "请填写“已做工作”。")
    too_long = FieldError("own_efforts", "too_long", "最多5000字")
    early = FieldError("learned_at", "before_occurred", "早于事发时间")
    errors = [title, efforts, too_long, early]
    assert blockers(errors) == [title, too_long, early]
    assert advice(errors) == [efforts]
