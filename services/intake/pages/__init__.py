"""HTML: the list of a unit's items, the form an item is written in, and the item with its history."""

ROUTERS = ()
