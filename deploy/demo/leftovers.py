"""Whether a cluster or database from elsewhere is empty: the demo begins anew only on what it made itself."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from deploy.demo.nodes import CHAIN


class NotEmpty(Exception):
    """Earlier data lies where the demo may not clear it away; the message says where."""


def require_empty(kafka: str, database_url: str, services: Sequence[str]) -> None:
    """Let pass when neither holds anything of the demo's nodes; empty addresses hold nothing.

    Raises:
        NotEmpty: One does.
    """
    if kafka and (topics := _topics(kafka)):
        raise NotEmpty(
            f"消息队列 {kafka} 上已有这些节点的 {len(topics)} 个主题（如 {topics[0]}）。请先删除，或用 --keep 接着用。"
        )
    for plan in CHAIN if database_url else ():
        url = database_url.replace("{node}", plan.node_id)
        if schemas := asyncio.run(_schemas(url, services)):
            raise NotEmpty(f"{plan.name}节点的数据库里已有 {'、'.join(schemas)}。请先清空，或用 --keep 接着用。")


def _topics(kafka: str) -> list[str]:
    from services.kernel.runtime.telling.clients import administering

    with administering(kafka) as admin:
        prefixes = tuple(f"{plan.node_id}." for plan in CHAIN)
        return sorted(name for name in admin.list_topics() if name.startswith(prefixes))


async def _schemas(url: str, services: Sequence[str]) -> list[str]:
    from sqlalchemy import text
    from sqlalchemy.ext.asyncio import create_async_engine

    engine = create_async_engine(url)
    try:
        async with engine.connect() as connection:
            found = await connection.execute(text("SELECT schema_name FROM information_schema.schemata"))
            return sorted(set(services) & {name for (name,) in found})
    finally:
        await engine.dispose()
