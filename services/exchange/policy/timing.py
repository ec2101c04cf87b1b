"""When a lane sends again, and how its state reads to its operator."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from services.kernel.language.vocabulary import LinkState

FIRST_RESEND_S = 15.0
LONGEST_RESEND_S = 300.0
ASK_BACK_EVERY_S = 5.0
ASK_BACK_TIMES = 5
"""Own rows that a peer says to hold are asked for so often; then it is not believed any more."""

FILE_COMES_WITHIN_S = 120.0
LONGEST_FILE_WAIT_S = 3600.0
MISSING_AFTER_TRIES = 3
"""From so many tries on, a file that is not here is shown as missing."""

CATCHING_UP_ROWS = 50
"""From so many unreceipted rows on, a lane that moves is said to catch up."""

SILENCES = 2.5
"""A lane is down after so many idle intervals without a word from the peer."""

_SEVERITY = (
    LinkState.PAUSED,
    LinkState.FORKED,
    LinkState.GAP,
    LinkState.DOWN,
    LinkState.CONNECTING,
    LinkState.CATCHING_UP,
    LinkState.UP,
)


def resend_after_s(tries: int) -> float:
    """Seconds to wait for a receipt after sending for the `tries`-th time (0 first): 15, 30, … 300."""
    return float(min(FIRST_RESEND_S * 2 ** min(tries, 10), LONGEST_RESEND_S))


def look_again_after_s(tries: int) -> float:
    """Seconds until a file that is not here is looked for, or asked for, again: 30, 60, … an hour."""
    return float(min(30.0 * 2 ** min(tries, 10), LONGEST_FILE_WAIT_S))


@dataclass(frozen=True, slots=True)
class LaneSigns:
    """What is known of a lane, both directions together."""

    is_paused: bool = False
    is_forked: bool = False
    has_gap: bool = False
    is_connected: bool = False
    heard_at: datetime | None = None
    unreceipted: int = 0
    oldest_age_s: float = 0.0


def lane_state(signs: LaneSigns, *, now: datetime, idle_head_s: float) -> LinkState:
    """The state of one lane, the worst sign first."""
    if signs.is_paused:
        return LinkState.PAUSED
    if signs.is_forked:
        return LinkState.FORKED
    if signs.has_gap:
        return LinkState.GAP
    if not signs.is_connected:
        return LinkState.DOWN
    return _moving_state(signs, now=now, silence=timedelta(seconds=idle_head_s * SILENCES))


def severity(state: LinkState) -> int:
    """How urgently a state needs somebody: 0 first."""
    return _SEVERITY.index(state)


def worst(states: list[LinkState]) -> LinkState:
    """The state of a link: that of its worst lane; down when there is none."""
    return min(states, key=severity, default=LinkState.DOWN)


def _moving_state(signs: LaneSigns, *, now: datetime, silence: timedelta) -> LinkState:
    if signs.heard_at is None:
        return LinkState.CONNECTING
    quiet = now - signs.heard_at
    if quiet > silence or (signs.oldest_age_s > 45 and quiet > timedelta(seconds=45)):
        return LinkState.DOWN
    return LinkState.CATCHING_UP if signs.unreceipted >= CATCHING_UP_ROWS else LinkState.UP
