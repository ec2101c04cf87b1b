"""Whether a fact that arrived can be told on this node: what cannot is set aside and stops nothing else."""

from __future__ import annotations

from services.kernel.language.envelope import Envelope, to_headers
from services.kernel.language.plain import is_plain_line

LARGEST_FACT_BYTES = 900_000
LONGEST_HEADERS_BYTES = 16_000
LONGEST_ID, LONGEST_TYPE, LONGEST_SUBJECT, LONGEST_NODE = 64, 80, 120, 60

UNREADABLE = "unreadable"
TOO_LARGE = "too_large"
NOT_PLAIN = "not_plain"
NOT_THEIRS = "not_theirs"
SET_ASIDE = "set_aside"


def fault_in(envelope: Envelope) -> str:
    """Why a fact cannot be told again here, as the kind of a conflict; empty when it can.

    What is unreadable has attributes that no table could keep.
    """
    names = ((envelope.id, LONGEST_ID), (envelope.type, LONGEST_TYPE), (envelope.subject, LONGEST_SUBJECT))
    if not all(name and is_plain_line(name, longest) for name, longest in names):
        return UNREADABLE
    if not all(is_plain_line(name, LONGEST_NODE) for name in (envelope.node, *envelope.via)):
        return UNREADABLE
    try:
        values = [value for _, value in to_headers(envelope)]
    except (ValueError, OverflowError):
        return UNREADABLE
    if any(b"\x00" in value for value in values) or sum(map(len, values)) > LONGEST_HEADERS_BYTES:
        return UNREADABLE
    return TOO_LARGE if len(envelope.data) > LARGEST_FACT_BYTES else ""
