"""How often the books are compared while a service catches up."""

import pytest

from services.kernel.runtime.telling.progress.watching import EAGER_S, eager_rest_s


@pytest.mark.parametrize(
    ("took_s", "usual_s", "rests_s"),
    [(0.001, 15.0, EAGER_S), (0.5, 15.0, 3.0), (60.0, 15.0, 15.0), (0.5, 0.1, EAGER_S)],
    ids=["short look", "behind a backlog", "never rarer than usual", "usual is shorter"],
)
def test_a_look_takes_a_seventh_of_the_time_at_most_and_is_soon_done_again(
    took_s: float, usual_s: float, rests_s: float
) -> None:
    assert eager_rest_s(took_s, usual_s) == rests_s
