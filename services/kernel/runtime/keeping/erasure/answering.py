"""What a service answers the one that carries an erasure out; nobody else finds these addresses."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field

from services.kernel.runtime.keeping.erasure.copies import Order
from services.kernel.runtime.keeping.erasure.keepers import OpenedKeeper
from services.kernel.runtime.service import Service
from services.kernel.runtime.web.dependencies import Context, asked_first, edge_router
from services.kernel.runtime.web.insiders import Insider, calling_service

MOST_NAMES = 10_000


class Names(BaseModel):
    """Digests of files, or topics."""

    names: list[str] = Field(max_length=MOST_NAMES)


def erasure_router(service: Service) -> APIRouter:
    """Counting and erasing an item's copies in one service."""
    router = edge_router(prefix="/internal/erasure", include_in_schema=False)

    @router.get("/")
    async def be_here(caller: Insider) -> dict[str, str]:
        return {"service": service.name}

    @router.get("/copies/{origin_id}")
    async def count_copies(origin_id: UUID, context: Context, caller: Insider) -> dict[str, Any]:
        return (await OpenedKeeper(service, context).copies(origin_id)).to_wire()

    # The keeper makes its own transactions: what it does is longer than one, and each step may be repeated.
    @router.post("/erase")
    @asked_first(calling_service)
    async def erase(order: Order, context: Context, caller: Insider) -> dict[str, Any]:
        return (await OpenedKeeper(service, context).erase(order)).to_wire()

    @router.post("/files-in-use")
    @asked_first(calling_service)
    async def list_files_in_use(digests: Names, context: Context, caller: Insider) -> dict[str, Any]:
        return {"names": sorted(await OpenedKeeper(service, context).files_in_use(digests.names))}

    @router.post("/delete-files")
    @asked_first(calling_service)
    async def delete_files(digests: Names, context: Context, caller: Insider) -> dict[str, Any]:
        await OpenedKeeper(service, context).delete_files(digests.names)
        return {}

    @router.post("/publish-again")
    @asked_first(calling_service)
    async def publish_again(topics: Names, context: Context, caller: Insider) -> dict[str, Any]:
        await OpenedKeeper(service, context).publish_again(topics.names)
        return {}

    @router.post("/rewrite")
    async def rewrite(context: Context, caller: Insider) -> dict[str, Any]:
        await OpenedKeeper(service, context).rewrite()
        return {}

    return router
