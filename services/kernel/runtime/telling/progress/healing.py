"""What the broker will not bring any more is asked for again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog

from services.kernel.runtime.surroundings import metrics
from services.kernel.runtime.telling.inbox.positions import load_positions
from services.kernel.runtime.telling.progress.asking import TellerSilent
from services.kernel.runtime.telling.progress.following import Following
from services.kernel.runtime.telling.progress.judging import Unapplied, is_lost
from services.kernel.runtime.telling.progress.telling import AGAIN

log = structlog.get_logger()


async def heal(following: Following, now: datetime) -> None:
    """Ask the teller for the facts again that will not come by themselves."""
    try:
        lost = await find_lost(following, now)
        if not lost:
            return
        for one in lost:
            one.times_asked, one.asked_at = one.times_asked + 1, now
        count = await following.teller.tell_again([one.told.id for one in lost])
    except TellerSilent as fault:
        log.warning("progress.asking.failed", **following.names, fault=repr(fault))
        return
    first = lost[0].told
    where = following.context.node.node_id, following.context.name, following.teller.name
    metrics.INBOX_ASKED_AGAIN.labels(*where).inc(count)
    log.warning(
        "progress.facts.asked_again", **following.names, count=count,
        topic=first.topic, key=first.key, sequence=first.sequence, event_id=first.event_id,
    )  # fmt: skip


async def find_lost(following: Following, now: datetime) -> list[Unapplied]:
    """What will not come by itself, judged once more by what the teller and we know at this moment.

    What the look saw is some time ago: another listener may have had a fact told again since, so
    that it stands elsewhere now, and behind a backlog thousands have taken effect.
    """
    suspects = await _judge(following, following.list_behind(), now)
    if not suspects:
        return []
    await following.refresh_rows(suspects)
    here = {told.id for told in await following.list_applied([one.told for one in suspects])}
    return await _judge(following, [one for one in suspects if one.told.id not in here], now)


async def _judge(following: Following, some: Sequence[Unapplied], now: datetime) -> list[Unapplied]:
    """Those that are lost, oldest first, as many as may be asked for at once."""
    if not some:
        return []  # nearly always so: the positions need not be read at each look
    context = following.context
    patience = timedelta(seconds=context.settings.ask_again_after_s)
    async with context.database.reading() as session:
        read_to = {
            place: position
            for lane in sorted(set(following.lanes.values()))
            for place, position in (await load_positions(session, f"{context.name}.{lane}")).items()
        }
    lost = (
        one
        for one in some
        if is_lost(
            one,
            position=read_to.get((one.told.topic, one.told.partition if one.told.partition is not None else -1)),
            moved_at=following.moves.of(one.told),
            now=now,
            patience=patience,
        )
    )
    return list(lost)[:AGAIN]
