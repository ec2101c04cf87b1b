"""How soon honest facts arrive while a neighbour signs what means no good; the same facts alone, just before, beside it."""

from __future__ import annotations

from tests.bench.figures import Figure, at_most, percentile
from tests.bench.surroundings import Surroundings
from tests.integration.exchange.signed import RAW, TWISTS, twisted
from tests.integration.exchange.speaking import speak
from tests.integration.exchange.two_nodes import another_township, carrying, two_nodes

WITHIN_MS = 2_000


async def measure_hostile(around: Surroundings) -> list[Figure]:
    """Each database in turn; all three nodes in this process, on one core."""
    figures: list[Figure] = []
    for kind in around.kinds:
        figures += await _measure(around, kind)
    return figures


async def _measure(around: Surroundings, kind: str) -> list[Figure]:
    part, folder, kafka = f"hostile {kind}", around.folder / f"hostile-{kind}", around.broker.bootstrap
    async with (
        two_nodes(folder, lambda: around.url(kind), kafka=kafka) as (township, district),
        another_township(township, district, folder / "o", around.url(kind), kafka=kafka) as other,
        carrying(township, district, other),
    ):
        bad = [*(twisted(township, district, twist) for twist in TWISTS.values()), *RAW.values()]
        await speak(township, other, district, [None])  # until both links are connected
        alone = await speak(township, other, district, [None] * len(bad))
        among = await speak(township, other, district, bad)
    return [
        Figure(part, f"{len(alone.delays_s)} honest facts alone, p50", percentile(alone.delays_s, 50) * 1000, "ms"),
        Figure(part, "the slowest of them", alone.longest_s * 1000, "ms"),
        Figure(part, f"the same among {len(bad)} hostile rows, p50", percentile(among.delays_s, 50) * 1000, "ms"),
        at_most(part, "the slowest of them", among.longest_s * 1000, "ms", WITHIN_MS),
    ]
