"""The session every service works with: SQLModel's `exec` for models, SQLAlchemy's `execute` for Core statements."""

from __future__ import annotations

from typing import Any

from sqlalchemy import orm
from sqlalchemy.ext import asyncio as sqlalchemy_asyncio
from sqlmodel import Session as ModelSession
from sqlmodel.ext.asyncio.session import AsyncSession as ModelAsyncSession


class _Session(ModelSession):
    def execute(self, *args: Any, **options: Any) -> Any:
        """Plain `execute`: SQLModel warns against it, but bulk Core statements need it."""
        return orm.Session.execute(self, *args, **options)


class AsyncSession(ModelAsyncSession):
    """An asynchronous session in which both `exec` (models) and `execute` (Core) are at home."""

    sync_session_class = _Session

    async def execute(self, *args: Any, **options: Any) -> Any:
        """Run a Core statement and return its buffered result."""
        return await sqlalchemy_asyncio.AsyncSession.execute(self, *args, **options)
