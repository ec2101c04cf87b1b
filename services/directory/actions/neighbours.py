"""Show this node's card, register a neighbour by its card, change what is agreed with it."""

from __future__ import annotations

from typing import Any

from services.directory import store
from services.directory.actions.admitting import Acting, admit
from services.directory.actions.turns import take_administration_turn
from services.directory.actions.units import (
    differing,
    register_subordinate,
    set_subordinate_active,
)
from services.directory.model import Peer, PeerCard, PeerCardUnit, PeerChange
from services.directory.policy import neighbours as policy
from services.directory.policy.administration import Administration
from services.directory.policy.neighbours import Direction
from services.kernel.language.events.directory import PeerRegistered
from services.kernel.language.refusal import NotFound, StaleVersion
from services.kernel.language.vocabulary import Lane, System
from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.storing.transaction import Transaction
from services.kernel.runtime.surroundings.settings import NodeInfo
from services.kernel.runtime.web.tokens import KeyPair, fingerprint, public_key_from_text, public_key_text


async def node_card(session: AsyncSession, *, node: NodeInfo, keys: KeyPair, bootstrap_servers: str) -> PeerCard:
    """What this node hands to its neighbours.

    Raises:
        NotFound: The node has no office yet.
    """
    profile = await store.find_profile(session, node.node_id)
    office = await store.find_head_office(session)
    if profile is None or office is None:
        raise NotFound("本节点还没有登记本级办公室。")
    return PeerCard(
        node_id=node.node_id,
        name=node.name,
        level=node.level,
        system=profile.system,
        unit=PeerCardUnit(
            unit_id=office.unit_id,
            name=office.name,
            short_name=office.short_name,
            org_code=office.org_code,
        ),
        public_key=public_key_text(keys.public),
        key_id=keys.key_id,
        bootstrap_servers="".join(bootstrap_servers.split()),
    )


def card_fingerprint(card: PeerCard) -> str:
    """What the two administrators read to each other over the phone."""
    return fingerprint_of(card.public_key)


def fingerprint_of(public_key: str) -> str:
    """The fingerprint of a key in base64."""
    return fingerprint(public_key_from_text(public_key))


async def register_peer(
    tx: Transaction,
    card: PeerCard,
    *,
    confirmed_fingerprint: str,
    system: System | None = None,
    by: Acting,
) -> Peer:
    """Register a neighbour, or take its new card: the fingerprint is confirmed either way.

    `system` is the hierarchy of the link when it is not the neighbour's own. A subordinate's office
    becomes a unit of this node, under the id that it has at home.

    Raises:
        NotPermitted: The officer is no administrator.
    """
    ref = admit(by, Administration.CHANGE_PEERS)
    await take_administration_turn(tx)
    policy.require_other_node(tx.node.node_id, card.node_id)
    if not policy.same_fingerprint(confirmed_fingerprint, card_fingerprint(card)):
        raise policy.FingerprintDiffers
    direction = policy.direction_of(tx.node.level, card.level)
    peer = await store.find_peer(tx.session, card.node_id, to_change=True)
    if peer is None:
        peer = Peer(node_id=card.node_id, version=0, **_described(tx, card, direction))
        tx.session.add(peer)
    for name, value in _described(tx, card, direction).items():
        setattr(peer, name, value)
    peer.system, peer.is_active, peer.version = system or card.system, True, peer.version + 1
    await _require_superior_free(tx, peer)
    if direction is Direction.SUBORDINATE:
        await register_subordinate(tx, card.unit, node_id=card.node_id, level=card.level, by=ref)
    _tell(tx, peer)
    tx.audit(
        "directory.peer.register",
        peer.node_id,
        by=ref,
        details={"key_id": peer.key_id, "direction": peer.direction, "system": peer.system.value},
    )
    return peer


async def change_peer(tx: Transaction, node_id: str, change: PeerChange, *, version: int, by: Acting) -> Peer:
    """Change the system or address of a link, or end it; the neighbour's unit follows.

    Raises:
        NotPermitted: The officer is no administrator.
    """
    ref = admit(by, Administration.CHANGE_PEERS)
    await take_administration_turn(tx)
    peer = await store.find_peer(tx.session, node_id, to_change=True)
    if peer is None:
        raise NotFound
    if peer.version != version:
        raise StaleVersion(version=peer.version)
    changed = differing(peer, change.given())
    if not changed:
        return peer
    for name, value in changed.items():
        setattr(peer, name, value)
    peer.version += 1
    await _require_superior_free(tx, peer)
    if peer.direction == Direction.SUBORDINATE:
        await set_subordinate_active(tx, peer.unit_id, is_active=peer.is_active)
    _tell(tx, peer)
    tx.audit("directory.peer.change", node_id, by=ref, details=changed)
    return peer


def _described(tx: Transaction, card: PeerCard, direction: Direction) -> dict[str, Any]:
    return {
        "name": card.name,
        "level": card.level,
        "system": card.system,
        "direction": direction.value,
        "unit_id": card.unit.unit_id,
        "unit_name": card.unit.name,
        "public_key": card.public_key,
        "key_id": card.true_key_id,
        "bootstrap_servers": card.bootstrap_servers,
        "lanes": frozenset(policy.lanes_of(tx.node.level, card.level)),
    }


async def _require_superior_free(tx: Transaction, peer: Peer) -> None:
    if peer.direction != Direction.SUPERIOR or not peer.is_active:
        return
    with tx.session.no_autoflush:
        superiors = await store.list_peers(tx.session, direction=Direction.SUPERIOR, active_only=True)
    taken = [(other.system, tuple(other.lanes)) for other in superiors.rows if other.node_id != peer.node_id]
    policy.require_superior_free(peer.system, peer.lanes, taken)


def _tell(tx: Transaction, peer: Peer) -> None:
    tx.tell(
        PeerRegistered(
            peer=peer.node_id,
            name=peer.name,
            level=peer.level,
            system=peer.system,
            direction=peer.direction,
            bootstrap_servers=peer.bootstrap_servers,
            public_key=peer.public_key,
            key_id=peer.key_id,
            unit_id=peer.unit_id,
            lanes=tuple(lane.value for lane in Lane if lane in peer.lanes),
            is_active=peer.is_active,
            unit_name=peer.unit_name,
            version=peer.version,
        )
    )
    tx.signal("organisation")
