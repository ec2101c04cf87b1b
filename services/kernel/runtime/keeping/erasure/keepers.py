"""Who keeps copies: a service, opened here for a command or asked over the node's own signed calls; one interface."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from typing import Any, Protocol
from uuid import UUID

import httpx

from services.kernel.runtime.keeping.erasure.broker import publish_again
from services.kernel.runtime.keeping.erasure.copies import Copies, Order
from services.kernel.runtime.keeping.erasure.erasing import copies_of, erase_item
from services.kernel.runtime.keeping.erasure.texts import digests_in_use
from services.kernel.runtime.keeping.sizes import rewrite
from services.kernel.runtime.service import Service, ServiceContext
from services.kernel.runtime.surroundings.settings import ALL_SERVICES
from services.kernel.runtime.uploads.files import AsyncFileStore
from services.kernel.runtime.web.insiders import ServiceAway, ask

COUNT_WITHIN_S = 10.0
ERASE_WITHIN_S = 1800.0
"""Writing a large database anew takes minutes."""


class KeeperSilent(Exception):
    """A service gives no answer now; what it has is erased when it does."""


class Keeper(Protocol):
    """What an erasure asks of a service."""

    name: str

    async def copies(self, origin_id: UUID) -> Copies:
        """What it has of an item."""

    async def erase(self, order: Order) -> Copies:
        """Erase the item from its database; what it had."""

    async def files_in_use(self, digests: Collection[str]) -> set[str]:
        """Which of these files its records have."""

    async def delete_files(self, digests: Collection[str]) -> None:
        """Delete these files where it keeps files, and what it has made of texts on the disk."""

    async def publish_again(self, topics: Collection[str]) -> None:
        """Publish its facts of these topics once more, as far as the broker would still hold them."""

    async def rewrite(self) -> None:
        """Write its database anew, so that nothing deleted can be read on the disk."""


class OpenedKeeper:
    """A service whose database is open in this process."""

    def __init__(self, service: Service, context: ServiceContext) -> None:
        self.name = service.name
        self._service, self._context = service, context

    async def copies(self, origin_id: UUID) -> Copies:
        """What it has of an item."""
        async with self._context.database.reading() as session:
            return await copies_of(session, self._service, origin_id)

    async def erase(self, order: Order) -> Copies:
        """Erase the item from its database; what it had."""
        async with self._context.database.transaction(self._context.clock()) as tx:
            return await erase_item(tx, self._service, order)

    async def files_in_use(self, digests: Collection[str]) -> set[str]:
        """Which of these files its records have."""
        async with self._context.database.reading() as session:
            return await digests_in_use(session, self._service.texts, digests)

    async def delete_files(self, digests: Collection[str]) -> None:
        """Delete these files where it keeps files."""
        if self._service.beyond is not None:
            await self._service.beyond.clear(self._context, digests)
        files = AsyncFileStore(self._context.files)
        for digest in digests:
            await files.delete(digest)

    async def publish_again(self, topics: Collection[str]) -> None:
        """Publish its facts of these topics once more, as far as the broker would still hold them."""
        async with self._context.database.transaction(self._context.clock()) as tx:
            await publish_again(tx, topics)

    async def rewrite(self) -> None:
        """Write its database anew, so that nothing deleted can be read on the disk."""
        await rewrite(self._context.database)


class AskedKeeper:
    """A service of this node, wherever it runs, asked over HTTP."""

    def __init__(self, context: ServiceContext, name: str) -> None:
        self.name = name
        self._context = context

    async def copies(self, origin_id: UUID) -> Copies:
        """What it has of an item."""
        return Copies.from_wire(await self._ask("GET", f"copies/{origin_id}", COUNT_WITHIN_S))

    async def erase(self, order: Order) -> Copies:
        """Erase the item from its database; what it had."""
        return Copies.from_wire(await self._ask("POST", "erase", ERASE_WITHIN_S, order.model_dump(mode="json")))

    async def files_in_use(self, digests: Collection[str]) -> set[str]:
        """Which of these files its records have."""
        said = await self._ask("POST", "files-in-use", ERASE_WITHIN_S, {"names": sorted(digests)})
        return set(said["names"])

    async def delete_files(self, digests: Collection[str]) -> None:
        """Delete these files where it keeps files."""
        await self._ask("POST", "delete-files", ERASE_WITHIN_S, {"names": sorted(digests)})

    async def publish_again(self, topics: Collection[str]) -> None:
        """Publish its facts of these topics once more, as far as the broker would still hold them."""
        await self._ask("POST", "publish-again", ERASE_WITHIN_S, {"names": sorted(topics)})

    async def rewrite(self) -> None:
        """Write its database anew, so that nothing deleted can be read on the disk."""
        await self._ask("POST", "rewrite", ERASE_WITHIN_S)

    async def is_here(self) -> bool:
        """Whether the node has this service at all: one that runs apart, in another network, it has not.

        Raises:
            KeeperSilent: It does not answer.
        """
        answer = await self._send("GET", "", COUNT_WITHIN_S)
        return answer.status_code != httpx.codes.NOT_FOUND

    async def _ask(self, method: str, what: str, within_s: float, body: Any = None) -> Any:
        answer = await self._send(method, what, within_s, body)
        if answer.status_code != httpx.codes.OK:
            raise KeeperSilent(f"{self.name} answered {answer.status_code}")
        return answer.json()

    async def _send(self, method: str, what: str, within_s: float, body: Any = None) -> httpx.Response:
        path = f"internal/erasure/{what}"
        try:
            return await ask(self._context, self.name, path, within_s=within_s, method=method, json=body)
        except ServiceAway as fault:
            raise KeeperSilent(str(fault)) from fault


async def keepers_of(context: ServiceContext) -> Sequence[AskedKeeper]:
    """The services that this node has.

    Raises:
        KeeperSilent: One of them does not answer.
    """
    found = [AskedKeeper(context, name) for name in ALL_SERVICES]
    there = await asyncio.gather(*(one.is_here() for one in found))
    return [one for one, is_there in zip(found, there, strict=True) if is_there]
