"""The ledger: rows and signed statements, read in runs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, inspect, select, text, update

from services.exchange.model import Arrival, ArrivedEvent, Delivery, Dispatch, Epoch, Queued, SignedStatement
from services.exchange.policy.chain import ZERO, Chain, ChainedRow, Row, Tip
from services.exchange.policy.signature import Kind, Statement
from services.exchange.policy.wire import BATCH_ROWS, fitting
from services.kernel.language.events.exchange import ABOUT_ERASURE
from services.kernel.runtime.storing import many_values
from services.kernel.runtime.storing.session import AsyncSession

Ledger = type[Dispatch] | type[Arrival]
_ARRIVED = inspect(ArrivedEvent).local_table
_WITH_BYTES: tuple[Any, ...] = (Dispatch, Arrival, Queued)
FEW = 10
"""So many rows are read at once without looking at their sizes first."""


async def rows_after(
    session: AsyncSession, ledger: Ledger, chain: Chain, tip: Tip, *, up_to: int | None = None
) -> list[ChainedRow]:
    """The rows that follow `tip`, as many as one batch takes; without the content of file chunks."""
    end = tip.n + BATCH_ROWS if up_to is None else min(up_to, tip.n + BATCH_ROWS)
    if up_to is not None and up_to - tip.n <= FEW:
        return await _few_rows(session, ledger, chain, tip, up_to)
    sizes = select(ledger.size).where(*_within(ledger, chain, tip.epoch, tip.n, end)).order_by(ledger.n)
    count = fitting(list((await session.execute(sizes)).scalars()))
    if not count:
        return []
    columns = (ledger.n, ledger.salt, ledger.body, ledger.digest, ledger.h)
    query = select(*columns).where(*_within(ledger, chain, tip.epoch, tip.n, tip.n + count)).order_by(ledger.n)
    return [
        ChainedRow(Row(n, salt or b"", body or b"", digest), h)
        for n, salt, body, digest, h in await session.execute(query)
    ]


async def _few_rows(session: AsyncSession, ledger: Ledger, chain: Chain, tip: Tip, up_to: int) -> list[ChainedRow]:
    """The same for the few rows of a lane at rest, with one question instead of two."""
    columns = (ledger.n, ledger.salt, ledger.body, ledger.digest, ledger.h, ledger.size)
    query = select(*columns).where(*_within(ledger, chain, tip.epoch, tip.n, up_to)).order_by(ledger.n)
    found = list(await session.execute(query))
    count = fitting([row.size for row in found])
    return [ChainedRow(Row(row.n, row.salt or b"", row.body or b"", row.digest), row.h) for row in found[:count]]


async def hashes(
    session: AsyncSession, ledger: Ledger, chain: Chain, *, epoch: int, numbers: Iterable[int]
) -> dict[int, bytes]:
    """The hashes at these numbers of an epoch, with the one that the epoch starts from."""
    wanted = set(numbers)
    query = select(ledger.n, ledger.h).where(*_in_epoch(ledger, chain, epoch), ledger.n.in_(wanted))
    found: dict[int, bytes] = {row.n: row.h for row in await session.execute(query)}
    start = await start_of(session, chain, epoch)
    if start.n in wanted:
        found.setdefault(start.n, start.h)
    return found


async def start_of(session: AsyncSession, chain: Chain, epoch: int) -> Tip:
    """Where an epoch starts: nothing for the first, the agreed row for one that was opened."""
    if epoch == 1:
        return Tip()
    query = select(Epoch).where(Epoch.link == chain.link, Epoch.lane == chain.lane, Epoch.epoch == epoch)
    opened = (await session.execute(query)).scalar_one_or_none()
    return Tip(epoch, opened.start_n, opened.start_h) if opened else Tip(epoch, 0, ZERO)


async def bodies(
    session: AsyncSession, chain: Chain, *, epoch: int, after: int, up_to: int, types: Sequence[str]
) -> list[bytes]:
    """The bytes of dispatched rows of these types in a run of numbers."""
    query = (
        select(Dispatch.body)
        .where(*_within(Dispatch, chain, epoch, after, up_to), Dispatch.type.in_(types), Dispatch.body.is_not(None))
        .order_by(Dispatch.n)
    )
    return [body for body in (await session.execute(query)).scalars() if body]


async def delivered_before(session: AsyncSession, origin_ids: Sequence[UUID]) -> list[tuple[str, int, int]]:
    """The hops of these items that were told delivered: item, hop, version."""
    found: list[tuple[str, int, int]] = []
    for at in range(0, len(origin_ids), 500):
        ids = [str(one) for one in origin_ids[at : at + 500]]
        query = select(Delivery.origin_id, Delivery.hop, Delivery.version).where(Delivery.origin_id.in_(ids))
        found += [(row.origin_id, row.hop, row.version) for row in await session.execute(query)]
    return found


async def arrived_before(session: AsyncSession, event_ids: Sequence[str]) -> set[str]:
    """Which of these facts have arrived already."""
    query = select(_ARRIVED.c.event_id).where(_ARRIVED.c.event_id.in_(many_values.texts(session, event_ids)))
    return set((await session.execute(query)).scalars())


async def page_of_chain(
    session: AsyncSession, ledger: Ledger, chain: Chain, *, after: tuple[int, int], limit: int = 500
) -> list[Any]:
    """Ledger rows in order of epoch and number, after the pair given."""
    epoch, n = after
    query = (
        select(ledger)
        .where(ledger.link == chain.link, ledger.lane == chain.lane)
        .where((ledger.epoch > epoch) | ((ledger.epoch == epoch) & (ledger.n > n)))
        .order_by(ledger.epoch, ledger.n)
        .limit(limit)
    )
    return list((await session.execute(query)).scalars())


async def erase_rows(session: AsyncSession, event_id: str) -> int:
    """Remove bytes and salt of every row that carries this fact; digest and hash stay."""
    erased = 0
    for ledger in (Dispatch, Arrival):
        change = (
            update(ledger).where(ledger.event_id == event_id, ledger.salt.is_not(None)).values(salt=None, body=None)
        )
        done: Any = await session.execute(change)
        erased += done.rowcount
    return erased


async def erase_rows_naming(session: AsyncSession, origin_id: UUID) -> int:
    """Remove bytes and salt of every row whose fact names an item; digest and hash stay, numbers wait for their turn."""
    erased = 0
    for table in _WITH_BYTES:
        emptied = {"body": None} | ({} if table is Queued else {"salt": None})
        done: Any = await session.execute(update(table).where(*_naming(session, table, origin_id)).values(**emptied))
        erased += done.rowcount
    return erased


async def count_rows_naming(session: AsyncSession, origin_id: UUID) -> int:
    """How many rows have bytes that name an item."""
    count = 0
    for table in _WITH_BYTES:
        query = select(func.count()).select_from(table).where(*_naming(session, table, origin_id))
        count += (await session.execute(query)).scalar_one()
    return count


async def links_naming(session: AsyncSession, origin_id: UUID) -> set[str]:
    """The links on which something that names an item was sent or came."""
    found = set[str]()
    for table in _WITH_BYTES:
        query = select(table.link).where(*_naming(session, table, origin_id)).distinct()
        found |= set((await session.execute(query)).scalars())
    return found


def _naming(session: AsyncSession, table: Any, origin_id: UUID) -> tuple[Any, ...]:
    """Rows that name an item, those about its erasure apart."""
    sought, columns = str(origin_id).encode(), inspect(table).local_table.c
    found = func.position(text("decode(:sought, 'hex') IN body").bindparams(sought=sought.hex()))
    names = found > 0 if many_values.is_postgresql(session) else func.instr(columns.body, sought) > 0
    return columns.type.not_in(ABOUT_ERASURE), names


async def statements(
    session: AsyncSession, chain: Chain, *, kind: Kind, epoch: int, after: int, up_to: int
) -> list[SignedStatement]:
    """Kept heads or receipts about a run of numbers, in order."""
    query = (
        select(SignedStatement)
        .where(
            SignedStatement.link == chain.link, SignedStatement.lane == chain.lane, SignedStatement.kind == kind.value
        )
        .where(SignedStatement.epoch == epoch, SignedStatement.n > after, SignedStatement.n <= up_to)
        .order_by(SignedStatement.n, SignedStatement.id)
    )
    return list((await session.execute(query)).scalars())


def statement_row(statement: Statement, *, is_ours: bool) -> dict[str, Any]:
    """A statement as a row."""
    return {
        "kind": statement.kind.value,
        "is_ours": is_ours,
        "link": statement.chain.link,
        "lane": statement.chain.lane,
        "epoch": statement.tip.epoch,
        "n": statement.tip.n,
        "h": statement.tip.h,
        "at": statement.at,
        "wants": statement.wants,
        "key_id": statement.key_id,
        "signature": statement.signature,
        "incarnation": statement.incarnation,
        "answers": statement.answers,
    }


def statement_of(row: SignedStatement) -> Statement:
    """A row as the statement it keeps."""
    return Statement(
        kind=Kind(row.kind),
        chain=Chain(row.link, row.lane),
        tip=Tip(row.epoch, row.n, row.h),
        at=row.at,
        wants=row.wants,
        key_id=row.key_id,
        signature=row.signature,
        incarnation=row.incarnation,
        answers=row.answers,
    )


def _in_epoch(ledger: Ledger, chain: Chain, epoch: int) -> tuple[Any, ...]:
    return ledger.link == chain.link, ledger.lane == chain.lane, ledger.epoch == epoch


def _within(ledger: Ledger, chain: Chain, epoch: int, after: int, up_to: int) -> tuple[Any, ...]:
    return *_in_epoch(ledger, chain, epoch), ledger.n > after, ledger.n <= up_to
