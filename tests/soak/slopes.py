"""Whether a line is flat: its floor after the warm-up, because what leaks never comes down again.

What comes and goes with use, or piles up while the machine is busy, raises a line and lets it fall; a
leak raises its floor. So the lowest value of each quarter of the judged part is looked at: a line grows
when its floor has risen by more than it may and rose in every step, or by several times as much anyhow.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tests.soak.samples import Sample

WARM_UP = {"memory_mb": 0.5}
WARM_UP_OF_COUNTS = 0.3
"""This share of the run fills caches, pools and connections, and is not judged; memory settles last."""

MAY_GROW_BY = {"tasks": 4.0, "descriptors": 4.0, "sockets": 4.0, "threads": 2.0, "memory_mb": 12.0}
"""Over the judged part of a run, whatever its length: a leak grows with time, use that comes and goes does not."""

FAR = 4
"""A floor that rose by so many times what it may is a leak even if it fell once in between."""

QUARTERS = 4


@dataclass(frozen=True)
class Line:
    """One quantity of one process over the judged part of the run, as the floors of its quarters."""

    process: str
    what: str
    floors: tuple[float, ...]

    @property
    def growth(self) -> float:
        """By how much the floor rose, in the quantity's own unit."""
        return self.floors[-1] - self.floors[0]

    @property
    def is_flat(self) -> bool:
        """Whether it grew by no more than it may, or came down again in between."""
        most = MAY_GROW_BY[self.what]
        is_steady = all(later > earlier for earlier, later in zip(self.floors, self.floors[1:], strict=False))
        return self.growth <= most or (not is_steady and self.growth <= most * FAR)

    def __str__(self) -> str:
        mark = "flat" if self.is_flat else "GROWS"
        floors = " ".join(f"{floor:8.1f}" for floor in self.floors)
        return f"{self.process:<18} {self.what:<12} floors {floors}  {self.growth:>+8.1f}  {mark}"


def lines_of(taken: Mapping[str, Sequence[tuple[float, Sample]]]) -> list[Line]:
    """The lines of every process from its samples with their times in seconds."""
    return [Line(process, what, _floors(samples, what)) for process, samples in taken.items() for what in samples[0][1]]


def _floors(samples: Sequence[tuple[float, Sample]], what: str) -> tuple[float, ...]:
    """The lowest value in each quarter of the judged time; a quarter without a sample has none."""
    began, ended = samples[0][0], samples[-1][0]
    first = began + (ended - began) * WARM_UP.get(what, WARM_UP_OF_COUNTS)
    length = (ended - first) / QUARTERS or 1.0
    quarters: list[list[float]] = [[] for _ in range(QUARTERS)]
    for at, sample in samples:
        if at >= first:
            quarters[min(int((at - first) / length), QUARTERS - 1)].append(sample[what])
    return tuple(min(values) for values in quarters if values)
