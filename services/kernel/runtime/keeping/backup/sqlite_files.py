"""SQLite databases of one node, copied as they stood at one and the same moment, while the node goes on writing."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from services.kernel.language.refusal import Refusal

STEP_PAGES = 2_000
WAIT_S = 60.0


DAMAGED = "数据库 {name} 已损坏，没有备份，原有的备份都留着；请尽快恢复最近一份（docs/how-to/restore.md）。{damage}"


class DatabaseDamaged(Refusal):
    """有数据库已损坏，没有备份。"""

    code = "database_damaged"
    message = "有数据库已损坏，没有备份，原有的备份都留着。"


def damage_of(path: Path) -> str:
    """What SQLite finds wrong in a database file; empty when all of it can be read and agrees with its indexes."""
    try:
        with closing(_connect(path)) as connection:
            found = str(connection.execute("PRAGMA integrity_check(1)").fetchone()[0])
    except sqlite3.DatabaseError as fault:
        return str(fault)
    return "" if found == "ok" else found


def copy_databases(sources: Sequence[Path], folder: Path) -> list[Path]:
    """Copy the databases into a folder, under their own names.

    Raises:
        DatabaseDamaged: One is not whole. Kept, it would push a whole one out.
    """
    with _at_one_moment(sources) as connections:
        return [
            _copy(connection, folder / source.name) for source, connection in zip(sources, connections, strict=True)
        ]


@contextmanager
def _at_one_moment(sources: Sequence[Path]) -> Iterator[list[sqlite3.Connection]]:
    """A snapshot of each, all of the moment in which nobody could write to any.

    A service must not be copied later than the one whose facts it has applied: restored, it
    would know what its teller had forgotten.
    """
    with ExitStack() as stack:
        readers = [stack.enter_context(closing(_connect(source))) for source in sources]
        with ExitStack() as locks:
            for source in sources:
                writer = locks.enter_context(closing(_connect(source)))
                writer.execute("BEGIN IMMEDIATE")
            for reader in readers:
                reader.execute("BEGIN")
                reader.execute("SELECT count(*) FROM sqlite_master").fetchone()
        yield readers


def _connect(path: Path) -> sqlite3.Connection:
    # A URI, so that a database that is not there is not made.
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=rw", uri=True, timeout=WAIT_S, isolation_level=None)


def _copy(source: sqlite3.Connection, target: Path) -> Path:
    with closing(sqlite3.connect(target, isolation_level=None)) as copy:
        source.backup(copy, pages=STEP_PAGES, sleep=0)
        # One file without a log beside it, so that its digest is the database's.
        copy.execute("PRAGMA journal_mode=DELETE")
    if damage := damage_of(target):
        raise DatabaseDamaged(DAMAGED.format(name=target.name, damage=damage))
    return target
