"""HTML of the directory: sign-in and home at the root, administration under /directory."""

from services.directory.pages import calendar, entrance, home, officers, password, peers, standing, units
from services.kernel.runtime.web.dependencies import edge_router

root_router = edge_router(include_in_schema=False)
for part in (entrance.router, home.router, standing.router):
    root_router.include_router(part)

router = edge_router(include_in_schema=False)
for part in (units.router, officers.router, peers.router, calendar.router, password.router):
    router.include_router(part)
