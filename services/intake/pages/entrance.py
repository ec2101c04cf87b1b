"""The way in."""

from __future__ import annotations

from fastapi import Response
from fastapi.responses import RedirectResponse

from services.kernel.runtime.web.dependencies import edge_router

router = edge_router()


@router.get("/", include_in_schema=False)
async def enter() -> Response:
    return RedirectResponse("/intake/submissions", status_code=303)
