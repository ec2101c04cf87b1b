"""HTML: the queue, the reviewer's and signer's desks, issues, forwards and instructions."""

from services.kernel.runtime.web.dependencies import edge_router
from services.review.pages import alike, entrance, forwards, instructions, issues, queue, unit

router = edge_router(include_in_schema=False)
for part in (alike, entrance, queue, unit, issues, forwards, instructions):
    router.include_router(part.router)

ROUTERS = (router,)
