"""A township and a district that have only their exchange: databases, files, keys and facts to carry."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import select
from sqlmodel import col

from services.exchange import actions
from services.exchange.app import exchange_service
from services.exchange.model import Arrival, Dispatch, Queued
from services.exchange.policy.chain import Chain, link_name
from services.exchange.store.lanes import find_lane
from services.exchange.workers import WORKERS
from services.exchange.workers.keeper import border_of
from services.kernel.language.envelope import Envelope, dataschema_of
from services.kernel.language.events.directory import PeerRegistered
from services.kernel.language.events.parts import (
    Attachment,
    Content,
    Edition,
    Fact,
    Hop,
    Item,
    OfficerRef,
    SignOff,
)
from services.kernel.language.events.review import SubmissionForwardedUp, SubmissionReceived, SubmissionReportedUp
from services.kernel.language.vocabulary import InfoType, Level, SignMode, System
from services.kernel.runtime.heard.organisation import keep_peer
from services.kernel.runtime.running.app import make_context
from services.kernel.runtime.service import ServiceContext
from services.kernel.runtime.storing.tables import OUTBOX
from services.kernel.runtime.surroundings.identifiers import new_id
from services.kernel.runtime.surroundings.settings import Settings
from services.kernel.runtime.web.tokens import public_key_text
from tests.support.schemas import make_schemas

ID = UUID(int=7)
OFFICER = OfficerRef(officer_id=ID, name="王芳", unit_id=ID, unit_name="龙潭乡")


@dataclass
class Clock:
    """A clock that tests move on; it also goes by itself, so that what follows is later."""

    ahead: timedelta = field(default_factory=timedelta)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@dataclass
class Node:
    """One node's exchange."""

    context: ServiceContext
    peer: str = ""
    borders: dict[tuple[str, str], actions.Border] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.context.node.node_id

    def border(self, other: "Node", lane: str = "routine") -> actions.Border:
        """The lane to another node, in one run until `start_anew`."""
        is_above = other.context.node.level.rank > self.context.node.level.rank
        card = other.card(direction="superior" if is_above else "subordinate")
        return self.borders.setdefault((other.name, lane), border_of(self.context, card, lane))

    def start_anew(self) -> None:
        """As if its process had been started again: its lanes are in new runs."""
        self.borders.clear()

    async def number(self, other: "Node", lane: str = "routine") -> int:
        """Give what waits for another node its numbers, as the carrier does; the last number."""
        async with self.transaction() as tx:
            while (await actions.number_rows(tx, self.border(other, lane))).rows:
                pass
        row = await self.lane(self.name, other.name, lane)
        return row.n if row else 0

    def card(
        self, *, direction: str, kafka: str = "", lanes: tuple[str, ...] = ("urgent", "routine", "bulk")
    ) -> PeerRegistered:
        """How the neighbour registers this node."""
        keys = self.context.node_keys
        return PeerRegistered(
            peer=self.name, name=self.context.node.name, level=self.context.node.level, system=System.GOVERNMENT,
            direction=direction, bootstrap_servers=kafka, public_key=public_key_text(keys.public), key_id=keys.key_id,
            unit_id=ID, lanes=lanes,
        )  # fmt: skip

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Any]:
        async with self.context.database.transaction(self.context.clock()) as tx:
            yield tx

    async def register(self, card: PeerRegistered) -> None:
        async with self.transaction() as tx:
            await keep_peer(tx, card)

    async def tell(self, *facts: Fact) -> list[str]:
        """As if review had told these facts and the agent had taken them up; their ids."""
        envelopes = [envelope_of(self, fact) for fact in facts]
        async with self.transaction() as tx:
            for fact, envelope in zip(facts, envelopes, strict=True):
                actions.send_on(tx, fact, envelope)
        return [envelope.id for envelope in envelopes]

    async def lane(self, sender: str, receiver: str, lane: str = "routine") -> Any:
        async with self.context.database.reading() as session:
            return await find_lane(session, Chain(link_name(sender, receiver), lane))

    async def told(self, topic: str = "exchange.arrival") -> list[str]:
        """Ids of what was told on a topic of this node, in order of their numbers per key."""
        query = select(OUTBOX.c.event_id).where(OUTBOX.c.topic == f"{self.name}.{topic}").order_by(OUTBOX.c.id)
        async with self.context.database.reading() as session:
            return list((await session.execute(query)).scalars())

    async def queued(self) -> list[Any]:
        """What has no number yet."""
        async with self.context.database.reading() as session:
            return list((await session.execute(select(Queued).order_by(col(Queued.id)))).scalars())

    async def rows(self, ledger: type[Dispatch] | type[Arrival]) -> list[Any]:
        async with self.context.database.reading() as session:
            return list(
                (
                    await session.execute(select(ledger).order_by(col(ledger.link), col(ledger.lane), col(ledger.n)))
                ).scalars()
            )

    @contextmanager
    def clock_ahead(self, **by: float) -> Iterator[None]:
        self.context.clock.ahead += timedelta(**by)  # type: ignore[attr-defined]
        yield


def envelope_of(node: Node, fact: Fact) -> Envelope:
    return Envelope(
        id=str(new_id()), type=fact.TYPE, source=f"/{node.name}/review", time=node.context.clock(), subject=fact.key,
        dataschema=dataschema_of(fact.TYPE, fact.VERSION), node=node.name, level=node.context.node.level.value,
        data=fact.model_dump_json().encode(), via=(node.name,),
    )  # fmt: skip


