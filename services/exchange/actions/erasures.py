"""Deciding that an item is erased, answering a neighbour that has erased it, and hearing what neighbours decided.

Nothing is erased because a neighbour says so: its decision is a request here, for people.
"""

from __future__ import annotations

from uuid import UUID

from services.exchange.actions.admitting import admit
from services.exchange.actions.border import Border
from services.exchange.actions.conflicts import keep_conflict
from services.exchange.model import Erasure, ErasureSaid
from services.exchange.policy.arrivals import NOT_THEIRS
from services.exchange.policy.permissions import Act
from services.exchange.policy.routing import neighbours_on
from services.exchange.store.erasures import DECLINED, ERASED, answer_requests, find_erasure, find_said
from services.exchange.store.ledger import links_naming
from services.exchange.store.routes import ways_of
from services.kernel.language.envelope import Envelope
from services.kernel.language.events import fact_in
from services.kernel.language.events.exchange import ABOUT_ERASURE, ErasureDecided, ErasureDeclined
from services.kernel.language.refusal import NotFound, Refusal
from services.kernel.language.vocabulary import ErasureGround, ErasureStage
from services.kernel.runtime.keeping.erasure.copies import Tally
from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.storing.transaction import Transaction
from services.kernel.runtime.web.identity import Officer

CHANNEL, DUE = "erasures", "erasures due"
"""What pages show has changed; there is an erasure to carry out."""
BY_COMMAND = "维护人员（命令行）"


class AlreadyErased(Refusal):
    """这一件已经清除过。"""

    code = "already_erased"
    message = "这一件已经清除过。要再执行一次，请打开它的清除记录。"


class ErasureAnswered(Refusal):
    """这项要求已经答复过。"""

    code = "erasure_answered"
    message = "这项要求已经答复过。"


async def decide_erasure(
    tx: Transaction, origin_id: UUID, *, ground: ErasureGround, reason: str, by: Officer | None
) -> Erasure:
    """Decide that an item is erased on this node; the neighbours with copies are told and decide for themselves.

    Raises:
        NotPermitted: The officer is no administrator.
        AlreadyErased: That was decided before.
    """
    ref = admit(by, Act.ERASE)
    if await find_erasure(tx.session, origin_id, to_change=True) is not None:
        raise AlreadyErased
    neighbours = tuple(await neighbours_with(tx.session, tx.node.node_id, origin_id))
    name, unit_name = (ref.name, ref.unit_name) if ref else (BY_COMMAND, tx.node.name)
    fact = ErasureDecided(
        origin_id=origin_id, ground=ground, reason=reason, decided_by=name, unit_name=unit_name, at=tx.now,
        neighbours=neighbours,
    )  # fmt: skip
    tx.tell(fact)
    erasure = await keep_erasure(tx, fact)
    tx.audit("erasure.decided", origin_id, by=ref, details={"ground": ground.value, "reason": reason})
    return erasure


async def erase_again(tx: Transaction, origin_id: UUID, *, by: Officer | None) -> None:
    """Carry an erasure out once more: something was put back, or a copy was out of reach.

    Raises:
        NotPermitted: The officer is no administrator.
        NotFound: The item was never erased.
    """
    ref = admit(by, Act.ERASE)
    erasure = await find_erasure(tx.session, origin_id, to_change=True)
    if erasure is None:
        raise NotFound
    erasure.stage, erasure.finished_at, erasure.trouble = ErasureStage.DATABASES, None, ""
    tx.session.add(erasure)
    tx.audit("erasure.repeated", origin_id, by=ref)
    tx.signal(CHANNEL)
    tx.signal(DUE)


async def decline_erasure(tx: Transaction, origin_id: UUID, peer: str, *, reason: str, by: Officer) -> None:
    """Keep an item that a neighbour has erased, and tell it why.

    Raises:
        NotPermitted: The officer is no administrator.
        NotFound: That neighbour has asked for nothing.
        ErasureAnswered: It has its answer.
    """
    admit(by, Act.ERASE)
    said = await find_said(tx.session, origin_id, peer, to_change=True)
    if said is None or said.is_declined:
        raise NotFound
    if said.answer:
        raise ErasureAnswered
    fact = ErasureDeclined(
        origin_id=origin_id, asked_by=peer, reason=reason, decided_by=by.name, unit_name=by.unit_name, at=tx.now
    )
    tx.tell(fact)
    _answer(said, fact)
    tx.session.add(said)
    tx.audit("erasure.declined", origin_id, by=by.ref, details={"peer": peer, "reason": reason})
    tx.signal(CHANNEL)


