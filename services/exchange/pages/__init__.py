"""HTML of the exchange: the links with their lanes, and erasing an item from every copy."""

from services.exchange.pages import erasures, links
from services.kernel.runtime.web.dependencies import edge_router

router = edge_router(include_in_schema=False)
for part in (links.router, erasures.router):
    router.include_router(part)
