"""What an operator does to a link, and the state that it is told to be in."""

from __future__ import annotations

from services.exchange.actions.admitting import admit
from services.exchange.policy.permissions import Act
from services.exchange.store.lanes import lock_link
from services.kernel.language.events.exchange import LinkStateChanged
from services.kernel.language.refusal import NotFound
from services.kernel.language.vocabulary import LinkState
from services.kernel.runtime.heard.organisation import find_peer
from services.kernel.runtime.storing.transaction import Transaction
from services.kernel.runtime.web.identity import Officer


async def pause_link(tx: Transaction, peer: str, *, by: Officer | None) -> None:
    """Take the link to a peer down until it is resumed; nothing is lost, everything waits.

    Raises:
        NotPermitted: The officer is no administrator.
        NotFound: No such peer is registered.
    """
    await _set_paused(tx, peer, is_paused=True, by=by)


async def resume_link(tx: Transaction, peer: str, *, by: Officer | None) -> None:
    """Let a paused link carry again."""
    await _set_paused(tx, peer, is_paused=False, by=by)


async def note_link_state(tx: Transaction, peer: str, state: LinkState, *, reason: str = "") -> None:
    """Tell the state of a link when it is another than the one told last."""
    link = await lock_link(tx.session, peer)
    if link.state == state.value:
        return
    link.state, link.state_since = state.value, tx.now
    tx.session.add(link)
    tx.tell(LinkStateChanged(peer=peer, state=state, at=tx.now, reason=reason))
    tx.signal("links")


async def _set_paused(tx: Transaction, peer: str, *, is_paused: bool, by: Officer | None) -> None:
    ref = admit(by, Act.OPERATE_LINKS)
    if await find_peer(tx.session, peer) is None:
        raise NotFound
    link = await lock_link(tx.session, peer)
    if link.is_paused == is_paused:
        return
    link.is_paused, link.paused_by, link.changed_at = is_paused, by.name if by else "", tx.now
    tx.session.add(link)
    tx.audit("link.paused" if is_paused else "link.resumed", peer, by=ref)
    tx.signal("link settings")
    tx.signal("links")
