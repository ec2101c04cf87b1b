"""Files: their chunks wait for the bulk lane, those of emergencies first; a file that is missing is asked for."""

from __future__ import annotations

from collections.abc import Sequence

from services.exchange.actions.admitting import admit
from services.exchange.actions.border import Border
from services.exchange.actions.dispatching import Outgoing, queue_rows
from services.exchange.model import FileDue
from services.exchange.policy.chain import Chain, link_name
from services.exchange.policy.chunks import CHUNK_TYPE, Chunk, describe
from services.exchange.policy.permissions import Act
from services.exchange.policy.signature import Kind, Statement, Trust, trust_in
from services.exchange.store.files import due_anew, give_up, mark_dispatched
from services.exchange.store.lanes import find_lane
from services.exchange.store.queue import Rank, has_queued
from services.kernel.language.refusal import NotFound
from services.kernel.language.vocabulary import Lane
from services.kernel.runtime.storing.transaction import Transaction
from services.kernel.runtime.web.identity import Officer


async def dispatch_file(tx: Transaction, due: FileDue, chunks: Sequence[Chunk]) -> bool:
    """Put a file's chunks on the bulk lane to the peer that shall have it; False when they are there already."""
    if not await mark_dispatched(tx.session, due, now=tx.now):
        return False
    chain = Chain(link_name(tx.node.node_id, due.peer), Lane.BULK.value)
    rows = [Outgoing(chain, "", CHUNK_TYPE, describe(chunk), chunk.length) for chunk in chunks]
    await queue_rows(tx, rows, rank=Rank.URGENT if due.is_urgent else Rank.USUAL)
    return True


async def send_file_again(tx: Transaction, border: Border, wanted: Statement) -> bool:
    """Dispatch once more what a peer asks for; False when it is not its to have, or is still on its way.

    Only a file that was due for that very peer goes, and only when all that was sent is receipted:
    else it may just not have arrived yet.
    """
    if wanted.kind is not Kind.WANT_FILE or wanted.chain != border.out:
        return False
    if trust_in(wanted, border.peer_keys) is not Trust.GOOD or wanted.answers != border.run.heard.incarnation:
        return False
    lane = await find_lane(tx.session, border.out)
    if lane is None or lane.receipted_n < lane.n or await has_queued(tx.session, border.out):
        return False
    is_theirs = await due_anew(tx.session, border.peer, wanted.tip.h.hex())
    tx.signal("files")
    return is_theirs


async def give_up_file(tx: Transaction, sha256: str, *, by: Officer | None, reason: str) -> int:
    """Look and ask for a file no more; in how many places it was missed.

    Raises:
        NotPermitted: The officer is no administrator.
        NotFound: No such file is missed.
    """
    ref = admit(by, Act.OPERATE_LINKS)
    given_up = await give_up(tx.session, sha256, now=tx.now)
    if not given_up:
        raise NotFound
    tx.audit("file.given_up", sha256, by=ref, details={"places": given_up, "reason": reason})
    tx.signal("links")
    return given_up
