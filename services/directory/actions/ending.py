"""End sign-ins or their tokens, here and, by a fact, in every service that would still take the tokens."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from services.directory import store
from services.kernel.language.events.directory import SessionEnded
from services.kernel.runtime.heard.ended import note_ended_sessions
from services.kernel.runtime.storing.transaction import Transaction

_IN_ONE_FACT = 500


async def end_sessions_of(tx: Transaction, officer_id: UUID, *, keep: UUID | None = None) -> None:
    """End every sign-in of an officer, except `keep`."""
    ended = await store.revoke_sessions(tx.session, officer_id, tx.now, keep=keep)
    await tell_ended(tx, officer_id, ended)


async def end_tokens_of(tx: Transaction, officer_id: UUID) -> None:
    """End the tokens of an officer whose standing has changed; his sign-ins go on, and their next token says it.

    A token names its sign-in: each goes on under a new id, and the old one has ended.
    """
    ended = await store.replace_session_ids(tx.session, officer_id, tx.now)
    await tell_ended(tx, officer_id, ended)


async def tell_ended(tx: Transaction, officer_id: UUID, session_ids: Sequence[UUID]) -> None:
    """Tell which sign-ins of an officer ended; the directory, which listens to nobody, keeps it beside."""
    for start in range(0, len(session_ids), _IN_ONE_FACT):
        some = tuple(session_ids[start : start + _IN_ONE_FACT])
        fact = SessionEnded(officer_id=officer_id, session_ids=some, ended_at=tx.now)
        tx.tell(fact)
        await note_ended_sessions(tx, fact)
