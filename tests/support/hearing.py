"""Facts of other tellers brought to a service through its real inbox, every message twice."""

from __future__ import annotations

import itertools
from collections import Counter
from datetime import datetime

from sqlalchemy import func, select

from services.kernel.language.envelope import Envelope, dataschema_of, to_headers
from services.kernel.language.events import Fact
from services.kernel.runtime.service import Service
from services.kernel.runtime.storing.database import Database
from services.kernel.runtime.storing.tables import INBOX_CURSOR, INBOX_WAITING
from services.kernel.runtime.surroundings.identifiers import new_id
from services.kernel.runtime.telling.inbox import Inbox, Message

_PLACES = itertools.count()


class Ear:
    """Hears facts for a service in the order in which it is given them, whatever topics they come on.

    What does not take effect fails the test: nothing may be parked or held.
    """

    def __init__(self, service: Service, database: Database, now: datetime) -> None:
        self._database, self._now = database, now
        self._consumer, self._prefix = f"{service.name}.routine", database.node.node_id
        self._inbox = Inbox(
            database, service.listens_to, consumer=self._consumer, prefix=self._prefix, clock=lambda: now
        )
        self._last: Counter[tuple[str, str]] = Counter()

    async def hear(self, topic: str, fact: Fact, *, node: str = "district", event_id: str = "") -> None:
        """Let a fact come on a topic, twice, as the next of its key."""
        message = await self._message(f"{self._prefix}.{topic}", fact, node, event_id or str(new_id()))
        await self._inbox.receive([message])
        await self._inbox.receive([message])
        async with self._database.reading() as session:
            waiting = (await session.execute(select(INBOX_WAITING.c.type, INBOX_WAITING.c.reason))).all()
        assert [*waiting] == [], "what was told did not take effect"

    async def _message(self, topic: str, fact: Fact, node: str, event_id: str) -> Message:
        last = self._last[topic, fact.key] or await self._last_applied(topic, fact.key)
        self._last[topic, fact.key] = last + 1
        data = fact.model_dump_json().encode()
        envelope = Envelope(
            id=event_id, type=fact.TYPE, source=f"/{node}/test", time=self._now, subject=fact.key,
            dataschema=dataschema_of(fact.TYPE, fact.VERSION), node=node, level="", data=data, via=(node,),
            sequence=last + 1, epoch=1,
        )  # fmt: skip
        return Message(topic, f"0:{next(_PLACES)}", to_headers(envelope), data)

    async def _last_applied(self, topic: str, key: str) -> int:
        """What another ear of the same service heard of this key before."""
        place = (INBOX_CURSOR.c.consumer == self._consumer, INBOX_CURSOR.c.topic == topic, INBOX_CURSOR.c.key == key)
        async with self._database.reading() as session:
            return (await session.execute(select(func.max(INBOX_CURSOR.c.sequence)).where(*place))).scalar_one() or 0
