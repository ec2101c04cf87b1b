"""PostgreSQL engines: one whose connections work in turn, one whose connections are held; a dead end is noticed within 30 s."""

from __future__ import annotations

from typing import Any

from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

CONNECT_WITHIN_S = 10

NOTICED = {
    # The server asks a silent client every five seconds and gives it up after three unanswered questions:
    # a process that lost its power keeps neither its locks nor its open transaction.
    "tcp_keepalives_idle": "5",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "20000",
}
PATIENCE = {
    "lock_timeout": "30s",
    "idle_in_transaction_session_timeout": "10min",
}
"""What waits longer for a lock, or leaves a transaction open and does nothing, has failed; the inbox tries again."""


def postgresql_engine(url: URL, service: str) -> AsyncEngine:
    """An engine for one service, whose tables are in the schema of its name."""
    return create_async_engine(
        url, pool_size=8, max_overflow=8, pool_pre_ping=True, connect_args=_arguments(service, PATIENCE)
    )


def standing_engine(url: URL, service: str) -> AsyncEngine:
    """An engine whose connections are nobody else's: closing one ends its session, and with it its locks."""
    return create_async_engine(url, poolclass=NullPool, connect_args=_arguments(service, {}))


def _arguments(service: str, more: dict[str, str]) -> dict[str, Any]:
    settings = {"search_path": service, "timezone": "UTC", "application_name": f"shangda.{service}"}
    return {"server_settings": settings | NOTICED | more, "timeout": CONNECT_WITHIN_S}
