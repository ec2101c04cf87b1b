"""Who stands at the doors: one officer in each seat with each role, some with several roles, and whose the items are."""

from __future__ import annotations

from dataclasses import dataclass

from services.directory.policy.units import roles_open_to
from services.kernel.language.vocabulary import InfoType, Role, UnitKind
from services.kernel.runtime.web.identity import Officer
from tests.support.service import officer

UNITS = {
    "office": ("district", "云岭区人民政府办公室", UnitKind.HEAD_OFFICE),
    "unit": ("water", "云岭区水利局", UnitKind.BUREAU),
    "other": ("roads", "云岭区交通局", UnitKind.BUREAU),
    "hosted": ("hosted", "松坪乡", UnitKind.HOSTED),
}
"""Where officers sit: the node's office, the unit whose the objects are, another bureau, a hosted unit."""

AUTHOR = officer(Role.CLERK, name="作者", unit="water", kind=UnitKind.BUREAU)
MOVED = officer(Role.CLERK, Role.SIGNER, name="调出的合写人", unit="roads", kind=UnitKind.BUREAU)
"""Named as a writer of every item; now he writes and signs in another unit, and there alone."""
SEVERAL = {
    "unit": [(Role.CLERK, Role.REVIEWER, Role.SIGNER)],
    "office": [(Role.CLERK, Role.EDITOR, Role.DUTY), (Role.REVIEWER, Role.SIGNER, Role.CHIEF)],
}
"""Roles that one officer of a small unit or office holds together: they add up, and none lends another its place."""


def everybody() -> dict[str, Officer]:
    """One officer for each role that the directory lets a unit have; in the hosted unit one with all of them."""
    people = {
        f"{seat} {role}": officer(role, name=f"{seat}{role.label}", unit=slug, kind=kind)
        for seat, (slug, _name, kind) in UNITS.items()
        for role in Role
        if seat != "hosted" and role in roles_open_to(kind)
    }
    slug, _name, kind = UNITS["hosted"]
    roles = sorted(roles_open_to(kind))
    return people | {"author": AUTHOR, "hosted everything": officer(*roles, name="全岗", unit=slug, kind=kind)}


def with_several_roles() -> dict[str, Officer]:
    """Officers whose name says each of their roles, and the one who moved."""
    people = {}
    for seat, roles in ((seat, roles) for seat, sets in SEVERAL.items() for roles in sets):
        slug, _name, kind = UNITS[seat]
        people[f"{seat} {'+'.join(roles)}"] = officer(*roles, name=f"{seat}兼岗", unit=slug, kind=kind)
    return people | {"other moved": MOVED}


@dataclass(frozen=True)
class Sort:
    """A sort of item: whose it is, by seat, of which type, and by which of the people it was begun."""

    seat: str
    info_type: InfoType
    author: str
    asked_by: tuple[str, ...] = ()

    @property
    def is_urgent(self) -> bool:
        """Whether duty officers have a say in it."""
        return self.info_type.is_urgent


ORDINARY = "ordinary"
_ON_DUTY = ("office duty", "office clerk+editor+duty")
SORTS = {
    ORDINARY: Sort("unit", InfoType.DYNAMIC, "author"),
    "urgent": Sort("unit", InfoType.EMERGENCY, "author", (*_ON_DUTY, "office clerk", "author", "other moved")),
    "office's urgent": Sort(
        "office",
        InfoType.EMERGENCY,
        "office duty",
        (*_ON_DUTY, "office clerk", "office reviewer+signer+chief", "office leader", "unit clerk+reviewer+signer"),
    ),
    "hosted": Sort(
        "hosted",
        InfoType.DYNAMIC,
        "hosted everything",
        (*_ON_DUTY, "hosted everything", "office editor", "unit clerk+reviewer+signer", "other moved"),
    ),
}
"""The bureau's ordinary item, of which everybody is asked; its emergency, the office's own, and a hosted unit's."""
