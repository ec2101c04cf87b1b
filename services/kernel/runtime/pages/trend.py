"""Where the points of a small line chart lie, so that the template only writes them down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_LEFT, _RIGHT, _TOP, _BOTTOM = 44.0, 326.0, 16.0, 112.0
_RULES = 4


@dataclass(frozen=True)
class Line:
    """One series as the `points` of a polyline."""

    name: str
    points: str
    dashed: bool


@dataclass(frozen=True)
class Rule:
    """A horizontal rule and the value it stands for."""

    y: float
    value: str


@dataclass(frozen=True)
class Mark:
    """A dot of the first series with its value."""

    x: float
    y: float
    value: str


@dataclass(frozen=True)
class Tick:
    """A label under the chart."""

    x: float
    label: str


@dataclass(frozen=True)
class Plot:
    """Everything drawn in a box of 344 × 136 units."""

    lines: tuple[Line, ...]
    rules: tuple[Rule, ...]
    marks: tuple[Mark, ...]
    ticks: tuple[Tick, ...]


def trend_plot(labels: Sequence[str], series: Sequence[Mapping[str, Any]]) -> Plot:
    """Lay out `series` ({name, values, dashed?}) over `labels`; the scale starts at 0 (or the lowest value below it)."""
    values = [float(value) for line in series for value in line["values"]]
    low, step = min([0.0, *values]), _step(max([1.0, *values]) - min([0.0, *values]))
    high = low + step * _RULES

    def y(value: float) -> float:
        return round(_BOTTOM - (value - low) / (high - low) * (_BOTTOM - _TOP), 1)

    xs = [_x(i, len(labels)) for i in range(len(labels))]
    first = series[0]["values"] if series else ()
    return Plot(
        lines=tuple(
            Line(
                line["name"],
                " ".join(f"{x},{y(v)}" for x, v in zip(xs, line["values"], strict=False)),
                bool(line.get("dashed", False)),
            )
            for line in series
        ),
        rules=tuple(Rule(y(low + step * i), f"{low + step * i:g}") for i in range(_RULES + 1)),
        marks=tuple(Mark(x, y(v), f"{v:g}") for x, v in zip(xs, first, strict=False)),
        ticks=tuple(Tick(x, label) for x, label in zip(xs, labels, strict=True)),
    )


def _x(index: int, count: int) -> float:
    return round(_LEFT + (_RIGHT - _LEFT) * (index / (count - 1) if count > 1 else 0.5), 1)


def _step(span: float) -> float:
    """A round distance between rules so that four of them cover `span`."""
    unit = 1.0
    while True:
        for factor in (1.0, 2.0, 5.0):
            if unit * factor * _RULES >= span:
                return unit * factor
        unit *= 10
