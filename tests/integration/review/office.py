"""A node's review under test: facts come in through the real inbox, each twice; calls go through the real edge."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import MetaData, select

from services.kernel.language.envelope import Envelope, dataschema_of, to_headers
from services.kernel.language.events import open_fact
from services.kernel.language.events.directory import PeerRegistered, UnitRegistered
from services.kernel.language.events.intake import SubmissionAmended, SubmissionSubmitted
from services.kernel.language.events.parts import Content, Edition, Fact, Item, OfficerRef, UnitRef, type_fields
from services.kernel.language.vocabulary import InfoType, Level, Role, System, UnitKind
from services.kernel.runtime.running.process import NodeProcess
from services.kernel.runtime.service import Service
from services.kernel.runtime.storing.outbox import envelope_of
from services.kernel.runtime.storing.tables import OUTBOX
from services.kernel.runtime.surroundings.identifiers import new_id
from services.kernel.runtime.surroundings.settings import NodeInfo
from services.kernel.runtime.telling.inbox import Inbox, Message
from services.kernel.runtime.web.dependencies import Me, edge_router
from services.review.app import review_service
from tests.support.service import CITY, DISTRICT, TOWNSHIP, client_of, officer, running_node, settings_for, unit_id

_PLACES = itertools.count()
BODY = "8月12日14时至20时，我乡遭遇短时强降雨，转移群众126户398人。泵站建于2004年，设备老化。"


def _directory_that_knows_everybody(folder: Path) -> Service:
    """Answers the live question after an officer's standing as the token itself does."""
    router = edge_router(prefix="/api/v1")

    @router.get("/officers/me")
    async def me(officer: Me) -> dict[str, Any]:
        return {"roles": sorted(officer.roles)}

    (folder / "versions").mkdir(parents=True, exist_ok=True)
    return Service(name="directory", title="机构人员", metadata=MetaData(), migrations=folder, routers=(router,))


@dataclass
class Office:
    """One node's review, its people, and what it told."""

    node: NodeInfo
    process: NodeProcess
    sequences: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))
    carried_up_to: int = 0
    ways: dict[str, tuple[tuple[str, ...], ...]] = field(default_factory=dict)

    @property
    def context(self) -> Any:
        return self.process.contexts["review"]

    def client(
        self, *roles: Role, name: str = "", unit: str = "", kind: UnitKind = UnitKind.HEAD_OFFICE
    ) -> httpx.AsyncClient:
        """A client signed in with these roles, in the node's own office unless another unit is named."""
        who = officer(
            *roles, name=name or "、".join(role.label for role in roles), unit=unit or self.node.node_id, kind=kind
        )
        return client_of(self.process, who)

    async def hear(self, topic: str, *facts: Fact, from_node: str = "", event_ids: list[str] | None = None) -> None:
        """Let facts arrive on a topic, in order, every one of them twice."""
        inbox = Inbox(
            self.context.database, review_service().listens_to, consumer="review",
            prefix=self.node.node_id, clock=self.context.clock,
        )  # fmt: skip
        for place, fact in enumerate(facts):
            event_id = event_ids[place] if event_ids else str(new_id())
            message = self._message(topic, fact, from_node or self.node.node_id, event_id)
            await inbox.receive([message])
            await inbox.receive([message])

    async def told(self, type_: type[Fact] | None = None) -> list[Any]:
        """The facts this review has told, oldest first."""
        return [fact for _, fact in await self.told_rows() if type_ is None or type(fact) is type_]

    async def told_rows(self, after: int = 0) -> list[tuple[Any, Fact]]:
        async with self.context.database.reading() as session:
            rows = list(await session.execute(select(OUTBOX).where(OUTBOX.c.id > after).order_by(OUTBOX.c.id)))
        return [(row, open_fact(envelope_of(row))) for row in rows]

    def _message(self, topic: str, fact: Fact, from_node: str, event_id: str) -> Message:
        full = f"{self.node.node_id}.{topic}"
        self.sequences[full, fact.key] += 1
        data = fact.model_dump_json().encode()
        envelope = Envelope(
            id=event_id, type=fact.TYPE, source=f"/{from_node}/test", time=datetime.now(UTC), subject=fact.key,
            dataschema=dataschema_of(fact.TYPE, fact.VERSION), node=from_node, level="", data=data,
            via=(from_node,), sequence=self.sequences[full, fact.key], epoch=1,
        )  # fmt: skip
        return Message(full, f"0:{next(_PLACES)}", to_headers(envelope), data)


