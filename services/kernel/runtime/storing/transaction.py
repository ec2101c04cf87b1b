"""One write transaction: the change, the facts it tells and its audit rows, committed together."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select

from services.kernel.language.envelope import Envelope, dataschema_of
from services.kernel.language.events import Fact
from services.kernel.language.events.parts import OfficerRef
from services.kernel.runtime.storing import outbox
from services.kernel.runtime.storing.audit import audit_hash
from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.storing.tables import AUDIT
from services.kernel.runtime.surroundings.identifiers import derived_id, new_id
from services.kernel.runtime.surroundings.settings import NodeInfo
from services.kernel.runtime.surroundings.tracing import current_traceparent


class ToldInReplay(RuntimeError):
    """A handler of `Service.replays` told a fact: what it replays was told already, and must not be told twice."""


@dataclass
class Transaction:
    """A write transaction, made at the edge only: one per request, or per batch of events.

    `now` is the only clock that actions see. Facts told here leave by the outbox when the
    transaction commits, and never otherwise.
    """

    session: AsyncSession
    now: datetime
    node: NodeInfo
    service: str
    cause: Envelope | None = None
    told: list[outbox.Telling] = field(default_factory=list)
    signals: set[str] = field(default_factory=set)
    wakes_relay: bool = False
    is_replay: bool = False
    is_wanted: Callable[[], bool] = lambda: False
    """Whether somebody waits for it to end who goes before it; a long one then ends early."""
    _ordinals: dict[tuple[str, str, str], int] = field(default_factory=dict)
    _audited: list[dict[str, Any]] = field(default_factory=list)
    _before: list[Callable[[], Awaitable[None]]] = field(default_factory=list)
    _after: list[Callable[[], None]] = field(default_factory=list)

    def tell(self, fact: Fact) -> str:
        """Tell a fact: it is published after the commit, in order per (topic, key). Its id.

        Raises:
            FactTooLarge: Above 900 KB on the wire.
            ToldInReplay: Within `replaying`.
        """
        if self.is_replay:
            raise ToldInReplay(fact.TYPE)
        envelope = Envelope(
            id=str(self._fact_id(fact.TYPE, fact.key)),
            type=fact.TYPE,
            source=f"/{self.node.node_id}/{self.service}",
            time=self.now,
            subject=fact.key,
            dataschema=dataschema_of(fact.TYPE, fact.VERSION),
            node=self.node.node_id,
            level=self.node.level.value,
            data=fact.model_dump_json().encode(),
            via=(self.node.node_id,),
            traceparent=current_traceparent(),
        )
        self.told.append(outbox.telling(self._topic(fact.topic), fact.key, envelope))
        return envelope.id

    def retell(self, envelope: Envelope, *, topic: str, key: str) -> None:
        """Tell a fact that was born elsewhere: id, source, time and data unchanged (exchange only)."""
        self.told.append(outbox.telling(self._topic(topic), key, envelope))

    @contextmanager
    def replaying(self, *, at: datetime) -> Iterator[None]:
        """Replay a fact in the block: `now` is the fact's own time, and nothing may be told."""
        before = self.now
        self.now, self.is_replay = at, True
        try:
            yield
        finally:
            self.now, self.is_replay = before, False

    def audit(
        self, verb: str, subject: object, *, by: OfficerRef | None, details: Mapping[str, Any] | None = None
    ) -> None:
        """Leave an audit row: who decided what about which subject. Rows form a hash chain."""
        self._audited.append(
            {
                "at": self.now,
                "verb": verb,
                "subject": str(subject),
                "officer_id": str(by.officer_id) if by else None,
                "officer_name": by.name if by else None,
                "details": json.dumps(details or {}, ensure_ascii=False, sort_keys=True, default=str),
            }
        )

    def signal(self, channel: str) -> None:
        """Wake the pages that show `channel`, after the commit."""
        self.signals.add(channel)

    def wake_relay(self) -> None:
        """Let the relay look at once, after the commit: rows of before are to be sent."""
        self.wakes_relay = True

    @property
    def wakes(self) -> bool:
        """Whether the relay has something to do after the commit."""
        return self.wakes_relay or bool(self.told)

    def before_commit(self, act: Callable[[], Awaitable[None]]) -> None:
        """Run `act` once, when all handlers of the transaction are done and before it is written."""
        self._before.append(act)

    def after_commit(self, act: Callable[[], None]) -> None:
        """Run `act` once the transaction is durable; it must not raise or wait."""
        self._after.append(act)

    async def seal(self) -> None:
        """Write what was collected, counters last; the caller commits directly afterwards."""
        for act in self._before:
            await act()
        await self.session.flush()
        if self._audited:
            await self._append_audit()
        if self.told:
            await outbox.write(self.session, self.told, self.now)

    def committed(self) -> None:
        """Run what waited for the commit."""
        for act in self._after:
            act()

    def _topic(self, name: str) -> str:
        return f"{self.node.node_id}.{name}"

    def _fact_id(self, type_: str, key: str) -> UUID:
        if self.cause is None:
            return new_id()
        place = (self.cause.id, type_, key)
        ordinal = self._ordinals[place] = self._ordinals.get(place, -1) + 1
        return derived_id(self.cause.id, self.node.node_id, self.service, type_, key, *([ordinal] if ordinal else []))

    async def _append_audit(self) -> None:
        await outbox.lock(self.session, "audit")
        newest = select(AUDIT.c.hash).order_by(AUDIT.c.id.desc()).limit(1)
        last = (await self.session.execute(newest)).scalar_one_or_none()
        for row in self._audited:
            last = row["hash"] = audit_hash(last or "", row)
        await self.session.execute(insert(AUDIT), self._audited)
