"""Facts are told again when they are lost, not when they took effect after the books were last compared."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from services.kernel.language.envelope import to_headers
from services.kernel.runtime.inbox import Inbox, Message
from services.kernel.runtime.outbox import envelope_of
from services.kernel.runtime.process import NodeProcess
from services.kernel.runtime.progress.following import Following
from services.kernel.runtime.tables import OUTBOX
from tests.integration.kernel.test_relay_and_agents import tell
from tests.integration.kernel.toy import LISTENS_TO, toy_service
from tests.support.service import DISTRICT, running_node, settings_for


@pytest.fixture
async def process(tmp_path: Path, node_database_url: str) -> AsyncIterator[NodeProcess]:
    async with running_node([toy_service()], settings_for(DISTRICT, tmp_path, database_url=node_database_url)) as made:
        yield made


async def apply_all(process: NodeProcess) -> None:
    """What the listener does with everything that was told."""
    context = process.contexts["directory"]
    inbox = Inbox(
        context.database, LISTENS_TO, consumer="directory.routine", prefix=context.node.node_id, clock=context.clock
    )
    async with context.database.reading() as session:
        rows = list(await session.execute(select(OUTBOX).order_by(OUTBOX.c.id)))
    await inbox.receive(
        [Message(row.topic, f"0:{row.id}", to_headers(envelope_of(row)), bytes(row.body)) for row in rows]
    )


async def count_to_publish(process: NodeProcess) -> int:
    async with process.contexts["directory"].database.reading() as session:
        return len(list(await session.execute(select(OUTBOX.c.id).where(OUTBOX.c.published_at.is_(None)))))


@pytest.mark.parametrize("is_applied", [True, False], ids=["applied since the look", "lost"])
async def test_what_took_effect_since_the_look_is_not_told_again(process: NodeProcess, is_applied: bool) -> None:
    context = process.contexts["directory"]
    await tell(process, "1", "2", "3")
    now = context.clock()
    async with context.database.transaction(now) as tx:
        left = {"published_at": now - timedelta(minutes=10), "broker_partition": 0, "broker_offset": OUTBOX.c.id}
        await tx.session.execute(update(OUTBOX).values(**left))
    following = Following(context, "directory", {context.settings.topic("directory.unit"): "routine"})
    await following.look(context.clock())
    assert len(following.list_behind()) == 3
    if is_applied:
        await apply_all(process)
    await following.heal(context.clock() + timedelta(minutes=10))
    assert await count_to_publish(process) == (0 if is_applied else 3)
