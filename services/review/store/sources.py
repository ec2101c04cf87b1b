"""How the unit an item came from is printed: the governed unit's short name."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from services.kernel.language.vocabulary import UnitKind
from services.kernel.runtime.heard.organisation import list_units
from services.kernel.runtime.storing.session import AsyncSession
from services.review.model import ReviewItem


async def source_names(session: AsyncSession, node_id: str, items: Sequence[ReviewItem]) -> dict[UUID, str]:
    """For each item the name in brackets after its text: 龙潭乡, 区水利局; of one reported together all, 区水利局、区应急局."""
    units = await list_units(session, active_only=False)
    by_id = {unit.unit_id: unit.short_name or unit.name for unit in units}
    by_node = {unit.node_id: unit.short_name or unit.name for unit in units if unit.kind is UnitKind.SUBORDINATE}
    return {item.origin_id: _source(item, node_id, by_id, by_node) for item in items}


def _source(item: ReviewItem, node_id: str, by_id: dict[UUID, str], by_node: dict[str, str]) -> str:
    hop = next((hop for hop in item.hops if hop.to_node == node_id and hop.from_node != node_id), None)
    if hop is not None:
        return by_node.get(hop.from_node) or hop.from_unit_name
    own = (item.unit_id, item.unit_name)
    units = [own, *((one.unit_id, one.name) for one in item.co_units)] if item.origin_node == node_id else [own]
    return "、".join(by_id.get(unit_id) or name for unit_id, name in units)
