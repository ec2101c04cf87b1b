"""What holds a fact up, when it is lost, and when a listener stands still."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from services.kernel.runtime.telling.inbox.positions import Position
from services.kernel.runtime.telling.inbox.succession import Cursor
from services.kernel.runtime.telling.progress.judging import (
    Reason,
    Unapplied,
    is_applied,
    is_lost,
    reason_of,
    stands_still,
)
from services.kernel.runtime.telling.progress.moves import Moves
from services.kernel.runtime.telling.progress.standing import Standing
from services.kernel.runtime.telling.progress.told import Told
from tests.support.service import NOW

PATIENCE = timedelta(seconds=30)
PLACE = ("n.intake.submission", 0)


def ago(seconds: float) -> datetime:
    return NOW - timedelta(seconds=seconds)


def told(*, published_s: float | None = 60, told_s: float = 60, sequence: int = 3, epoch: int = 1) -> Told:
    published = None if published_s is None else ago(published_s)
    place = (PLACE[1], 100, "id-1")
    return Told(7, PLACE[0], "o-1", sequence, epoch, "e-3", "submission.submitted", ago(told_s), published, *place)


@pytest.mark.parametrize(
    ("cursor", "applied"),
    [
        (Cursor(), False),
        (Cursor(1, 2, "e-2"), False),
        (Cursor(1, 3, "e-3"), True),
        (Cursor(1, 4, "e-4"), True),
        (Cursor(1, 3, "another"), False),
        (Cursor(2, 4, "e-4"), True),
    ],
)
def test_a_fact_is_applied_when_the_cursor_covers_it(cursor: Cursor, applied: bool) -> None:
    assert is_applied(told(), cursor) is applied


def test_what_holds_a_fact_up_is_the_nearest_thing() -> None:
    assert reason_of(told(), "held") is Reason.HELD
    assert reason_of(told(published_s=None), None) is Reason.UNPUBLISHED
    assert reason_of(told(), None) is Reason.NOT_ARRIVED


def lost(one: Unapplied, position: Position | None = None, *, moved_s: float = 1e6) -> bool:
    return is_lost(one, position=position, moved_at=ago(moved_s), now=NOW, patience=PATIENCE)


def test_a_fact_is_lost_when_its_place_was_read_past() -> None:
    one = Unapplied(told(), "routine")
    assert lost(one, Position("id-1", 101), moved_s=1)
    assert not lost(one, Position("id-1", 100), moved_s=60), "it is the next one to be read"
    assert not lost(one, Position("id-1", 500, skipped_from=90), moved_s=1), "what was passed over is read again"
    assert not lost(Unapplied(told(published_s=10), "routine"), Position("id-1", 101)), "it may still be on its way"
    assert not lost(Unapplied(told(), "routine", Reason.HELD), Position("id-1", 101))
    assert not lost(Unapplied(told(published_s=None), "routine", Reason.UNPUBLISHED), Position("id-1", 101))


def test_where_nothing_moves_a_fact_is_asked_for_although_it_may_be_ahead() -> None:
    one = Unapplied(told(published_s=500), "routine")
    for position in (Position("id-1", 60), Position("id-of-before", 101), None):
        assert lost(one, position, moved_s=121)
        assert not lost(one, position, moved_s=119), "the listener is at work on what came before"


def test_what_a_clock_that_was_ahead_noted_is_not_waited_for() -> None:
    ahead_s = -86_400.0
    assert lost(Unapplied(told(published_s=ahead_s, told_s=ahead_s), "routine"))
    assert not lost(Unapplied(told(published_s=ahead_s), "routine"), moved_s=10)
    assert not lost(Unapplied(told(published_s=-0.5), "routine")), "another machine's clock is half a second ahead"
    fact = Unapplied(told(published_s=ahead_s, told_s=ahead_s), "routine")
    assert stands_still([fact], moved_at=ago(500), now=NOW, after=timedelta(seconds=120))


def test_a_clock_that_is_set_back_begins_all_waiting_anew() -> None:
    moves = Moves(["routine"], ago(-86_400))
    moves.note_here([told()], {PLACE[0]: "routine"}, ago(-86_400), are_new=True)
    moves.begin_anew(NOW)
    assert (moves.of_lane, moves.of(told())) == ({"routine": NOW}, NOW)


def test_a_fact_asked_for_again_is_given_four_times_as_long_each_time() -> None:
    one = Unapplied(told(published_s=10_000), "routine", times_asked=1, asked_at=ago(100))
    assert not lost(one)
    one.asked_at = ago(121)
    assert lost(one)
    one.times_asked, one.asked_at = 20, ago(3601)
    assert lost(one), "but never longer than an hour"


def test_a_lane_stands_still_when_a_fact_is_there_and_nothing_moves() -> None:
    after = timedelta(seconds=120)

    def still(one: Unapplied, moved_s: float = 500) -> bool:
        return stands_still([one], moved_at=ago(moved_s), now=NOW, after=after)

    assert still(Unapplied(told(told_s=130), "routine"))
    assert still(Unapplied(told(told_s=130), "routine", Reason.UNPUBLISHED, times_asked=1, asked_at=ago(1)))
    assert not still(Unapplied(told(told_s=130), "routine"), moved_s=60)
    assert not still(Unapplied(told(told_s=60), "routine"))
    assert not still(Unapplied(told(told_s=130), "routine", Reason.PARKED))
    assert not still(Unapplied(told(told_s=130, published_s=None), "routine", Reason.UNPUBLISHED))


def test_a_standing_names_what_holds_the_oldest_fact_up() -> None:
    oldest = {Reason.HELD: ago(10), Reason.NOT_ARRIVED: ago(90)}
    said = Standing("routine", "intake", {Reason.HELD: 2, Reason.NOT_ARRIVED: 1}, oldest).as_words(NOW)
    assert said == {
        "unapplied": 3, "oldest_age_s": 90.0, "reason": "not_arrived", "stands_still": False, "is_full": False,
    }  # fmt: skip
    assert Standing("routine", "intake", is_silent=True).reason == "teller_silent"
    assert Standing("routine", "disclosure", is_elsewhere=True).reason == "teller_elsewhere"


def test_the_wire_gives_back_what_was_put_in() -> None:
    for one in (told(), told(published_s=None)):
        assert Told.from_wire(one.to_wire()) == one