@asynccontextmanager
async def make_node_of(settings: Settings) -> AsyncIterator[Node]:
    service = exchange_service()
    async with httpx.AsyncClient(base_url="http://node.test") as http:
        context = make_context(service, settings, http, Clock())
        await make_schemas([(context.database, service.migrations)])
        try:
            yield Node(context)
        finally:
            await context.database.close()


@asynccontextmanager
async def two_nodes(
    folder: Path, urls: Callable[[], str], *, kafka: str = "127.0.0.1:1", heartbeat_s: float = 60.0
) -> AsyncIterator[tuple[Node, Node]]:
    """Township and district under names of their own, registered with each other."""
    mark = secrets.token_hex(3)
    common: dict[str, Any] = {"kafka": kafka, "link_heartbeat_s": heartbeat_s}
    lower = Settings(
        node_id=f"t{mark}",
        node_name="龙潭乡",
        level=Level.TOWNSHIP,
        data_dir=folder / "t",
        database_url=urls(),
        **common,
    )
    upper = Settings(
        node_id=f"d{mark}", node_name="云岭区", level=Level.COUNTY, data_dir=folder / "d", database_url=urls(), **common
    )
    async with make_node_of(lower) as township, make_node_of(upper) as district:
        await township.register(district.card(direction="superior", kafka=kafka))
        await district.register(township.card(direction="subordinate"))
        township.peer, district.peer = district.name, township.name
        yield township, district


@asynccontextmanager
async def another_township(
    township: Node, district: Node, folder: Path, database_url: str, *, kafka: str = ""
) -> AsyncIterator[Node]:
    """Another township below the same district, on the same broker."""
    own = {"node_id": f"o{township.name[1:]}", "node_name": "青石镇", "data_dir": folder, "database_url": database_url}
    async with make_node_of(township.context.settings.model_copy(update=own)) as node:
        await node.register(district.card(direction="superior", kafka=kafka))
        await district.register(node.card(direction="subordinate"))
        yield node


@asynccontextmanager
async def with_city(township: Node, district: Node, folder: Path, urls: Callable[[], str]) -> AsyncIterator[Node]:
    """A city above the district, on the same broker."""
    settings = Settings(
        node_id=f"c{district.name[1:]}", node_name="安澜市", level=Level.CITY, data_dir=folder / "c", database_url=urls(),
        kafka=district.context.settings.kafka, link_heartbeat_s=2.0,
    )  # fmt: skip
    async with make_node_of(settings) as city:
        await district.register(city.card(direction="superior", kafka=settings.kafka))
        await city.register(district.card(direction="subordinate"))
        yield city


@asynccontextmanager
async def carrying(*nodes: Node) -> AsyncIterator[None]:
    """The workers of these nodes at work."""
    stop = asyncio.Event()
    jobs = [asyncio.create_task(worker(node.context, stop)) for node in nodes for worker in WORKERS]
    try:
        yield
        for job in jobs:
            if job.done():
                job.result()
    finally:
        stop.set()
        await asyncio.gather(*jobs, return_exceptions=True)


def item_of(
    township: Node, district: Node, origin_id: UUID, *, info_type: InfoType = InfoType.PROBLEM, version: int = 1
) -> Item:
    hop = Hop(
        n=1,
        from_node=township.name,
        from_unit_id=ID,
        from_unit_name="龙潭乡",
        to_node=district.name,
        to_level=Level.COUNTY,
    )
    return Item(
        origin_id=origin_id, info_type=info_type, title="饮水管网老化", origin_node=township.name, unit_id=ID, unit_name="龙潭乡",
        version=version, hop=1, hops=(hop,),
    )  # fmt: skip


def reported_up(
    township: Node,
    district: Node,
    origin_id: UUID | None = None,
    *,
    attachments: tuple[Attachment, ...] = (),
    **item: Any,
) -> SubmissionReportedUp:
    edition = Edition(
        node=township.name,
        number=1,
        title="饮水管网老化",
        body="正文" * 50,
        edited_by="王芳",
        edited_at=township.context.clock(),
    )
    content = Content(
        edition=edition, author_name="王芳", author_phone="1", non_secret_declared=True, attachments=attachments
    )
    signed = SignOff(signed_by="李", sign_mode=SignMode.ONLINE, recorded_by=OFFICER, signed_at=township.context.clock())
    return SubmissionReportedUp(
        item=item_of(township, district, origin_id or new_id(), **item), at=township.context.clock(), node=township.name,
        content=content, reviewer_name="张", sign_off=signed,
    )  # fmt: skip


def received(township: Node, district: Node, origin_id: UUID) -> SubmissionReceived:
    return SubmissionReceived(
        item=item_of(township, district, origin_id), at=district.context.clock(), node=district.name, by=OFFICER
    )


def forwarded_up(township: Node, district: Node, city: Node, origin_id: UUID) -> SubmissionForwardedUp:
    up = reported_up(township, district, origin_id)
    hop = Hop(
        n=2, from_node=district.name, from_unit_id=ID, from_unit_name="云岭区", to_node=city.name, to_level=Level.CITY
    )
    item = up.item.model_copy(update={"hop": 2, "hops": (*up.item.hops, hop)})
    return SubmissionForwardedUp(
        item=item, at=up.at, node=district.name, content=up.content, proposed_by=OFFICER, sign_off=up.sign_off
    )
