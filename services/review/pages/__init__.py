"""HTML: the queue, the reviewer's and signer's desks, issues, forwards and instructions."""

from services.kernel.runtime.web import edge_router
from services.review.pages import forwards, fragments, instructions, issues, queue, unit

router = edge_router(include_in_schema=False)
for part in (queue.router, unit.router, issues.router, forwards.router, instructions.router, fragments.router):
    router.include_router(part)

ROUTERS = (router,)
