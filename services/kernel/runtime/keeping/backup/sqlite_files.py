"""SQLite databases of one node, copied as they stood at one and the same moment, while the node goes on writing."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

STEP_PAGES = 2_000
WAIT_S = 60.0


def copy_databases(sources: Sequence[Path], folder: Path) -> list[Path]:
    """Copy the databases into a folder, under their own names."""
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
    return target
