"""Faults of handling told apart: passing ones are tried again, refusals and bugs are parked with a reason."""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from services.kernel.language.envelope import Envelope
from services.kernel.language.events import FactUnknown, FactUnreadable
from services.kernel.language.refusal import Refusal

TRIES_BEFORE_PARKING = 3
_PASSING = (ConnectionError, TimeoutError)
_PASSING_WORDS = (
    "deadlock", "serialize", "lock", "busy", "connection", "starting up", "shutting down", "recovery", "disk",
    "unable to open", "readonly", "too many clients",
)  # fmt: skip


class HandlingFailed(Exception):
    """A handler raised; `envelope` is the event whose turn it was."""

    def __init__(self, envelope: Envelope, topic: str, cause: BaseException) -> None:
        super().__init__(f"{envelope.type} {envelope.id}: {cause!r}")
        self.envelope = envelope
        self.topic = topic
        self.cause = cause


def is_final(fault: BaseException, tries: int) -> bool:
    """Whether the event is parked now: at once for a refusal or unreadable data, after three tries for a bug."""
    return isinstance(fault, Refusal | FactUnknown | FactUnreadable) or tries >= TRIES_BEFORE_PARKING


def is_passing(fault: BaseException) -> bool:
    """Whether trying the same again later may help: the database is busy, away or lost a race.

    Asked of the driver's own message. SQLAlchemy's repeats the statement with its values, and
    any text may speak of a lock; SQLite calls a missing column operational, too.
    """
    if isinstance(fault, _PASSING):
        return True
    if isinstance(fault, IntegrityError) or not isinstance(fault, DBAPIError):
        return False
    text = str(fault.orig).lower()
    return fault.connection_invalidated or any(word in text for word in _PASSING_WORDS)


def is_away(fault: BaseException) -> bool:
    """Whether a transaction failed for want of the database: it cannot be reached, or no connection is free."""
    return is_passing(fault) or isinstance(fault, OSError | PoolTimeout)


def reason_of(fault: BaseException) -> str:
    """The fault as the event desk shows it."""
    if isinstance(fault, Refusal):
        return f"{fault.code}：{fault}"
    if isinstance(fault, FactUnknown):
        return f"未知类型或更新的版本：{fault}"
    return f"{type(fault).__name__}：{fault}"
