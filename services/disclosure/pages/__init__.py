"""HTML: the office's pages, and the portal's."""

from services.disclosure.pages.columns import router as _columns
from services.disclosure.pages.information import router as _information
from services.disclosure.pages.listing import router as _listing
from services.disclosure.pages.portal import router as _portal

ROUTERS = (_listing, _information)
PORTAL_ROUTERS = (_columns, _portal)
