"""One Faust app as we run it: which settings, and why, stands in its comments."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import faust

from services.kernel.runtime.telling.agents.consuming import FindStarts, ListeningTransport
from services.kernel.runtime.telling.agents.room import Room

SESSION_TIMEOUT_S = 30.0
REQUEST_TIMEOUT_S = 40.0


def make_app(
    group: str,
    topics: Sequence[str],
    *,
    kafka: str,
    folder: Path,
    instance_id: str,
    find_starts: FindStarts,
    room: Room,
    receive: Callable[[Any], Awaitable[None]],
) -> faust.App:
    """A new app that reads `topics` as a static member of `group`; nothing of an older one is used again."""
    datadir = folder / group
    datadir.mkdir(parents=True, exist_ok=True)
    app = faust.App(
        group,
        broker=[f"kafka://{server}" for server in kafka.split(",")],
        store="memory://",
        datadir=str(datadir),
        web_enabled=False,
        autodiscover=False,
        topic_allow_declare=False,
        topic_disable_leader=True,
        consumer_auto_offset_reset="earliest",
        consumer_group_instance_id=instance_id,
        broker_session_timeout=SESSION_TIMEOUT_S,
        broker_heartbeat_interval=3,
        broker_request_timeout=REQUEST_TIMEOUT_S,
        broker_rebalance_timeout=60,
        broker_max_poll_interval=7 * 86400,
        broker_commit_interval=1.0,
        broker_max_poll_records=500,
        stream_buffer_maxsize=20000,  # never reached: the room counts bytes, and a full buffer would stall reading
        consumer_metadata_max_age_ms=30000,
        worker_redirect_stdouts=False,
        # What is in the buffer is thrown away at a stop and read again: waiting until all of it is
        # acknowledged would last until somebody cuts it. The batch in hand is finished by ourselves.
        stream_wait_empty=False,
    )
    app.transport = ListeningTransport(app, find_starts=find_starts, room=room)
    topic = app.topic(*topics, key_serializer="raw", value_serializer="raw", internal=False)
    app.agent(topic, name=f"{group}.receive")(receive)
    return app
