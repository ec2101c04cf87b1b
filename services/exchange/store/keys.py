"""Public keys that statements are checked against."""

from __future__ import annotations

from services.exchange.policy.signature import Keys
from services.kernel.runtime.heard.organisation import list_peers
from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.web.tokens import KeyPair, KeyUnreadable, public_key_from_text


async def known_keys(session: AsyncSession, own: KeyPair) -> Keys:
    """This node's key and those of its peers, by their ids."""
    keys = {own.key_id: own.public.public_bytes_raw()}
    for peer in await list_peers(session):
        try:
            keys[peer.key_id] = public_key_from_text(peer.public_key).public_bytes_raw()
        except KeyUnreadable:
            continue
    return keys
