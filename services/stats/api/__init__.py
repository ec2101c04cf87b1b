"""JSON of stats: scores with their source records, and the rule sets."""

from services.stats.api.scores import router

__all__ = ["router"]
