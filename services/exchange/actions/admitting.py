"""The door through which every action of a person goes."""

from __future__ import annotations

from services.exchange.policy.permissions import Act, require
from services.kernel.language.events.parts import OfficerRef
from services.kernel.runtime.web.asking import Ask, of_officer
from services.kernel.runtime.web.identity import Officer


def granted(act: Act) -> Ask:
    """Ask, before anything is read, whether the officer may do it."""
    return of_officer(lambda me: require(me.roles, act))


def admit(by: Officer | None, act: Act) -> OfficerRef | None:
    """Let the officer pass, or whoever works at the machine itself (None); how facts and audit rows name him.

    Raises:
        NotPermitted: None of his roles allows it.
    """
    if by is None:
        return None
    require(by.roles, act)
    return by.ref
