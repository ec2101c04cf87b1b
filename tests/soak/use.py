"""Steady use of three nodes: items written, checked, signed and reported up, pages read, live pages held open, sign-ins."""

from __future__ import annotations

import itertools
import threading
import time
from collections import Counter
from collections.abc import Callable

import httpx

from deploy.demo.content import TOWNSHIP_ITEMS, items_of
from deploy.demo.officers import PASSWORD
from deploy.demo.progress import Progress
from deploy.demo.story import desk
from deploy.demo.story.teller import Story
from deploy.demo.waiting import DidNotHappen
from deploy.demo.world import DemoWorld

PAGES = ("/", "/intake/", "/review/queue", "/stats/", "/disclosure/", "/directory/", "/exchange/links")
AN_ITEM_EVERY_S = 4.0
A_LOOK_EVERY_S = 0.5
A_SIGN_IN_EVERY_S = 10.0
LIVE_FOR_S = 8.0


class Use:
    """Threads that use the nodes until told to stop.

    `done` counts what they did, `failed` says what went wrong, `late` counts what did not come in
    time: that is the machine's business, as long as something is done at all (`done_lately`).
    """

    def __init__(self, world: DemoWorld) -> None:
        self.world = world
        self.done: Counter[str] = Counter()
        self.done_lately: Counter[str] = Counter()
        self.failed: list[str] = []
        self.late = 0
        self._stop = threading.Event()
        jobs = {"item": (self._report, AN_ITEM_EVERY_S)}
        for node_id in world.nodes:
            jobs[f"look {node_id}"] = (self._looking(node_id), A_LOOK_EVERY_S)
            jobs[f"live {node_id}"] = (self._living(node_id), 0.2)
            jobs[f"sign-in {node_id}"] = (self._signing_in(node_id), A_SIGN_IN_EVERY_S)
        self._story = Story(world, Progress())
        self._names = itertools.cycle(items_of(TOWNSHIP_ITEMS))
        self.done_lately.update(dict.fromkeys(jobs, 0))
        self._threads = [
            threading.Thread(target=self._go_on, args=(name, act, every_s), daemon=True)
            for name, (act, every_s) in jobs.items()
        ]

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def count_lately(self) -> None:
        """Begin to count for the last part of the run."""
        self.done_lately.update({name: -count for name, count in self.done_lately.items()})

    def stop(self) -> None:
        """End, and wait for the last of it."""
        self._stop.set()
        for thread in self._threads:
            thread.join(90)
        self._story.close()

    def _go_on(self, name: str, act: Callable[[], None], every_s: float) -> None:
        while not self._stop.is_set():
            began = time.monotonic()
            try:
                act()
                self.done[name] += 1
                self.done_lately[name] += 1
            except (httpx.TimeoutException, TimeoutError, DidNotHappen):
                self.late += 1
            except Exception as fault:  # noqa: BLE001 - told at the end; the others go on
                self.failed.append(f"{name}: {fault!r}"[:300])
            self._stop.wait(max(every_s - (time.monotonic() - began), 0.05))

    def _report(self) -> None:
        desk.report(self._story, desk.TOWNSHIP, next(self._names))

    def _looking(self, node_id: str) -> Callable[[], None]:
        pages = itertools.cycle(PAGES)

        def look() -> None:
            self._story.officer(node_id, "editor").ask("GET", next(pages))

        return look

    def _living(self, node_id: str) -> Callable[[], None]:
        def live() -> None:
            """A page is opened, lives for a while and is closed, as people do."""
            url = f"{self.world.nodes[node_id].url}/review/live?channel=queue"
            give_up_at = time.monotonic() + LIVE_FOR_S
            with (
                httpx.Client(timeout=httpx.Timeout(10, read=1), trust_env=False) as client,
                client.stream("GET", url, headers={"Last-Event-ID": "unknown"}) as answer,
            ):
                try:
                    for _ in answer.iter_lines():
                        if self._stop.is_set() or time.monotonic() > give_up_at:
                            return
                except httpx.ReadTimeout:
                    return

        return live

    def _signing_in(self, node_id: str) -> Callable[[], None]:
        def sign_in() -> None:
            url = f"{self.world.nodes[node_id].url}/directory/api/v1/tokens"
            answer = httpx.post(url, json={"username": "editor", "password": PASSWORD}, timeout=30, trust_env=False)
            answer.raise_for_status()

        return sign_in
