"""What this node knows of the units that facts name, out of its read copy of the directory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from services.exchange.policy.belonging import Known
from services.kernel.language.vocabulary import Lane, UnitKind
from services.kernel.runtime.heard.organisation import list_peers, units_to_compare
from services.kernel.runtime.storing.session import AsyncSession

AT_ONCE = 200
"""So many ids and names are asked for in one statement."""


async def known_units(session: AsyncSession, named: Iterable[tuple[UUID, str]], *, peer: str) -> Known:
    """What the named units are here, what a neighbour is governed as, and who reports here directly."""
    wanted = sorted(set(named))
    units = {}
    for at in range(0, max(len(wanted), 1), AT_ONCE):
        ids, names = zip(*wanted[at : at + AT_ONCE], strict=True) if wanted else ((), ())
        found = await units_to_compare(session, ids=set(ids), names=set(names), node_id=peer)
        units.update({unit.unit_id: unit for unit in found})
    subordinate = [unit for unit in units.values() if unit.kind is UnitKind.SUBORDINATE]
    offices: dict[str, set[UUID]] = defaultdict(set)
    for unit in subordinate:
        offices[unit.node_id].add(unit.unit_id)
    below = await list_peers(session, direction="subordinate")
    return Known(
        nodes={unit.unit_id: unit.node_id for unit in units.values()},
        offices=offices,
        names={unit.name: unit.node_id for unit in subordinate},
        direct=frozenset(one.peer for one in below if Lane.ROUTINE in one.lanes),
    )
