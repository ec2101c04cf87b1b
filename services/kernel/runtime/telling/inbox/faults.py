"""Faults of handling: which are final, and how the event desk tells them. What the database lacks is `storing.database_faults`."""

from __future__ import annotations

from services.kernel.language.envelope import Envelope
from services.kernel.language.events import FactUnknown, FactUnreadable
from services.kernel.language.refusal import Refusal

TRIES_BEFORE_PARKING = 3


class HandlingFailed(Exception):
    """A handler raised; `envelope` is the event whose turn it was."""

    def __init__(self, envelope: Envelope, topic: str, cause: BaseException) -> None:
        super().__init__(f"{envelope.type} {envelope.id}: {cause!r}")
        self.envelope = envelope
        self.topic = topic
        self.cause = cause
        self.tries = 1


class BatchFailed(Exception):
    """The transaction failed though no handler did, and not for want of the database: data that no table takes."""


def is_final(fault: BaseException, tries: int) -> bool:
    """Whether the event is parked now: at once for a refusal or unreadable data, after three tries for a bug."""
    return isinstance(fault, Refusal | FactUnknown | FactUnreadable) or tries >= TRIES_BEFORE_PARKING


def reason_of(fault: BaseException) -> str:
    """The fault as the event desk shows it."""
    if isinstance(fault, Refusal):
        return f"{fault.code}：{fault}"
    if isinstance(fault, FactUnknown):
        return f"未知类型或更新的版本：{fault}"
    return f"{type(fault).__name__}：{fault}"
