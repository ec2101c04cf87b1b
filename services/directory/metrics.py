"""What the directory counts."""

from __future__ import annotations

from prometheus_client import Counter, Gauge

from services.kernel.language.refusal import Refusal

SIGN_INS = Counter(
    "shangda_directory_sign_ins",
    "Sign-ins by outcome; a rise of credentials_wrong or sign_in_locked: somebody guesses passwords",
    ("node", "outcome"),
)
SESSIONS = Gauge(
    "shangda_directory_sessions",
    "Sign-ins in force; a rise without new officers: something signs in by itself",
    ("node",),
)
LOCKED_ACCOUNTS = Gauge(
    "shangda_directory_locked_accounts",
    "Usernames that are slowed down at some place just now; a rise: somebody guesses passwords",
    ("node",),
)


def count_sign_in(node_id: str, outcome: object) -> None:
    """Count a sign-in, by the code of its refusal when there is one."""
    SIGN_INS.labels(node_id, outcome.code if isinstance(outcome, Refusal) else "signed_in").inc()