async def hear_of_erasure(tx: Transaction, border: Border, fact: ErasureDecided | ErasureDeclined) -> None:
    """Note what a neighbour decided about an item; one that never carried the item has nothing to say about it."""
    ways = (await ways_of(tx.session, [fact.key])).get(fact.key, ())
    if ways and not any(border.peer in neighbours_on(way, border.own) for way in ways):
        await keep_conflict(tx, border.inward, NOT_THEIRS)
        return
    said = await find_said(tx.session, fact.origin_id, border.peer, to_change=True)
    said = said or _unsaid(fact.origin_id, border.peer, tx)
    said.is_declined = isinstance(fact, ErasureDeclined)
    said.ground = fact.ground if isinstance(fact, ErasureDecided) else None
    said.reason, said.decided_by, said.unit_name = fact.reason, fact.decided_by, fact.unit_name
    said.at, said.arrived_at = fact.at, tx.now
    erasure = await find_erasure(tx.session, fact.origin_id)
    if erasure is not None and not said.is_declined and not said.answer:
        said.answer, said.answered_by, said.answered_at = ERASED, erasure.decided_by, erasure.decided_at
    tx.session.add(said)
    await tx.session.flush()
    tx.audit("erasure.heard", fact.origin_id, by=None, details={"peer": border.peer, "type": fact.TYPE})
    tx.signal(CHANNEL)


async def keep_erasure(tx: Transaction, fact: ErasureDecided) -> Erasure:
    """This node's decision, to be carried out; one that was told and forgotten in a restore is carried out again."""
    erasure = await find_erasure(tx.session, fact.origin_id)
    if erasure is not None:
        return erasure
    erasure = Erasure(
        origin_id=fact.key, ground=fact.ground, reason=fact.reason, decided_by=fact.decided_by,
        unit_name=fact.unit_name, decided_at=fact.at, asked=list(fact.neighbours),
    )  # fmt: skip
    tx.session.add(erasure)
    await tx.session.flush()
    await answer_requests(tx.session, fact.origin_id, by=fact.decided_by, now=fact.at)
    tx.signal(CHANNEL)
    tx.signal(DUE)
    return erasure


async def neighbours_with(session: AsyncSession, own: str, origin_id: UUID) -> list[str]:
    """The neighbours that have copies of an item: those on its route, and whoever sent or got something that names it."""
    key = str(origin_id)
    ways = (await ways_of(session, [key])).get(key, ())
    ends = {end for link in await links_naming(session, origin_id) for end in link.split(">")}
    return sorted({*ends, *(one for way in ways for one in neighbours_on(way, own))} - {own})


async def note_progress(tx: Transaction, origin_id: UUID, stage: ErasureStage, tally: Tally) -> None:
    """Note how far an erasure is; what an earlier try had found is not forgotten when a later one finds less."""
    erasure = await find_erasure(tx.session, origin_id, to_change=True)
    if erasure is None:
        return
    counted = {
        name: {"facts": one.facts, "rows": one.rows, "files": len(one.digests)} for name, one in tally.copies.items()
    }
    erasure.copies = {**erasure.copies, **counted}
    erasure.files, erasure.topics = max(erasure.files, tally.files), max(erasure.topics, tally.topics)
    erasure.stage, erasure.trouble = stage, ""
    erasure.finished_at = tx.now if stage is ErasureStage.DONE else None
    tx.session.add(erasure)
    tx.signal(CHANNEL)


async def note_trouble(tx: Transaction, origin_id: UUID, trouble: str) -> None:
    """Note why an erasure does not go on for now."""
    erasure = await find_erasure(tx.session, origin_id, to_change=True)
    if erasure is not None:
        erasure.trouble = trouble
        tx.session.add(erasure)
        tx.signal(CHANNEL)


async def keep_declined(tx: Transaction, fact: ErasureDeclined) -> None:
    """This node's answer; what it answered may still have to come again from the neighbour."""
    said = await find_said(tx.session, fact.origin_id, fact.asked_by, to_change=True)
    said = said or _unsaid(fact.origin_id, fact.asked_by, tx)
    _answer(said, fact)
    tx.session.add(said)
    await tx.session.flush()


def about_erasure(envelope: Envelope) -> ErasureDecided | ErasureDeclined | None:
    """The fact, when it is about an erasure and can be read here."""
    fact = fact_in(envelope) if envelope.type in ABOUT_ERASURE else None
    return fact if isinstance(fact, ErasureDecided | ErasureDeclined) else None


def _answer(said: ErasureSaid, fact: ErasureDeclined) -> None:
    said.answer, said.answered_by, said.answered_at, said.answer_reason = (
        DECLINED, fact.decided_by, fact.at, fact.reason,
    )  # fmt: skip


def _unsaid(origin_id: UUID, peer: str, tx: Transaction) -> ErasureSaid:
    return ErasureSaid(
        origin_id=str(origin_id), peer=peer, is_declined=False, reason="", decided_by="", unit_name="", at=tx.now,
        arrived_at=tx.now,
    )  # fmt: skip
