"""Where an event stands against its cursor."""

import pytest

from services.kernel.runtime.telling.inbox.succession import Cursor, Succession, succession_of

CURSOR = Cursor(epoch=2, sequence=5, last_id="e5")


@pytest.mark.parametrize(
    ("epoch", "sequence", "event_id", "verdict"),
    [
        (2, 6, "e6", Succession.NEXT),
        (2, 5, "e5", Succession.SEEN),
        (2, 3, "e3", Succession.SEEN),
        (2, 5, "other", Succession.FORK),
        (2, 8, "e8", Succession.AHEAD),
        (1, 4, "e4", Succession.SEEN),
        (1, 6, "x6", Succession.FORK),
        (3, 4, "new", Succession.NEXT),
        (3, 6, "e6", Succession.NEXT),
        (3, 5, "e5", Succession.SEEN),
        (3, 9, "e9", Succession.AHEAD),
    ],
)
def test_an_event_is_judged_by_epoch_number_and_id(
    epoch: int, sequence: int, event_id: str, verdict: Succession
) -> None:
    assert succession_of(CURSOR, epoch=epoch, sequence=sequence, event_id=event_id) is verdict


def test_the_first_event_of_a_key_is_number_one() -> None:
    assert succession_of(Cursor(), epoch=1, sequence=1, event_id="e1") is Succession.NEXT
    assert succession_of(Cursor(), epoch=1, sequence=2, event_id="e2") is Succession.AHEAD
