"""HTML: the office's pages, and the portal's."""

ROUTERS = ()
PORTAL_ROUTERS = ()
