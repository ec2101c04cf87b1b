"""How a neighbouring node stands to this one, and what a link to it carries."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from services.kernel.language.refusal import Refusal
from services.kernel.language.vocabulary import Lane, Level, System


class PeerIsThisNode(Refusal):
    """这是本节点自己的名片。"""

    code = "peer_is_this_node"
    message = "这是本节点自己的名片，请粘贴对方的。"


class PeerOnSameLevel(Refusal):
    """对方与本节点同级，不能作为上级或下级登记。"""

    code = "peer_on_same_level"
    message = "对方与本节点同级，不能作为上级或下级登记。"


class SuperiorTaken(Refusal):
    """该系统已有上级节点。"""

    code = "superior_taken"
    message = "该系统已有上级节点，请先停用原来的。"


class FingerprintDiffers(Refusal):
    """指纹与名片不符，请与对方电话核对。"""

    code = "fingerprint_differs"
    message = "指纹与名片不符。请与对方电话核对后再登记。"


class Direction(StrEnum):
    """Where a neighbour stands from here."""

    SUPERIOR = "superior"
    SUBORDINATE = "subordinate"

    @property
    def label(self) -> str:
        """What officers call it."""
        return "上级" if self is Direction.SUPERIOR else "下级"


def require_other_node(own: str, other: str) -> None:
    """Refuse this node's own card."""
    if own == other:
        raise PeerIsThisNode


def direction_of(own: Level, other: Level) -> Direction:
    """A node of a higher level is a superior, of a lower one a subordinate.

    Raises:
        PeerOnSameLevel: Neither.
    """
    if own is other:
        raise PeerOnSameLevel
    return Direction.SUPERIOR if other.rank > own.rank else Direction.SUBORDINATE


def lanes_of(own: Level, other: Level) -> tuple[Lane, ...]:
    """All lanes between neighbouring levels; a skip-level link carries the urgent lane only."""
    if abs(own.rank - other.rank) > 1:
        return (Lane.URGENT,)
    return tuple(Lane)


def require_superior_free(
    system: System, lanes: Iterable[Lane], taken: Iterable[tuple[System, tuple[Lane, ...]]]
) -> None:
    """A system has one superior that takes routine items; skip-level ones may stand beside it."""
    if Lane.ROUTINE not in set(lanes):
        return
    if any(system is other and Lane.ROUTINE in its_lanes for other, its_lanes in taken):
        raise SuperiorTaken


def same_fingerprint(said: str, computed: str) -> bool:
    """Whether two fingerprints agree; spaces and case do not matter."""
    return _folded(said) == _folded(computed)


def _folded(fingerprint: str) -> str:
    return "".join(char for char in fingerprint if char.isalnum()).upper()
