"""Faults of the database told apart by their codes, never by their words: busy, away, or not to be written now."""

from __future__ import annotations

import sqlite3
import sys
import traceback
from enum import Enum
from typing import Any

import asyncpg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout


class DatabaseTrouble(Enum):
    """Why the database did not do it, where the statement itself is not to blame."""

    LOST_RACE = "lost_race"
    BUSY = "busy"
    AWAY = "away"
    UNWRITABLE = "unwritable"


_OF_SQLSTATE = {
    "40": DatabaseTrouble.LOST_RACE,
    "55P03": DatabaseTrouble.BUSY,
    "55006": DatabaseTrouble.BUSY,
    "08": DatabaseTrouble.AWAY,
    "28": DatabaseTrouble.AWAY,
    "3D": DatabaseTrouble.AWAY,
    "57P01": DatabaseTrouble.AWAY,
    "57P02": DatabaseTrouble.AWAY,
    "57P03": DatabaseTrouble.AWAY,
    "57P04": DatabaseTrouble.AWAY,
    "57P05": DatabaseTrouble.AWAY,
    "25P03": DatabaseTrouble.AWAY,
    "53300": DatabaseTrouble.AWAY,
    "53": DatabaseTrouble.UNWRITABLE,
    "58": DatabaseTrouble.UNWRITABLE,
    "XX001": DatabaseTrouble.UNWRITABLE,
    "XX002": DatabaseTrouble.UNWRITABLE,
    "25006": DatabaseTrouble.UNWRITABLE,
    "42501": DatabaseTrouble.UNWRITABLE,
}
"""SQLSTATE, or its class of two letters, of PostgreSQL: https://www.postgresql.org/docs/current/errcodes-appendix.html"""

_OF_SQLITE = {
    sqlite3.SQLITE_BUSY: DatabaseTrouble.BUSY,
    sqlite3.SQLITE_LOCKED: DatabaseTrouble.BUSY,
    sqlite3.SQLITE_PROTOCOL: DatabaseTrouble.BUSY,
    sqlite3.SQLITE_INTERRUPT: DatabaseTrouble.AWAY,
    sqlite3.SQLITE_CANTOPEN: DatabaseTrouble.UNWRITABLE,
    sqlite3.SQLITE_PERM: DatabaseTrouble.UNWRITABLE,
    sqlite3.SQLITE_AUTH: DatabaseTrouble.UNWRITABLE,
    sqlite3.SQLITE_NOMEM: DatabaseTrouble.UNWRITABLE,
    sqlite3.SQLITE_READONLY: DatabaseTrouble.UNWRITABLE,
    sqlite3.SQLITE_IOERR: DatabaseTrouble.UNWRITABLE,
    sqlite3.SQLITE_CORRUPT: DatabaseTrouble.UNWRITABLE,
    sqlite3.SQLITE_FULL: DatabaseTrouble.UNWRITABLE,
    sqlite3.SQLITE_NOTADB: DatabaseTrouble.UNWRITABLE,
}
_DOUBLED = {sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY}
_PRIMARY = 0xFF
"""SQLite's extended codes carry the primary one in their last byte."""

_DRIVERS = frozenset({"sqlalchemy", "asyncpg", "aiosqlite"})
_BETWEEN = sys.stdlib_module_names | {"uvloop", "greenlet"}


def trouble_of(fault: BaseException) -> DatabaseTrouble | None:
    """What is wrong with the database itself; None when the fault is another's (a bug, a refusal, bad data)."""
    if isinstance(fault, DBAPIError):
        return DatabaseTrouble.AWAY if fault.connection_invalidated else _of_driver(fault.orig)
    if isinstance(fault, PoolTimeout):
        return DatabaseTrouble.AWAY
    return _of_driver(fault)


def is_passing(fault: BaseException) -> bool:
    """Whether the same may succeed later: the database is busy, away, not to be written, or a race was lost."""
    return trouble_of(fault) is not None


def is_lost_race(fault: BaseException) -> bool:
    """Whether another transaction was preferred (deadlock, serialisation): to be tried again at once."""
    return trouble_of(fault) is DatabaseTrouble.LOST_RACE


def is_unwritable(fault: BaseException) -> bool:
    """Whether the database takes no writes now: away, disk full, read-only, refused, or locked for too long."""
    return trouble_of(fault) not in (None, DatabaseTrouble.LOST_RACE)


def is_taken(fault: BaseException, table: str) -> bool:
    """Whether a row of `table` was there already: another transaction was quicker.

    Only PostgreSQL names the table; on SQLite writers follow one another and look first.
    """
    cause = getattr(getattr(fault, "orig", None), "__cause__", None)
    return isinstance(cause, asyncpg.UniqueViolationError) and cause.table_name == table


def is_doubled(fault: BaseException) -> bool:
    """Whether a row with the same key is there already."""
    cause = getattr(fault, "orig", None)
    return getattr(cause, "sqlstate", "") == "23505" or getattr(cause, "sqlite_errorcode", 0) in _DOUBLED


def is_not_storable(fault: BaseException) -> bool:
    """Whether a value does not fit its column: too large a number, too far a date, a character no text may hold."""
    cause = getattr(fault, "orig", None)
    sqlstate = getattr(cause, "sqlstate", None) or ""
    return sqlstate.startswith("22") or isinstance(getattr(cause, "__cause__", None) or cause, asyncpg.DataError)


def _of_driver(fault: Any) -> DatabaseTrouble | None:
    if sqlstate := getattr(fault, "sqlstate", None):
        return _OF_SQLSTATE.get(sqlstate) or _OF_SQLSTATE.get(sqlstate[:2])
    if isinstance(fault, sqlite3.Error):
        return _of_sqlite(fault)
    if isinstance(fault, asyncpg.InterfaceError):
        return None if isinstance(fault, ValueError) else DatabaseTrouble.AWAY
    if isinstance(fault, OSError | TimeoutError) and _is_raised_by_driver(fault):
        return DatabaseTrouble.AWAY
    return None


def _of_sqlite(fault: sqlite3.Error) -> DatabaseTrouble | None:
    code = getattr(fault, "sqlite_errorcode", None)
    if code is not None:
        return _OF_SQLITE.get(code & _PRIMARY)
    return DatabaseTrouble.AWAY if isinstance(fault, sqlite3.OperationalError) else None


def _is_raised_by_driver(fault: BaseException) -> bool:
    """Whether the innermost code that is not the language's own is the driver's: a handler may time out, too."""
    for frame, _ in reversed(list(traceback.walk_tb(fault.__traceback__))):
        package = str(frame.f_globals.get("__name__", "")).partition(".")[0]
        if package not in _BETWEEN:
            return package in _DRIVERS
    return False
