"""Which parts there are to measure."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from tests.bench.events import measure_events
from tests.bench.figures import Figure
from tests.bench.growth import measure_growth
from tests.bench.hostile import measure_hostile
from tests.bench.http import measure_http
from tests.bench.links import measure_links
from tests.bench.node import measure_node
from tests.bench.queue import measure_queue
from tests.bench.surroundings import Surroundings
from tests.bench.urgent import measure_urgent
from tests.bench.urgent_nodes import measure_urgent_nodes

PARTS: dict[str, Callable[[Surroundings], Coroutine[Any, Any, list[Figure]]]] = {
    "events": measure_events,
    "urgent": measure_urgent,
    "urgent-nodes": measure_urgent_nodes,
    "links": measure_links,
    "hostile": measure_hostile,
    "http": measure_http,
    "queue": measure_queue,
    "node": measure_node,
    "growth": measure_growth,
}
