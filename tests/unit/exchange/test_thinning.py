"""Statements are thinned out, and none of the chain is left without one near it."""

from itertools import pairwise

from services.exchange.policy.thinning import thin_out


def test_no_stretch_becomes_longer_than_the_span() -> None:
    numbers = list(range(1, 5_000, 7))
    thinned = thin_out(numbers, after=0, span=1_000)
    kept = [number for place, number in enumerate(numbers) if place not in set(thinned.gone)]
    assert len(kept) < 10
    assert kept[-1] == numbers[-1]
    assert all(later - earlier <= 1_000 for earlier, later in pairwise([0, *kept]))
    assert thinned.kept_n == kept[-2]


def test_statements_that_stand_far_apart_stay() -> None:
    assert thin_out([1_000, 2_500, 4_000], after=0, span=1_000).gone == []


def test_of_two_about_one_row_one_stays() -> None:
    assert thin_out([5, 5, 5], after=0, span=1_000).gone == [0, 1]


def test_nothing_and_one_alone_stay() -> None:
    assert thin_out([], after=3, span=10).gone == []
    assert thin_out([4], after=3, span=10).gone == []
