"""HTML: the list of a unit's items, the form an item is written in, and the item with its history."""

from services.intake.pages.entrance import router as entrance
from services.intake.pages.item import router as item
from services.intake.pages.listing import router as listing
from services.intake.pages.naming import router as naming
from services.intake.pages.writing import router as writing

ROUTERS = (listing, writing, naming, item, entrance)
