"""Which of the units that a node governs an item is credited to; an item travels, the credit stays."""

from dataclasses import dataclass
from uuid import UUID

from services.kernel.language.events.parts import Item


@dataclass(frozen=True)
class CreditedUnit:
    """A unit that this node governs, by the name it bore when the item came."""

    unit_id: UUID
    name: str


def credited_unit(item: Item, node_id: str) -> CreditedUnit | None:
    """The governed unit that an item came from: an own unit, else the office by which it entered here.

    The district credits its township for what the city does with the item, the city credits
    the district. None where the item neither began here nor passed by.
    """
    if item.origin_node == node_id:
        return CreditedUnit(item.unit_id, item.unit_name)
    entered = next((hop for hop in item.hops if hop.to_node == node_id), None)
    return CreditedUnit(entered.from_unit_id, entered.from_unit_name) if entered else None


def sharing_units(item: Item, node_id: str) -> list[CreditedUnit]:
    """The units here that reported the item together with its own (合报); above they are one, the node's."""
    if item.origin_node != node_id:
        return []
    return [CreditedUnit(one.unit_id, one.name) for one in item.co_units if one.unit_id != item.unit_id]
