"""The door through which every action of an administrator goes."""

from __future__ import annotations

from typing import TypeAlias

from services.directory.policy.administration import Administration, require
from services.kernel.language.events.parts import OfficerRef
from services.kernel.runtime.web.asking import Ask, of_officer
from services.kernel.runtime.web.identity import Officer

Acting: TypeAlias = Officer | None
"""Who acts; None is whoever works at the machine itself, or the node."""


def allowed(what: Administration) -> Ask:
    """Ask, before anything is read, whether the officer's roles open an action."""
    return of_officer(lambda me: require(me.roles, what))


def admit(by: Acting, what: Administration) -> OfficerRef | None:
    """Let the officer pass; how audit rows name him.

    Raises:
        NotPermitted: None of his roles opens the action.
    """
    if by is not None:
        require(by.roles, what)
    return by.ref if by else None
