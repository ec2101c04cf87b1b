"""JSON in and out: the office's interface, and the public one."""

from services.disclosure.api.information import router as _information
from services.disclosure.api.portal import router as _portal

ROUTERS = (_information,)
PORTAL_ROUTERS = (_portal,)
