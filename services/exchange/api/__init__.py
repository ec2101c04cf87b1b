"""Links as JSON: how they stand, pause and resume, open an epoch."""

from services.exchange.api.links import router

__all__ = ["router"]
