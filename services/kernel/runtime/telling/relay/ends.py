"""What the broker lost of what it had taken: partition ends and topic ids against the outbox, the difference published again."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import structlog
from sqlalchemy import func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from services.kernel.language.events import topic_names
from services.kernel.runtime.storing import many_values
from services.kernel.runtime.storing.database import Database
from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.storing.tables import OUTBOX, OUTBOX_TOPIC
from services.kernel.runtime.storing.transaction import Transaction
from services.kernel.runtime.surroundings import metrics
from services.kernel.runtime.surroundings.clock import utc_now
from services.kernel.runtime.telling.topics import TopicSeen, create_topics, look_at_topics

log = structlog.get_logger()

BrokerPlace = tuple[str, int]
"""(full topic, partition)."""


def own_topics(database: Database) -> list[str]:
    """Every topic, by its full name, that this service writes to."""
    own = f"{database.service}."
    return [f"{database.node.node_id}.{name}" for name in topic_names() if name.startswith(own)]


async def look_at_own_topics(database: Database, bootstrap_servers: str) -> dict[str, TopicSeen]:
    """The service's topics as they stand; those of the node that are unknown to the broker are made first."""
    node_id = database.node.node_id
    seen = await asyncio.to_thread(look_at_topics, bootstrap_servers, f"{node_id}.")
    missing = [name for name in (f"{node_id}.{short}" for short in topic_names()) if name not in seen]
    if missing:
        log.warning("outbox.topics.made", node=node_id, service=database.service, count=len(missing))
        await asyncio.to_thread(create_topics, bootstrap_servers, missing)
        seen = await asyncio.to_thread(look_at_topics, bootstrap_servers, f"{node_id}.")
    own = f"{node_id}.{database.service}."
    return {topic: one for topic, one in seen.items() if topic.startswith(own)}


async def publish_lost_again(database: Database, seen: Mapping[str, TopicSeen]) -> int:
    """Mark for publishing what the outbox says is on the broker and the broker has no longer; how many.

    Lost is what stands at or beyond the end of its partition, and all that was published to a
    topic that has been made again since.
    """
    async with database.transaction(utc_now()) as tx:
        known = await known_topic_ids(tx.session)
        count = 0
        for topic, one in seen.items():
            if known.get(topic, one.topic_id) != one.topic_id:
                count += await _publish_again(tx, OUTBOX.c.topic == topic)
            else:
                for partition, end in one.ends.items():
                    count += await forget_beyond(tx, (topic, partition), end)
            if known.get(topic) != one.topic_id:
                await _note_topic(tx.session, topic, one.topic_id)
        if count:
            tx.audit("outbox.lost_found", "*", by=None, details={"count": count})
    if count:
        log.error("outbox.broker.lost", service=database.service, facts=count)
        metrics.OUTBOX_LOST.labels(database.node.node_id, database.service).inc(count)
    return count


async def forget_beyond(tx: Transaction, place: BrokerPlace, end: int) -> int:
    """Mark for publishing what was published at `place` from offset `end` on; how many."""
    topic, partition = place
    return await _publish_again(
        tx, OUTBOX.c.topic == topic, OUTBOX.c.broker_partition == partition, OUTBOX.c.broker_offset >= end
    )


async def newest_published(session: AsyncSession) -> dict[BrokerPlace, int]:
    """The highest offset that the broker gave and is still thought to hold, per partition."""
    place = (OUTBOX.c.topic, OUTBOX.c.broker_partition)
    query = (
        select(*place, func.max(OUTBOX.c.broker_offset))
        .where(OUTBOX.c.broker_offset.is_not(None), OUTBOX.c.published_at.is_not(None))
        .group_by(*place)
    )
    return {(topic, partition): offset for topic, partition, offset in await session.execute(query)}


async def known_topic_ids(session: AsyncSession) -> dict[str, str]:
    """The id that each topic had when facts were last published to it."""
    return {row.topic: row.topic_id for row in await session.execute(select(OUTBOX_TOPIC))}


async def _publish_again(tx: Transaction, *which: Any) -> int:
    """The offset stays: it says that the row has left once, and that its number is not to be given again."""
    left = (OUTBOX.c.published_at.is_not(None), OUTBOX.c.broker_offset.is_not(None))
    done: Any = await tx.session.execute(update(OUTBOX).where(*left, *which).values(published_at=None))
    return int(done.rowcount)


async def _note_topic(session: AsyncSession, topic: str, topic_id: str) -> None:
    dialect: Any = postgresql if many_values.is_postgresql(session) else sqlite
    row = dialect.insert(OUTBOX_TOPIC).values(topic=topic, topic_id=topic_id)
    await session.execute(row.on_conflict_do_update(index_elements=["topic"], set_={"topic_id": topic_id}))
