"""Where a listener begins, and what shows it that the log under it is another."""

import pytest

from services.kernel.runtime.telling.agents.ground import Ground
from services.kernel.runtime.telling.agents.starting import Start, what_changed, where_to_start
from services.kernel.runtime.telling.inbox.positions import Position

PLACE = ("district.directory.unit", 0)


@pytest.mark.parametrize(
    ("position", "ground", "start"),
    [
        (None, Ground("one", 0, 0, 600), Start(0)),
        (Position("one", 354, "last"), Ground("one", 0, 0, 600), Start(353, "last")),
        (Position("one", 354), Ground("one", 0, 0, 600), Start(354)),
        (Position("one", 600, "last"), Ground("one", 0, 0, 600), Start(599, "last")),
        (Position("one", 0), Ground("one", 0, 0, 0), Start(0)),
        (Position("one", 10, "last"), Ground("one", 0, 50, 600), Start(50)),
        (Position("one", 50, "last"), Ground("one", 0, 50, 600), Start(50)),
    ],
)
def test_reading_goes_on_at_our_own_position(position: Position | None, ground: Ground, start: Start) -> None:
    assert where_to_start(position, ground) == start


@pytest.mark.parametrize("ground", [Ground("one", 0, 0, 354), Ground("other", 0, 0, 900)])
def test_a_log_that_cannot_be_the_one_we_know_is_read_from_its_beginning(ground: Ground) -> None:
    start = where_to_start(Position("one", 600, "last"), ground)
    assert (start.offset, start.expected_id, bool(start.doubt)) == (0, "", True)


@pytest.mark.parametrize(
    ("now", "is_changed"),
    [
        ({PLACE: Ground("one", 3, 0, 600)}, False),
        ({PLACE: Ground("one", 3, 0, 9000)}, False),
        ({PLACE: Ground("one", 3, 500, 600)}, False),
        ({PLACE: Ground("one", 3, 0, 599)}, True),
        ({PLACE: Ground("one", 4, 0, 600)}, True),
        ({PLACE: Ground("other", 3, 0, 600)}, True),
        ({}, True),
    ],
)
def test_a_running_listener_sees_that_the_log_is_another(now: dict[tuple[str, int], Ground], is_changed: bool) -> None:
    assert bool(what_changed({PLACE: Ground("one", 3, 0, 400)}, {PLACE: 599}, now)) is is_changed
