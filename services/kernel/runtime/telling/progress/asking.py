"""The listener's questions to a teller of its node, over HTTP."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

import httpx

from services.kernel.runtime.telling.progress.told import Told
from services.kernel.runtime.web.insiders import ServiceAway, ask

if TYPE_CHECKING:
    from services.kernel.runtime.service import ServiceContext

ANSWER_WITHIN_S = 5.0


class TellerSilent(Exception):
    """The teller gives no answer now."""


class TellerElsewhere(TellerSilent):
    """Nobody at the node's address knows this teller: it runs apart, as for a portal in another network."""


class Teller:
    """One telling service as its listener asks it."""

    def __init__(self, context: ServiceContext, name: str, topics: Collection[str]) -> None:
        self.context = context
        self.name = name
        self.topics = sorted(topics)

    async def told_after(self, after: int) -> tuple[list[Told], int | None]:
        """The next facts of our topics; and the last row looked at, None at the end."""
        said = await self._ask("GET", "told", params={"topic": self.topics, "after": after})
        return [Told.from_wire(row) for row in said["rows"]], said["last"]

    async def newest_id(self) -> int:
        """The id of the newest fact of any topic."""
        return int((await self._ask("GET", "told/newest"))["id"])

    async def rows(self, ids: Sequence[int]) -> list[Told]:
        """These facts as they stand now."""
        return [Told.from_wire(row) for row in (await self._ask("POST", "told/rows", json={"ids": ids}))["rows"]]

    async def told_above(self, places: Sequence[tuple[str, str, int]]) -> list[Told]:
        """Facts of these keys above the numbers given."""
        said = await self._ask("POST", "told/above", json={"places": places})
        return [Told.from_wire(row) for row in said["rows"]]

    async def counters(self, after: tuple[str, str]) -> list[tuple[str, str, int]]:
        """How far the keys of our topics were told, a page of them."""
        params = {"topic": self.topics, "after_topic": after[0], "after_key": after[1]}
        return [tuple(row) for row in (await self._ask("GET", "counters", params=params))["counters"]]

    async def tell_again(self, ids: Sequence[int]) -> int:
        """Ask for these facts once more; how many will come."""
        return int((await self._ask("POST", "told/again", json={"ids": ids}))["count"])

    async def applied_to(self, reached: int) -> None:
        """Say that everything up to this row took effect here."""
        await self._ask("POST", "told/applied", json={"reached": reached})

    async def _ask(self, method: str, what: str, **more: Any) -> Any:
        try:
            answer = await ask(
                self.context, self.name, f"internal/{what}", within_s=ANSWER_WITHIN_S, method=method, **more
            )
        except ServiceAway as fault:
            raise TellerSilent(str(fault)) from fault
        if answer.status_code == httpx.codes.NOT_FOUND:
            raise TellerElsewhere(self.name)
        if answer.status_code != httpx.codes.OK:
            raise TellerSilent(f"{self.name} answered {answer.status_code}")
        return answer.json()
