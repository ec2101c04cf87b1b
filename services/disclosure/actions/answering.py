"""How the portal answers: from the portal's own data, without cookies, and so that others may keep it for a minute."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Request, Response

from services.kernel.runtime.service import ServiceContext
from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.web.downloads import stored_file

KEPT_FOR_S = 60
_KEPT = f"public, max-age={KEPT_FOR_S}"


def portal_context(request: Request) -> ServiceContext:
    """The service whose data the portal shows: `portal` in a process of its own, else disclosure."""
    contexts: dict[str, ServiceContext] = request.app.state.contexts
    return contexts.get("portal") or contexts["disclosure"]


async def _portal_reading(request: Request) -> AsyncIterator[AsyncSession]:
    async with portal_context(request).database.reading() as session:
        yield session


def public_address(request: Request) -> str:
    """The portal's address as this node's settings have it, without a slash at the end; empty if they say nothing.

    Never what the request says: its Host is the caller's choice, and the answer is kept for others.
    """
    settings = portal_context(request).settings
    return (settings.public_url or settings.node_url).rstrip("/")


PortalReading = Annotated[AsyncSession, Depends(_portal_reading, scope="function")]
PortalContext = Annotated[ServiceContext, Depends(portal_context)]


def keepable(request: Request, response: Response, *, is_shared: bool = True) -> Response:
    """The answer with a mark of its content; who has it already is told so in a word.

    Args:
        is_shared: Whether it is the same for everybody; if not, only the asking browser may keep it.
    """
    kept = _KEPT if is_shared else f"private, max-age={KEPT_FOR_S}"
    mark = f'"{hashlib.sha256(bytes(response.body)).hexdigest()[:24]}"'
    headers = {"ETag": mark, "Cache-Control": kept, "Vary": "Cookie, Accept-Encoding"}
    if response.status_code == 200 and _has(request, mark):
        return Response(status_code=304, headers=headers)
    response.headers.update(headers)
    return response


async def keepable_download(
    request: Request, context: ServiceContext, *, sha256: str, filename: str, media_type: str
) -> Response:
    """A public file, marked by its digest and kept no longer than the page that offers it: both go when it is revoked.

    Raises:
        FileNotHere: The file is not on this disk.
    """
    mark = f'"{sha256}"'
    if _has(request, mark):
        return Response(status_code=304, headers={"ETag": mark, "Cache-Control": _KEPT})
    return await stored_file(context.files, sha256, filename, media_type, cache_control=_KEPT)


def _has(request: Request, mark: str) -> bool:
    return mark in request.headers.get("if-none-match", "")
