"""The whole matrix: role × unit scope × action × state, against what the office's rules say in words."""

from dataclasses import dataclass
from itertools import product
from uuid import UUID

import pytest

from services.kernel.language.refusal import NotPermitted
from services.kernel.language.vocabulary import InfoType, ReviewStatus, Role, UnitKind
from services.review.policy import NotInThisState, Standing, Verb, may_do, may_read, require

OWN, OTHER, OFFICE, ME = (UUID(int=n) for n in range(1, 5))


@dataclass(frozen=True)
class Somebody:
    """An officer as permission sees one."""

    unit_id: UUID
    unit_kind: UnitKind
    roles: frozenset[Role]
    officer_id: UUID = ME


PLACES = {
    "own": (OWN, UnitKind.BUREAU),
    "other": (OTHER, UnitKind.BUREAU),
    "hosted": (OTHER, UnitKind.HOSTED),
    "office": (OFFICE, UnitKind.HEAD_OFFICE),
}

# Written out by hand, apart from the code: verb → (role, place) → states.
_UNIT = {(role, "own") for role in ("clerk", "reviewer", "signer")}
_ALL = "to_check to_sign reported open kept selected returned declined adopted"
_HERE = "open kept selected returned declined adopted"
ALLOWED: dict[str, dict[tuple[str, str], str]] = {
    "read": {**dict.fromkeys(_UNIT, _ALL), **{(role, "office"): _HERE for role in ("editor", "chief", "leader")}},
    "check": {("reviewer", "own"): "to_check"},
    "sign": {("signer", "own"): "to_sign"},
    "receive": {("editor", "office"): _HERE},
    "edit": {("editor", "office"): "open kept selected adopted"},
    "ask": {("editor", "office"): "open kept selected"},
    "answer": dict.fromkeys(_UNIT, _ALL),
    "return": {("reviewer", "own"): "to_check", ("signer", "own"): "to_sign", ("editor", "office"): "open kept"},
    "decline": {("editor", "office"): "open kept"},
    "keep": {("editor", "office"): "open"},
    "reopen": {("editor", "office"): "kept"},
    "adopt": {("editor", "office"): "open kept selected declined adopted"},
    "unselect": {("editor", "office"): "selected", ("chief", "office"): "selected"},
    "propose_forward": {("editor", "office"): "open kept selected adopted"},
    "withdraw_forward": {("editor", "office"): _HERE, ("chief", "office"): _HERE},
    "sign_forward": {("chief", "office"): "open kept selected adopted"},
    "record_instruction": {
        (role, "office"): "open kept selected declined adopted" for role in ("editor", "chief", "leader")
    },
}


def item(status: ReviewStatus, *, is_here: bool = True, info_type: InfoType = InfoType.PROBLEM) -> Standing:
    return Standing(status=status, unit_id=OWN, info_type=info_type, is_here=is_here)


def somebody(role: Role | None, place: str) -> Somebody:
    return Somebody(*PLACES[place], frozenset({role} if role else ()))


def test_the_table_names_every_verb() -> None:
    assert set(ALLOWED) == {verb.value for verb in Verb}


@pytest.mark.parametrize("verb", list(Verb))
def test_nobody_may_more_than_the_table_says(verb: Verb) -> None:
    wrong = [
        (role, place, status)
        for role, place, status in product(Role, PLACES, ReviewStatus)
        if may_do(somebody(role, place), verb, item(status))
        != (status.value in ALLOWED[verb.value].get((role.value, place), "").split())
    ]
    assert wrong == []


@pytest.mark.parametrize("verb", list(Verb))
def test_the_office_has_no_say_in_what_has_not_come_to_it(verb: Verb) -> None:
    assert not any(
        may_do(somebody(role, "office"), verb, item(status, is_here=False))
        for role, status in product(Role, ReviewStatus)
    )


def test_without_a_role_nothing_is_allowed() -> None:
    cases = product(PLACES, Verb, ReviewStatus)
    assert not any(may_do(somebody(None, place), verb, item(status)) for place, verb, status in cases)


def test_duty_officers_of_the_office_read_emergencies_and_nothing_else() -> None:
    duty = somebody(Role.DUTY, "office")
    assert may_read(duty, item(ReviewStatus.OPEN, info_type=InfoType.EMERGENCY))
    assert not may_read(duty, item(ReviewStatus.OPEN))
    assert not may_read(somebody(Role.DUTY, "own"), item(ReviewStatus.OPEN, info_type=InfoType.EMERGENCY))


def test_a_refusal_says_whether_the_officer_or_the_state_is_in_the_way() -> None:
    with pytest.raises(NotPermitted):
        require(somebody(Role.CLERK, "other"), Verb.CHECK, item(ReviewStatus.TO_CHECK))
    with pytest.raises(NotPermitted, match="您的岗位"):
        require(somebody(Role.CLERK, "own"), Verb.CHECK, item(ReviewStatus.TO_CHECK))
    with pytest.raises(NotInThisState, match="待签发"):
        require(somebody(Role.REVIEWER, "own"), Verb.CHECK, item(ReviewStatus.TO_SIGN))
