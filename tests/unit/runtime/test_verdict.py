"""Where an event stands against its cursor."""

import pytest

from services.kernel.runtime.inbox.verdict import Cursor, Verdict, judge

CURSOR = Cursor(epoch=2, sequence=5, last_id="e5")


@pytest.mark.parametrize(
    ("epoch", "sequence", "event_id", "verdict"),
    [
        (2, 6, "e6", Verdict.NEXT),
        (2, 5, "e5", Verdict.SEEN),
        (2, 3, "e3", Verdict.SEEN),
        (2, 5, "other", Verdict.FORK),
        (2, 8, "e8", Verdict.AHEAD),
        (1, 4, "e4", Verdict.SEEN),
        (1, 6, "x6", Verdict.FORK),
        (3, 4, "new", Verdict.NEXT),
        (3, 6, "e6", Verdict.NEXT),
        (3, 5, "e5", Verdict.SEEN),
        (3, 9, "e9", Verdict.AHEAD),
    ],
)
def test_an_event_is_judged_by_epoch_number_and_id(epoch: int, sequence: int, event_id: str, verdict: Verdict) -> None:
    assert judge(CURSOR, epoch=epoch, sequence=sequence, event_id=event_id) is verdict


def test_the_first_event_of_a_key_is_number_one() -> None:
    assert judge(Cursor(), epoch=1, sequence=1, event_id="e1") is Verdict.NEXT
    assert judge(Cursor(), epoch=1, sequence=2, event_id="e2") is Verdict.AHEAD
