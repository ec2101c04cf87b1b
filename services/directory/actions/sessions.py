"""Sign in, renew, sign out: an opaque secret in a cookie stands for a sign-in of twelve hours."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from services.directory import store
from services.directory.actions import passwords
from services.directory.actions.ending import tell_ended
from services.directory.actions.passwords import PasswordCheck
from services.directory.actions.turns import take_turn
from services.directory.model import Officer, Session, SignInTries, Unit, names
from services.directory.policy import sign_in as policy
from services.kernel.language.events.parts import OfficerRef
from services.kernel.language.refusal import InvalidInput, Refusal
from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.storing.transaction import Transaction
from services.kernel.runtime.surroundings.settings import NodeInfo
from services.kernel.runtime.web.tokens import Claims

_SESSIONS_KEPT = timedelta(days=30)


@dataclass(frozen=True)
class SignedIn:
    """A sign-in or its renewal: what the token says, the session, and its secret when it is new."""

    claims: Claims
    session: Session
    secret: str = ""
    must_change_password: bool = False


async def check_password(
    session: AsyncSession, username: str, password: str, *, place: policy.Place, now: datetime
) -> PasswordCheck:
    """Hold a password against the stored hash, outside any write transaction.

    Raises:
        InvalidInput: Nobody can have this username or password.
        SignInLocked: Too many wrong ones here lately; the password is not even looked at.
    """
    username = _username_of(username)
    if "\x00" in password or not _is_text(password):
        raise InvalidInput(errors=[{"field": "password", "message": "口令含有不能识别的字符。"}])
    _rows, counts = await _counted(session, username, place)
    if waits := policy.slowest(counts.values(), now):
        raise waits.refusal(now)
    officer = await store.find_officer_named(session, username)
    password_hash = officer.password_hash if officer else ""
    return PasswordCheck(
        username=username,
        place=place,
        officer_id=officer.officer_id if officer else None,
        password_hash=password_hash,
        matches=await passwords.matches_aside(password_hash, password),
        is_public=password == policy.DEMO_PASSWORD,
    )


async def sign_in(tx: Transaction, check: PasswordCheck, *, demo: bool) -> SignedIn | Refusal:
    """Begin a session, or count a wrong password.

    A refusal is returned, not raised: the count must be committed with it.
    """
    refusal = await prove_password(tx, check)
    if refusal:
        return refusal
    # Held, so that a change of his standing comes before this sign-in or finds it.
    officer = await store.find_officer_named(tx.session, check.username, to_change=True)
    assert officer is not None, "the password was right"
    if check.is_public and not demo:
        tx.audit("directory.sign_in.refuse", officer.officer_id, by=None, details={"why": "demo_password"})
        return policy.DemoAccountRefused()
    if not officer.is_active:
        return policy.OfficerNotActive()
    own_place = next(iter(check.place.counts(check.username)))
    await store.forget_tries(tx.session, *own_place)
    return await _begin_session(tx, officer)


async def prove_password(tx: Transaction, check: PasswordCheck) -> Refusal | None:
    """Count a wrong old password like a wrong sign-in; None when it was right.

    The refusal is returned, not raised: the count must be committed with it.
    """
    for username, place in check.place.counts(check.username):
        await take_turn(tx, f"sign_in.{username}.{place}")
    rows, counts = await _counted(tx.session, check.username, check.place)
    if waits := policy.slowest(counts.values(), tx.now):
        return waits.refusal(tx.now)
    if await _checked_officer(tx, check) is None:
        return _count_failure(tx, check, rows, counts)
    return None


async def renew(tx: Transaction, secret: str) -> SignedIn:
    """A new token for a session that is still in force, with the officer's roles of today.

    Raises:
        SessionOver: Unknown, signed out, revoked or older than twelve hours.
        OfficerNotActive: The officer has been released.
    """
    session = await store.find_session_of_secret(tx.session, digest_of(secret), to_change=True)
    if session is None or not _is_in_force(session, tx.now):
        raise policy.SessionOver
    officer, unit = await _officer_at_work(tx.session, session.officer_id)
    session.last_used_at = tx.now
    return SignedIn(claims_of(officer, unit, session, node=tx.node, now=tx.now), session)


async def sign_out(tx: Transaction, *, secret: str = "", claims: Claims | None = None) -> None:
    """End a session by its cookie or by the token; ending it twice is no fault."""
    session_id = session_id_of(claims)
    session = None
    if secret:
        session = await store.find_session_of_secret(tx.session, digest_of(secret), to_change=True)
    elif session_id:
        session = await store.find_session(tx.session, session_id)
    if session and session.revoked_at is None:
        session.revoked_at = tx.now
        await tell_ended(tx, session.officer_id, [session.session_id])
        tx.audit("directory.session.end", session.session_id, by=None, details={"officer_id": session.officer_id})


async def standing_of(session: AsyncSession, claims: Claims, *, now: datetime) -> tuple[Officer, Unit]:
    """The officer of a session as of now, for those who must not trust a token of minutes ago.

    Raises:
        SessionOver: The session was ended or revoked meanwhile.
        OfficerNotActive: The officer was released meanwhile.
    """
    session_id = session_id_of(claims)
    found = await store.find_session(session, session_id) if session_id else None
    if found is None or not _is_in_force(found, now):
        raise policy.SessionOver
    return await _officer_at_work(session, found.officer_id)


async def forget_ended(tx: Transaction) -> None:
    """Delete counts that no longer matter, and sessions that ended a month ago."""
    await store.forget_before(tx.session, tries=tx.now - policy.LOCK_LASTS, sessions=tx.now - _SESSIONS_KEPT)


def claims_of(officer: Officer, unit: Unit, session: Session, *, node: NodeInfo, now: datetime) -> Claims:
    """What a token says of an officer; it never outlives its session."""
    return Claims(
        officer_id=officer.officer_id,
        username=officer.username,
        name=officer.name,
        unit_id=unit.unit_id,
        unit_name=unit.name,
        unit_kind=unit.kind,
        section=officer.section,
        roles=officer.roles,
        node_id=node.node_id,
        session_id=str(session.session_id),
        issued_at=now,
        expires_at=min(now + policy.TOKEN_LASTS, session.expires_at),
    )


def session_id_of(claims: Claims | None) -> UUID | None:
    """The session a token belongs to; None for a token that names none of ours."""
    try:
        return UUID(claims.session_id) if claims else None
    except ValueError:
        return None


def digest_of(secret: str) -> str:
    """Under what a session is kept: the SHA-256 of its secret, which is random enough unsalted."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