@asynccontextmanager
async def open_office(node: NodeInfo, folder: Path, *, database_url: str = "") -> AsyncIterator[Office]:
    """A node of review and a directory that confirms whoever holds a token."""
    settings = settings_for(node, folder, database_url=database_url)
    services = [_directory_that_knows_everybody(folder / "directory-schema"), review_service()]
    async with running_node(services, settings) as process:
        yield Office(node, process)


@asynccontextmanager
async def open_district(folder: Path, *, database_url: str = "") -> AsyncIterator[Office]:
    """The district's review, which knows its office, a bureau, a township and the city above."""
    async with open_office(DISTRICT, folder, database_url=database_url) as office:
        await office.hear(
            "directory.unit",
            unit_fact("云岭区政府办", UnitKind.HEAD_OFFICE, DISTRICT, unit="district"),
            unit_fact("区水利局", UnitKind.BUREAU, DISTRICT, unit="water"),
            unit_fact("龙潭乡", UnitKind.SUBORDINATE, DISTRICT, unit="township", of_node=TOWNSHIP.node_id),
        )
        await office.hear("directory.peer", superior_fact(CITY))
        yield office


def unit_fact(name: str, kind: UnitKind, node: NodeInfo, *, unit: str, of_node: str = "") -> UnitRegistered:
    """A unit as the directory tells it."""
    return UnitRegistered(
        unit_id=unit_id(unit),
        name=name,
        short_name=name,
        kind=kind,
        level=node.level,
        ranking_group="",
        node_id=of_node or node.node_id,
    )


def superior_fact(node: NodeInfo) -> PeerRegistered:
    """The node above, as the directory tells it."""
    return PeerRegistered(
        peer=node.node_id, name=node.name, level=node.level, system=System.GOVERNMENT, direction="superior",
        public_key="", key_id="k1", unit_id=unit_id(node.node_id),
    )  # fmt: skip


def submitted(
    node: NodeInfo, origin_id: UUID, *, unit: str = "", unit_name: str = "", version: int = 1, title: str = "泵站老化",
    body: str = BODY, by: OfficerRef | None = None, info_type: InfoType = InfoType.PROBLEM,
    co_units: tuple[UnitRef, ...] = (),
) -> SubmissionSubmitted:  # fmt: skip
    """An item handed in by a unit of the node; a version above 1 is an amendment."""
    unit, at = unit or node.node_id, datetime.now(UTC)
    by = by or OfficerRef(officer_id=new_id(), name="李四", unit_id=unit_id(unit), unit_name=unit_name or unit)
    fact = SubmissionAmended if version > 1 else SubmissionSubmitted
    return fact(
        item=Item(
            origin_id=origin_id, info_type=info_type, title=title, origin_node=node.node_id, unit_id=unit_id(unit),
            unit_name=unit_name or unit, version=version, hop=0, co_units=co_units,
        ),
        at=at,
        node=node.node_id,
        submitted_by=by,
        content=Content(
            edition=Edition(node=node.node_id, number=version, title=title, body=body, edited_by="李四", edited_at=at),
            author_name="李四", author_phone="0578-1234567", non_secret_declared=True,
            **type_fields(
                info_type,
                {"own_efforts": "已自筹", "help_wanted": "请支持", "responsible_level": Level.COUNTY, "source": "水利站"},
            ),
        ),
    )  # fmt: skip
