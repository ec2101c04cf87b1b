"""Which parts there are to measure."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from tests.bench.events import measure_events
from tests.bench.figures import Figure
from tests.bench.http import measure_http
from tests.bench.links import measure_links
from tests.bench.node import measure_node
from tests.bench.queue import measure_queue
from tests.bench.surroundings import Surroundings

PARTS: dict[str, Callable[[Surroundings], Awaitable[list[Figure]]]] = {
    "events": measure_events,
    "links": measure_links,
    "http": measure_http,
    "queue": measure_queue,
    "node": measure_node,
}
