"""HTML of stats: the month's sheet, a unit's source records, the rules, and exports."""

from services.stats.pages.exports import router as exports
from services.stats.pages.rules import router as rules
from services.stats.pages.scores import router as scores
from services.stats.pages.unit import router as unit

ROUTERS = (scores, exports, unit, rules)
