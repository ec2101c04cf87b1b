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


@pytest.mark.parametrize("place", PLACES)
def test_duty_officers_read_emergencies_of_their_unit_and_their_office_and_answer_those_of_their_unit(
    place: str,
) -> None:
    duty, urgent = somebody(Role.DUTY, place), item(ReviewStatus.OPEN, info_type=InfoType.EMERGENCY)
    assert may_read(duty, urgent) is (place in {"own", "office"})
    assert [verb for verb in Verb if may_do(duty, verb, urgent)] == ([Verb.ANSWER] if place == "own" else [])
    assert not may_read(duty, item(ReviewStatus.OPEN))
    assert not any(may_do(duty, verb, item(status)) for verb, status in product(Verb, ReviewStatus))
    to_check = item(ReviewStatus.TO_CHECK, is_here=False, info_type=InfoType.EMERGENCY)
    assert may_read(duty, to_check) is (place == "own")


def test_roles_of_one_officer_add_up_and_never_multiply() -> None:
    """What two roles give is what each of them gives: none lends another its place or its state."""
    for place, one, other in product(PLACES, Role, Role):
        both = Somebody(*PLACES[place], frozenset({one, other}))
        for verb, status, kind in product(Verb, ReviewStatus, (InfoType.PROBLEM, InfoType.EMERGENCY)):
            standing = item(status, info_type=kind)
            alone = [may_do(somebody(role, place), verb, standing) for role in (one, other)]
            assert may_do(both, verb, standing) is any(alone), (place, one, other, verb, status)


def test_a_refusal_says_whether_the_officer_or_the_state_is_in_the_way() -> None:
    with pytest.raises(NotPermitted):
        require(somebody(Role.CLERK, "other"), Verb.CHECK, item(ReviewStatus.TO_CHECK))
    with pytest.raises(NotPermitted, match="您的岗位"):
        require(somebody(Role.CLERK, "own"), Verb.CHECK, item(ReviewStatus.TO_CHECK))
    with pytest.raises(NotInThisState, match="待签发"):
        require(somebody(Role.REVIEWER, "own"), Verb.CHECK, item(ReviewStatus.TO_SIGN))
