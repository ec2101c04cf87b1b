"""How hops come about: signing makes the first, forwarding the next; a resubmission keeps its hop."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from services.kernel.language.events.parts import Hop
from services.kernel.language.vocabulary import Level


def first_hop(*, node: str, unit_id: UUID, unit_name: str, to_node: str, to_level: Level) -> tuple[Hop, ...]:
    """The way of an item that its own unit reports up: one hop, also when it was returned before."""
    return (
        Hop(n=1, from_node=node, from_unit_id=unit_id, from_unit_name=unit_name, to_node=to_node, to_level=to_level),
    )


def next_hop(
    hops: Sequence[Hop], *, node: str, office_id: UUID, office_name: str, to_node: str, to_level: Level
) -> tuple[Hop, ...]:
    """The way of an item that an office sends on: the hops up to this node, and one more from it."""
    so_far = up_to(hops, node)
    last = so_far[-1].n if so_far else 0
    return (
        *so_far,
        Hop(
            n=last + 1,
            from_node=node,
            from_unit_id=office_id,
            from_unit_name=office_name,
            to_node=to_node,
            to_level=to_level,
        ),
    )


def longer(known: Sequence[Hop], told: Sequence[Hop]) -> tuple[Hop, ...]:
    """The way as it was told now, unless a longer one is known."""
    return tuple(told if len(told) >= len(known) else known)


def up_to(hops: Sequence[Hop], node: str) -> tuple[Hop, ...]:
    """The hops by which the item came to `node`, without what happened beyond it."""
    ends = [place for place, hop in enumerate(hops) if hop.to_node == node]
    return tuple(hops[: ends[0] + 1]) if ends else ()
