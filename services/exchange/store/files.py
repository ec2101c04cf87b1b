"""Files that neighbours shall have, and files that they shall bring."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlmodel import col

from services.exchange.model import FileDue, FileWanted
from services.exchange.policy.timing import FILE_COMES_WITHIN_S, MISSING_AFTER_TRIES, look_again_after_s
from services.exchange.store.dialect import insert_unless_there
from services.kernel.runtime.storing.session import AsyncSession

AT_ONCE = 50


async def expect_files(
    session: AsyncSession, peer: str, files: Mapping[str, int], *, now: datetime, is_urgent: bool = False
) -> None:
    """Note files, by digest with their size, that a peer shall have; those noted before stay as they are.

    One that was given up and is due again with another item is tried again.
    """
    given_up = (FileDue.peer == peer, FileDue.sha256.in_(list(files)), col(FileDue.given_up_at).is_not(None))
    revived = update(FileDue).where(*given_up)
    await session.execute(revived.values(given_up_at=None, dispatched_at=None, next_at=None, tries=0))
    rows = [
        {"peer": peer, "sha256": sha256, "size": size, "due_at": now, "is_urgent": is_urgent, "tries": 0}
        for sha256, size in files.items()
    ]
    await insert_unless_there(session, FileDue, rows)


async def await_files(
    session: AsyncSession, peer: str, files: Mapping[str, int], *, now: datetime, is_urgent: bool = False
) -> None:
    """Note files that a peer shall bring with an item: they are asked for when they do not come by themselves."""
    erased = (FileWanted.peer == peer, FileWanted.sha256.in_(list(files)), col(FileWanted.is_erased))
    revived = update(FileWanted).where(*erased)
    await session.execute(revived.values(is_erased=False, given_up_at=None, came_at=None, next_at=now, tries=0))
    next_at = now + timedelta(seconds=FILE_COMES_WITHIN_S)
    rows = [
        {"peer": peer, "sha256": sha256, "size": size, "since": now, "is_urgent": is_urgent, "tries": 0}
        | {"next_at": next_at}
        for sha256, size in files.items()
    ]
    await insert_unless_there(session, FileWanted, rows)


async def files_due(session: AsyncSession, *, now: datetime, limit: int = AT_ONCE) -> list[FileDue]:
    """Files to put on the road now: those of emergencies first, then the oldest; missing ones have stepped back."""
    query = (
        select(FileDue)
        .where(FileDue.dispatched_at.is_(None), FileDue.given_up_at.is_(None))
        .where(col(FileDue.next_at).is_(None) | (col(FileDue.next_at) <= now))
        .order_by(FileDue.is_urgent.desc(), FileDue.due_at)
        .limit(limit)
    )
    return list((await session.execute(query)).scalars())


async def step_back(session: AsyncSession, due: FileDue, *, now: datetime) -> None:
    """Let others go before a file that is not here; who brought it, or should have, is asked for it."""
    next_at = now + timedelta(seconds=look_again_after_s(due.tries))
    mine = (FileDue.peer == due.peer, FileDue.sha256 == due.sha256)
    await session.execute(update(FileDue).where(*mine).values(tries=FileDue.tries + 1, next_at=next_at))
    brought = (FileWanted.sha256 == due.sha256, FileWanted.peer != due.peer, FileWanted.came_at.is_not(None))
    await session.execute(update(FileWanted).where(*brought).values(came_at=None, tries=0, next_at=now))


async def mark_dispatched(session: AsyncSession, due: FileDue, *, now: datetime) -> bool:
    """Take a file for dispatch; False when that was done before."""
    change = (
        update(FileDue)
        .where(FileDue.peer == due.peer, FileDue.sha256 == due.sha256, FileDue.dispatched_at.is_(None))
        .values(dispatched_at=now)
    )
    done: Any = await session.execute(change)
    return bool(done.rowcount)


async def note_dispatched(session: AsyncSession, peer: str, digests: Iterable[str], *, now: datetime) -> None:
    """These files were dispatched to a peer before."""
    mine = (FileDue.peer == peer, FileDue.sha256.in_(list(digests)), FileDue.dispatched_at.is_(None))
    await session.execute(update(FileDue).where(*mine).values(dispatched_at=now))


async def due_anew(session: AsyncSession, peer: str, sha256: str) -> bool:
    """Let a file that was due for a peer be dispatched once more; False when it never was, or was given up."""
    change = (
        update(FileDue)
        .where(FileDue.peer == peer, FileDue.sha256 == sha256, FileDue.given_up_at.is_(None))
        .values(dispatched_at=None, next_at=None)
    )
    done: Any = await session.execute(change)
    return bool(done.rowcount)


async def files_wanted(session: AsyncSession, peer: str, *, now: datetime, limit: int = 20) -> list[FileWanted]:
    """Files to ask a peer for now, those of emergencies first."""
    query = (
        select(FileWanted)
        .where(FileWanted.peer == peer, FileWanted.came_at.is_(None), FileWanted.given_up_at.is_(None))
        .where(col(FileWanted.next_at) <= now)
        .order_by(FileWanted.is_urgent.desc(), FileWanted.next_at)
        .limit(limit)
    )
    return list((await session.execute(query)).scalars())


async def note_asked(session: AsyncSession, asked: FileWanted, *, now: datetime) -> None:
    """The file was asked for: the next time is later."""
    next_at = now + timedelta(seconds=max(look_again_after_s(asked.tries), FILE_COMES_WITHIN_S))
    mine = (FileWanted.peer == asked.peer, FileWanted.sha256 == asked.sha256)
    await session.execute(update(FileWanted).where(*mine).values(tries=FileWanted.tries + 1, next_at=next_at))


async def note_came(session: AsyncSession, digests: Iterable[str], *, now: datetime) -> None:
    """These files are whole here: nobody is asked for them, and those whom they are due get them now."""
    wanted = list(digests)
    here = update(FileWanted).where(FileWanted.sha256.in_(wanted), FileWanted.came_at.is_(None))
    await session.execute(here.values(came_at=now))
    due = update(FileDue).where(FileDue.sha256.in_(wanted), FileDue.dispatched_at.is_(None))
    await session.execute(due.values(next_at=None))


async def give_up(session: AsyncSession, sha256: str, *, now: datetime) -> int:
    """Ask and look for a file no more; in how many places it was missed."""
    count = 0
    for table, open_ in ((FileDue, FileDue.dispatched_at), (FileWanted, FileWanted.came_at)):
        change = update(table).where(table.sha256 == sha256, open_.is_(None), table.given_up_at.is_(None))
        done: Any = await session.execute(change.values(given_up_at=now))
        count += done.rowcount
    return count


async def give_up_erased(session: AsyncSession, digests: Iterable[str], *, now: datetime) -> None:
    """These files are erased: nobody is asked for them, nobody gets them, and pieces that still come are not kept."""
    wanted = list(digests)
    due = update(FileDue).where(FileDue.sha256.in_(wanted))
    await session.execute(due.values(given_up_at=now))
    brought = update(FileWanted).where(FileWanted.sha256.in_(wanted))
    await session.execute(brought.values(given_up_at=now, is_erased=True))


async def erased_among_files(session: AsyncSession, digests: Iterable[str]) -> set[str]:
    """Which of these files were erased here and are wanted for nothing else."""
    query = select(FileWanted.sha256).where(FileWanted.sha256.in_(list(digests)), col(FileWanted.is_erased))
    return set((await session.execute(query)).scalars())


async def missing_files(session: AsyncSession) -> list[FileDue | FileWanted]:
    """Files that did not come after several tries and that nobody has given up."""
    found: list[FileDue | FileWanted] = []
    for table, open_ in ((FileDue, FileDue.dispatched_at), (FileWanted, FileWanted.came_at)):
        query = select(table).where(open_.is_(None), table.given_up_at.is_(None), table.tries >= MISSING_AFTER_TRIES)
        found += (await session.execute(query.order_by(table.peer, table.sha256).limit(500))).scalars()
    return found
