"""A message opened: its envelope, or why it has none that the tables could keep."""

from __future__ import annotations

from services.kernel.language.envelope import Envelope, EnvelopeUnreadable, from_headers
from services.kernel.language.plain import is_plain_text
from services.kernel.runtime.telling.inbox.listening import Message

_LENGTHS = {"id": 64, "type": 80, "subject": 120, "node": 60}
_LAST_SEQUENCE = 2**63 - 2
_LAST_EPOCH = 2**31 - 1


def open_message(message: Message) -> Envelope | EnvelopeUnreadable:
    """The envelope of a message, or the fault; whatever stands in the headers, nothing is raised."""
    try:
        envelope = from_headers(message.headers, message.value)
        _check(envelope)
    except EnvelopeUnreadable as fault:
        return fault
    return envelope


def _check(envelope: Envelope) -> None:
    if not (0 < envelope.sequence <= _LAST_SEQUENCE and 0 <= envelope.epoch <= _LAST_EPOCH and envelope.subject):
        raise EnvelopeUnreadable("no key, or no usable sequence")
    for name, longest in _LENGTHS.items():
        value: str = getattr(envelope, name)
        if len(value) > longest or not is_plain_text(value):
            raise EnvelopeUnreadable(f"{name} is too long, or holds a character that no text has")
