"""JSON in and out: tokens, units, officers, neighbours and the calendar."""

from services.directory.api import calendar, officers, peers, tokens, units
from services.kernel.runtime.web.dependencies import edge_router

router = edge_router(prefix="/api/v1", tags=["directory"])
for part in (tokens, officers, units, peers, calendar):
    router.include_router(part.router)
