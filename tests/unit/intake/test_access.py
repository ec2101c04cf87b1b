"""Who may write and read an item, and which gaps stop it."""

import itertools

import pytest

from services.intake.policy.access import may_read, may_write
from services.intake.policy.advice import advice, blockers
from services.kernel.language.field_error import FieldError
from services.kernel.language.vocabulary import InfoType, Role, UnitKind
from services.kernel.runtime.identifiers import derived_id

OWN, OTHER = derived_id("own"), derived_id("other")
HANDLERS = {Role.EDITOR, Role.CHIEF, Role.LEADER, Role.DUTY, Role.PUBLISHER, Role.SECRECY}


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("info_type", [None, *InfoType])
def test_only_the_clerk_writes_and_the_duty_officer_emergencies(role: Role, info_type: InfoType | None):
    expected = role is Role.CLERK or (role is Role.DUTY and info_type is InfoType.EMERGENCY)
    assert may_write({role}, info_type) is expected


@pytest.mark.parametrize(
    ("role", "kind", "is_own", "has_come"),
    list(itertools.product(Role, UnitKind, [True, False], [True, False])),
)
def test_an_item_is_read_by_its_unit_and_where_it_came_by_those_who_handle_it(role, kind, is_own, has_come):
    may = may_read(
        roles={role}, unit_id=OWN, unit_kind=kind, item_unit_id=OWN if is_own else OTHER,
        item_nodes=["district"] if has_come else [], node="district",
    )  # fmt: skip
    assert may is (is_own or (has_come and kind is UnitKind.HEAD_OFFICE and role in HANDLERS))


def test_what_every_item_needs_stops_it_and_what_its_type_needs_is_pointed_out():
    title = FieldError("title", "required", "请填写“标题”。")
    efforts = FieldError("own_efforts", "required", "请填写“已做工作”。")
    too_long = FieldError("own_efforts", "too_long", "最多5000字")
    early = FieldError("learned_at", "before_occurred", "早于事发时间")
    errors = [title, efforts, too_long, early]
    assert blockers(errors) == [title, too_long, early]
    assert advice(errors) == [efforts]