async def _begin_session(tx: Transaction, officer: Officer) -> SignedIn:
    unit = await store.unit_of(tx.session, officer)
    secret = secrets.token_urlsafe(32)
    session = Session(
        secret_digest=digest_of(secret),
        officer_id=officer.officer_id,
        created_at=tx.now,
        last_used_at=tx.now,
        expires_at=tx.now + policy.SESSION_LASTS,
    )
    tx.session.add(session)
    tx.audit("directory.sign_in", officer.officer_id, by=_ref(officer, unit))
    claims = claims_of(officer, unit, session, node=tx.node, now=tx.now)
    return SignedIn(claims, session, secret, must_change_password=officer.is_password_initial)


async def _checked_officer(tx: Transaction, check: PasswordCheck) -> Officer | None:
    """The officer whose password was right, unless it was changed while it was being checked."""
    if check.officer_id is None or not check.matches:
        return None
    officer = await store.find_officer(tx.session, check.officer_id)
    return officer if officer and officer.password_hash == check.password_hash else None


Counted = tuple[str, str]
"""A username and a place, either of them empty for any."""


async def _counted(
    session: AsyncSession, username: str, place: policy.Place
) -> tuple[dict[Counted, SignInTries], dict[Counted, policy.Tries]]:
    """What was counted at this place, as rows and as counts; the own place is the first of the counts."""
    paces = place.counts(username)
    rows = {(row.username, row.place): row for row in await store.list_tries(session, list(paces))}
    counts = {
        key: policy.Tries(rows[key].failed, rows[key].last_failed_at, pace) if key in rows else policy.Tries(pace=pace)
        for key, pace in paces.items()
    }
    return rows, counts


def _count_failure(
    tx: Transaction, check: PasswordCheck, rows: dict[Counted, SignInTries], counts: dict[Counted, policy.Tries]
) -> Refusal:
    counted = {key: tries.after_failure(tx.now) for key, tries in counts.items()}
    for (username, place), tries in counted.items():
        row = rows.get((username, place)) or SignInTries(
            username=username, place=place, failed=0, last_failed_at=tx.now
        )
        row.failed, row.last_failed_at = tries.failed, tx.now
        tx.session.add(row)
    waits = policy.slowest(counted.values(), tx.now)
    if waits:
        tx.audit("directory.sign_in.slow", check.username, by=None, details={"tries": waits.failed})
    return (waits or next(iter(counted.values()))).refusal(tx.now)


async def _officer_at_work(session: AsyncSession, officer_id: UUID) -> tuple[Officer, Unit]:
    officer = await store.find_officer(session, officer_id)
    if officer is None or not officer.is_active:
        raise policy.OfficerNotActive
    return officer, await store.unit_of(session, officer)


def _is_in_force(session: Session, now: datetime) -> bool:
    return session.revoked_at is None and now < session.expires_at


def _username_of(text: str) -> str:
    try:
        return names.username_of(text)
    except ValueError as fault:
        raise InvalidInput(str(fault), errors=[{"field": "username", "message": str(fault)}]) from fault


def _is_text(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _ref(officer: Officer, unit: Unit) -> OfficerRef:
    return OfficerRef(officer_id=officer.officer_id, name=officer.name, unit_id=unit.unit_id, unit_name=unit.name)
