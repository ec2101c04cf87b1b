"""Faults of the database are told apart by their codes: words such as "lock" or "disk" decide nothing."""

import asyncio
import sqlite3
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.ext.asyncio import create_async_engine

from services.kernel.runtime.storing.database_faults import DatabaseTrouble, is_passing, is_unwritable, trouble_of

REFUSED = "postgresql+asyncpg://nobody@127.0.0.1:1/nothing"


def _sqlite_fault(path: Path, *statements: str) -> Exception:
    connection = sqlite3.connect(path, timeout=0)
    *before, last = statements
    for statement in before:
        connection.execute(statement)
    with pytest.raises(sqlite3.Error) as raised:
        connection.execute(last)
    connection.close()
    return OperationalError("a lock on the disk", {}, raised.value)


def _postgresql_fault(kind: type[asyncpg.PostgresError]) -> Exception:
    return DBAPIError("a lock on the disk", {}, kind("deadlock, lock, busy, connection, disk"))


def test_a_column_whose_name_contains_lock_is_a_bug(tmp_path: Path) -> None:
    assert trouble_of(_sqlite_fault(tmp_path / "a.db", "CREATE TABLE a (b)", "SELECT clock_at FROM a")) is None


@pytest.mark.parametrize(
    ("trouble", "statements"),
    [
        (DatabaseTrouble.UNWRITABLE, ["CREATE TABLE a (b)", "PRAGMA query_only=ON", "INSERT INTO a VALUES (1)"]),
        (
            DatabaseTrouble.UNWRITABLE,
            ["CREATE TABLE a (b)", "PRAGMA max_page_count=2", "INSERT INTO a VALUES (zeroblob(100000))"],
        ),
        (None, ["CREATE TABLE a (b UNIQUE)", "INSERT INTO a VALUES (1)", "INSERT INTO a VALUES (1)"]),
    ],
)
def test_what_sqlite_answers(tmp_path: Path, trouble: DatabaseTrouble | None, statements: list[str]) -> None:
    assert trouble_of(_sqlite_fault(tmp_path / "a.db", *statements)) is trouble


def test_a_file_locked_by_another_program_is_busy(tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "a.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    assert trouble_of(_sqlite_fault(tmp_path / "a.db", "CREATE TABLE a (b)")) is DatabaseTrouble.BUSY
    other.close()


def test_a_folder_that_is_not_there_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(sqlite3.Error) as raised:
        sqlite3.connect(tmp_path / "no" / "a.db")
    assert is_unwritable(raised.value)


@pytest.mark.parametrize(
    ("kind", "trouble"),
    [
        (asyncpg.DeadlockDetectedError, DatabaseTrouble.LOST_RACE),
        (asyncpg.SerializationError, DatabaseTrouble.LOST_RACE),
        (asyncpg.LockNotAvailableError, DatabaseTrouble.BUSY),
        (asyncpg.AdminShutdownError, DatabaseTrouble.AWAY),
        (asyncpg.CannotConnectNowError, DatabaseTrouble.AWAY),
        (asyncpg.TooManyConnectionsError, DatabaseTrouble.AWAY),
        (asyncpg.InvalidPasswordError, DatabaseTrouble.AWAY),
        (asyncpg.ConnectionDoesNotExistError, DatabaseTrouble.AWAY),
        (asyncpg.DiskFullError, DatabaseTrouble.UNWRITABLE),
        (asyncpg.DataCorruptedError, DatabaseTrouble.UNWRITABLE),
        (asyncpg.IndexCorruptedError, DatabaseTrouble.UNWRITABLE),
        (asyncpg.ReadOnlySQLTransactionError, DatabaseTrouble.UNWRITABLE),
        (asyncpg.UniqueViolationError, None),
        (asyncpg.UndefinedColumnError, None),
        (asyncpg.DivisionByZeroError, None),
    ],
)
def test_what_postgresql_answers(kind: type[asyncpg.PostgresError], trouble: DatabaseTrouble | None) -> None:
    assert trouble_of(_postgresql_fault(kind)) is trouble
    assert trouble_of(kind("raw, as a failed connect gives it")) is trouble


async def test_a_refused_connection_is_away_and_a_handlers_own_is_a_bug() -> None:
    engine = create_async_engine(REFUSED)
    with pytest.raises(OSError) as raised:  # noqa: PT011 - asyncpg gives it as it is
        async with engine.connect() as connection:
            await connection.execute(text("SELECT 1"))
    assert trouble_of(raised.value) is DatabaseTrouble.AWAY
    with pytest.raises(OSError) as raised:  # noqa: PT011 - which of its kinds does not matter
        await asyncio.open_connection("127.0.0.1", 1)
    assert not is_passing(raised.value)


async def test_a_timeout_of_a_handlers_own_is_a_bug() -> None:
    with pytest.raises(TimeoutError) as raised:
        await asyncio.wait_for(asyncio.sleep(5), 0.01)
    assert not is_passing(raised.value)
