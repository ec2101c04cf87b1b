"""Figures: what was measured, beside its aim; printed as a table and kept as JSON."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import quantiles

RUNS = Path(".run/bench")


@dataclass(frozen=True)
class Figure:
    """One measured value.

    Attributes:
        aim: Compared in words of the issue, e.g. `≥ 0.5`; empty where there is none.
        is_met: None where there is no aim.
    """

    part: str
    what: str
    value: float
    unit: str
    aim: str = ""
    is_met: bool | None = None


def at_least(part: str, what: str, value: float, unit: str, aim: float) -> Figure:
    """A figure that should not be smaller than its aim."""
    return Figure(part, what, value, unit, f"≥ {aim:g}", value >= aim)


def at_most(part: str, what: str, value: float, unit: str, aim: float) -> Figure:
    """A figure that should not be larger than its aim."""
    return Figure(part, what, value, unit, f"≤ {aim:g}", value <= aim)


def percentile(values: Sequence[float], share: int) -> float:
    """The value below which `share` per cent of them lie."""
    return quantiles(values, n=100, method="inclusive")[share - 1] if len(values) > 1 else values[0]


def show(figures: Sequence[Figure]) -> str:
    """The table, one figure a line."""
    marks = {True: "met", False: "MISSED", None: ""}
    rows = [(one.part, one.what, f"{one.value:,.4g} {one.unit}", one.aim, marks[one.is_met]) for one in figures]
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)


def machine() -> dict[str, object]:
    """What the figures were taken on, and how busy it was."""
    model = next((line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")), "")
    return {
        "processor": model.partition(":")[2].strip(),
        "cores": os.cpu_count(),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3, 1),
        "python": platform.python_version(),
        "load_average": [round(one, 2) for one in os.getloadavg()],
    }


def keep(figures: Sequence[Figure], before: dict[str, object]) -> Path:
    """Write the run down and return where."""
    now = datetime.now(UTC)
    RUNS.mkdir(parents=True, exist_ok=True)
    path = RUNS / f"{now:%Y-%m-%dT%H%M%S}.json"
    whole = {
        "at": now.isoformat(),
        "machine": before,
        "load_average_after": os.getloadavg(),
        "figures": [asdict(one) for one in figures],
    }
    path.write_text(json.dumps(whole, ensure_ascii=False, indent=1))
    return path
