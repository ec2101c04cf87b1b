"""Appoint officers, change them, set their passwords."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

from services.directory import store
from services.directory.actions import passwords
from services.directory.actions.admitting import Acting, admit
from services.directory.actions.ending import end_sessions_of, end_tokens_of
from services.directory.actions.turns import take_administration_turn
from services.directory.actions.units import differing
from services.directory.model import NewOfficer, Officer, OfficerChange, Unit
from services.directory.policy import administration, sign_in, units
from services.directory.policy.administration import Administration
from services.kernel.language.events.directory import OfficerAppointed
from services.kernel.language.field_error import missing
from services.kernel.language.refusal import InvalidInput, NotFound, StaleVersion
from services.kernel.language.vocabulary import Role
from services.kernel.runtime.storing.transaction import Transaction
from services.kernel.runtime.surroundings.identifiers import new_id

_SAID_BY_TOKENS = frozenset({"unit_id", "roles"})
"""What an officer may do hangs on these."""


async def appoint_officer(tx: Transaction, new: NewOfficer, *, password_hash: str, by: Acting) -> Officer:
    """Appoint an officer; one without a password hash cannot sign in until a password is set.

    Raises:
        NotPermitted: The officer is no administrator.
    """
    ref = admit(by, Administration.CHANGE_OFFICERS)
    await take_administration_turn(tx)
    await _require_place(tx, new.unit_id, new.roles)
    if await store.find_officer_named(tx.session, new.username):
        raise administration.UsernameTaken
    officer = Officer(
        officer_id=new.officer_id or new_id(),
        username=new.username,
        password_hash=password_hash,
        is_password_initial=by is not None and bool(password_hash),
        name=new.name,
        phone=new.phone,
        unit_id=new.unit_id,
        section=new.section,
        roles=new.roles,
    )
    tx.session.add(officer)
    _tell(tx, officer)
    tx.audit(
        "directory.officer.appoint",
        officer.officer_id,
        by=ref,
        details={"username": officer.username, "roles": sorted(officer.roles)},
    )
    return officer


async def change_officer(
    tx: Transaction, officer_id: UUID, change: OfficerChange, *, version: int, by: Acting
) -> Officer:
    """Change what was given; a release ends all of the officer's sessions, another role or unit the tokens of them.

    Raises:
        NotPermitted: The officer is no administrator.
    """
    ref = admit(by, Administration.CHANGE_OFFICERS)
    await take_administration_turn(tx)
    officer = await _officer_at(tx, officer_id, version)
    changed = differing(officer, change.given())
    if "unit_id" in changed and changed["unit_id"] is None:
        raise InvalidInput(errors=[missing("unit_id", "单位", is_chosen=True).as_dict()])
    if not changed:
        return officer
    await _require_sound(tx, officer, changed)
    for name, value in changed.items():
        setattr(officer, name, value)
    officer.version += 1
    if not officer.is_active:
        await end_sessions_of(tx, officer_id)
    elif changed.keys() & _SAID_BY_TOKENS:
        await end_tokens_of(tx, officer_id)
    _tell(tx, officer)
    tx.audit("directory.officer.change", officer_id, by=ref, details=_readable(changed))
    return officer


async def set_password(
    tx: Transaction,
    officer_id: UUID,
    password_hash: str,
    *,
    by: Acting,
    keep_session: UUID | None = None,
) -> Officer:
    """Set a password that was checked and hashed before; all other sessions of the officer end.

    Raises:
        NotPermitted: It is another's, and the officer is no administrator.
    """
    is_own = by is not None and by.officer_id == officer_id
    ref = admit(by, Administration.CHANGE_OWN_PASSWORD if is_own else Administration.CHANGE_OFFICERS)
    officer = await store.find_officer(tx.session, officer_id, to_change=True)
    if officer is None:
        raise NotFound
    officer.password_hash = password_hash
    officer.is_password_initial = by is not None and not is_own
    officer.version += 1
    await end_sessions_of(tx, officer_id, keep=keep_session)
    await store.forget_tries(tx.session, officer.username)
    tx.audit("directory.officer.set_password", officer_id, by=ref)
    return officer


def hash_of_good(password: str, *, username: str, name: str, demo: bool) -> str:
    """The hash of a new password that passes the rules; takes 20 ms: a loop awaits `hash_aside`.

    Raises:
        PasswordTooWeak: It breaks a rule.
        DemoAccountRefused: It is the demo's public password, outside the demo.
    """
    sign_in.require_good_password(password, username=username, name=name, demo=demo)
    return passwords.hash_password(password)


async def hash_aside(password: str, *, username: str, name: str, demo: bool) -> str:
    """`hash_of_good` on a thread.

    Raises:
        PasswordTooWeak, DemoAccountRefused: See there.
    """
    return await asyncio.to_thread(hash_of_good, password, username=username, name=name, demo=demo)


async def _require_sound(tx: Transaction, officer: Officer, changed: dict[str, Any]) -> None:
    """Hold the officer as changed against the rules that look at other rows."""
    is_active: bool = changed.get("is_active", officer.is_active)
    roles: frozenset[Role] = changed.get("roles", officer.roles)
    if is_active and changed.keys() & {"unit_id", "roles", "is_active"}:
        await _require_place(tx, changed.get("unit_id", officer.unit_id), roles)
    if officer.is_active:
        others = await store.count_other_admins(tx.session, officer.officer_id)
        left = roles if is_active else frozenset()
        if blocker := administration.leaving_blocker(officer.roles, left, other_admins=others):
            raise blocker


async def _require_place(tx: Transaction, unit_id: UUID, roles: frozenset[Role]) -> Unit:
    unit = await store.find_unit(tx.session, unit_id)
    if unit is None:
        raise InvalidInput(errors=[{"field": "unit_id", "message": "没有这个单位。"}])
    units.require_place(unit.kind, roles, is_active=unit.is_active)
    return unit


async def _officer_at(tx: Transaction, officer_id: UUID, version: int) -> Officer:
    officer = await store.find_officer(tx.session, officer_id, to_change=True)
    if officer is None:
        raise NotFound
    if officer.version != version:
        raise StaleVersion(version=officer.version)
    return officer


def _readable(changed: dict[str, Any]) -> dict[str, Any]:
    """The change for the audit row: sets as lists; a phone number is only named, not kept."""
    return {
        name: "changed" if name == "phone" else sorted(value) if isinstance(value, frozenset) else value
        for name, value in changed.items()
    }


def _tell(tx: Transaction, officer: Officer) -> None:
    tx.tell(
        OfficerAppointed(
            officer_id=officer.officer_id,
            name=officer.name,
            unit_id=officer.unit_id,
            section=officer.section,
            roles=tuple(sorted(officer.roles)),
            is_active=officer.is_active,
            username=officer.username,
            version=officer.version,
        )
    )
    tx.signal("organisation")
