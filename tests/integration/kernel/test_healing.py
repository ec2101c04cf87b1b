"""Facts are told again when they are lost, not when they took effect after the books were last compared."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, insert, select, update

from services.kernel.language.envelope import to_headers
from services.kernel.runtime.running.process import NodeProcess
from services.kernel.runtime.storing.outbox import envelope_of
from services.kernel.runtime.storing.tables import OUTBOX, OUTBOX_TOPIC
from services.kernel.runtime.telling.inbox import Inbox, Message, waiting
from services.kernel.runtime.telling.inbox.positions import Position, put_positions
from services.kernel.runtime.telling.progress.following import MOST_UNAPPLIED, Following
from services.kernel.runtime.telling.progress.healing import find_lost, heal
from services.kernel.runtime.telling.progress.judging import Reason
from services.kernel.runtime.telling.progress.told import PAGE
from tests.integration.kernel.test_relay_and_agents import tell
from tests.integration.kernel.toy import LISTENS_TO, toy_service
from tests.support.service import DISTRICT, running_node, settings_for


@pytest.fixture
async def process(tmp_path: Path, node_database_url: str) -> AsyncIterator[NodeProcess]:
    async with running_node([toy_service()], settings_for(DISTRICT, tmp_path, database_url=node_database_url)) as made:
        yield made


async def apply_all(process: NodeProcess, *, first: int | None = None) -> None:
    """What the listener does with everything that was told, or with the first few facts."""
    context = process.contexts["directory"]
    inbox = Inbox(
        context.database, LISTENS_TO, consumer="directory.routine", prefix=context.node.node_id, clock=context.clock
    )
    async with context.database.reading() as session:
        rows = list(await session.execute(select(OUTBOX).order_by(OUTBOX.c.id).limit(first)))
    await inbox.receive(
        [Message(row.topic, f"0:{row.id}", to_headers(envelope_of(row)), bytes(row.body)) for row in rows]
    )


async def publish_all(process: NodeProcess) -> None:
    """What the relay does with everything that was told, ten minutes ago."""
    context = process.contexts["directory"]
    left = {
        "published_at": context.clock() - timedelta(minutes=10),
        "broker_partition": 0,
        "broker_offset": OUTBOX.c.id,
    }
    async with context.database.transaction(context.clock()) as tx:
        await tx.session.execute(update(OUTBOX).where(OUTBOX.c.published_at.is_(None)).values(**left))


async def park_all(process: NodeProcess) -> None:
    """What the listener does with facts that only a newer version knows."""
    context = process.contexts["directory"]
    async with context.database.transaction(context.clock()) as tx:
        rows = [
            waiting.waiting_row(
                "directory.routine", row.topic, f"0:{row.id}", envelope_of(row),
                kind=waiting.PARKED, reason="未知类型", cause=waiting.UNKNOWN, now=tx.now,
            )
            for row in await tx.session.execute(select(OUTBOX))
        ]  # fmt: skip
        await waiting.put(tx.session, rows)


def following_of(process: NodeProcess) -> Following:
    context = process.contexts["directory"]
    return Following(context, "directory", {context.settings.topic("directory.unit"): "routine"})


async def count_to_publish(process: NodeProcess) -> int:
    async with process.contexts["directory"].database.reading() as session:
        return len(list(await session.execute(select(OUTBOX.c.id).where(OUTBOX.c.published_at.is_(None)))))


@pytest.mark.parametrize("is_applied", [True, False], ids=["applied since the look", "lost"])
async def test_what_took_effect_since_the_look_is_not_told_again(process: NodeProcess, is_applied: bool) -> None:
    context = process.contexts["directory"]
    await tell(process, "1", "2", "3")
    await publish_all(process)
    following = following_of(process)
    await following.look(context.clock())
    assert len(following.list_behind()) == 3
    if is_applied:
        await apply_all(process)
    await heal(following, context.clock() + timedelta(minutes=10))
    assert await count_to_publish(process) == (0 if is_applied else 3)


async def test_positions_are_read_only_when_something_is_behind(process: NodeProcess) -> None:
    context, asked = process.contexts["directory"], list[str]()
    following = following_of(process)
    await following.look(context.clock())
    async with context.database.reading() as session:
        event.listen(session.get_bind(), "before_cursor_execute", lambda *said: asked.append(said[2]))
    assert await find_lost(following, context.clock()) == []
    assert asked == []
    await tell(process, "1")
    await following.look(context.clock())
    assert await find_lost(following, context.clock()) == []
    assert any("inbox_position" in one for one in asked)


async def note_read_to(process: NodeProcess, next_offset: int) -> None:
    """What the listener notes when it has read so far."""
    context = process.contexts["directory"]
    topic = context.settings.topic("directory.unit")
    async with context.database.transaction(context.clock()) as tx:
        await tx.session.execute(insert(OUTBOX_TOPIC).values(topic=topic, topic_id="id-1"))
        await put_positions(tx.session, "directory.routine", {(topic, 0): Position("id-1", next_offset)})


async def test_a_backlog_is_not_told_again_because_another_listener_asked_for_a_fact(process: NodeProcess) -> None:
    context = process.contexts["directory"]
    await tell(process, "1", "2", "3")
    await publish_all(process)
    await apply_all(process, first=1)
    async with context.database.transaction(context.clock()) as tx:
        first = select(OUTBOX.c.id).order_by(OUTBOX.c.id).limit(1).scalar_subquery()
        again = {"published_at": tx.now, "broker_offset": 1_000}
        await tx.session.execute(update(OUTBOX).where(OUTBOX.c.id == first).values(**again))
        second = (await tx.session.execute(select(OUTBOX.c.id).order_by(OUTBOX.c.id).offset(1).limit(1))).scalar_one()
    await note_read_to(process, next_offset=second)
    following = following_of(process)
    await following.look(context.clock())
    assert len(following.list_behind()) == 2
    await heal(following, context.clock() + timedelta(minutes=1))
    assert await count_to_publish(process) == 0, "both stand ahead of what was read: the broker brings them"


async def test_what_was_read_past_is_told_again_while_others_move(process: NodeProcess) -> None:
    context = process.contexts["directory"]
    await tell(process, "1", "2", "3")
    await publish_all(process)
    await apply_all(process, first=1)
    await note_read_to(process, next_offset=1_000)
    following = following_of(process)
    await following.look(context.clock())
    await heal(following, context.clock() + timedelta(minutes=1))
    assert await count_to_publish(process) == 2


@pytest.mark.parametrize("looks_first", [True, False], ids=["looking on", "started anew"])
async def test_a_lost_fact_is_told_again_however_many_wait_for_a_person(
    process: NodeProcess, looks_first: bool
) -> None:
    context = process.contexts["directory"]
    following = following_of(process)
    if looks_first:
        await following.look(context.clock())
    await tell(process, *(f"newer {n}" for n in range(MOST_UNAPPLIED + 1)))
    await publish_all(process)
    await park_all(process)
    for _ in range(3):
        await following.look(context.clock())
    await tell(process, "lost")
    await publish_all(process)
    await following.look(context.clock())
    standing = following.standing("routine", context.clock())
    assert standing.counts == {Reason.PARKED: MOST_UNAPPLIED + 1, Reason.NOT_ARRIVED: 1}
    await heal(following, context.clock() + timedelta(minutes=10))
    assert await count_to_publish(process) == 1


async def test_a_full_view_is_said_to_be_full(process: NodeProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.kernel.runtime.telling.progress.following.MOST_UNAPPLIED", 2)
    context, following = process.contexts["directory"], following_of(process)
    for name, is_full in (("1", False), ("2", True)):
        await tell(process, name)
        await following.look(context.clock())
        assert following.standing("routine", context.clock()).as_words(context.clock())["is_full"] is is_full


async def test_every_fact_of_a_key_is_compared_however_many_it_has(
    process: NodeProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.kernel.runtime.telling.progress.following.OVERLAP", 0)
    context = process.contexts["directory"]
    await tell(process, *(f"newer {n}" for n in range(PAGE)))
    await publish_all(process)
    await park_all(process)
    await tell(process, *(str(n) for n in range(3)))
    following = following_of(process)
    await following.look(context.clock())
    assert len(following.list_behind()) == 3
