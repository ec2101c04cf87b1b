"""Which quantities say something that is not said on the other side as well."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from fractions import Fraction

from services.kernel.language.numbers.finding import Quantity


def beyond(mine: Sequence[Quantity], theirs: Sequence[Quantity]) -> list[Quantity]:
    """Those of mine whose value and measure nobody of theirs has; each of theirs answers for one. A mere count fits any measure."""
    there: dict[Fraction | str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for other in theirs:
        there[other.value][other.measure] += 1
    left = [quantity for quantity in mine if not _takes(there[quantity.value], quantity.measure)]
    return [quantity for quantity in left if not _takes_any(there[quantity.value], quantity.measure)]


def _takes(measures: dict[str, int], measure: str) -> bool:
    if measures.get(measure, 0) == 0:
        return False
    measures[measure] -= 1
    return True


def _takes_any(measures: dict[str, int], measure: str) -> bool:
    fitting = measures if not measure else {"": measures.get("", 0)}
    return any(_takes(measures, one) for one in list(fitting))
