"""Disclosure of the district on each database, a directory that confirms officers, and facts delivered twice."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import select

from services.disclosure.app import disclosure_service
from services.kernel.language.calendar import local_date
from services.kernel.language.envelope import to_headers
from services.kernel.language.events import Fact
from services.kernel.language.events.directory import UnitRegistered
from services.kernel.language.rulebooks import Rulebook
from services.kernel.language.vocabulary import Level, Role, UnitKind
from services.kernel.runtime.rulebooks import Draft, read_apart, save_version
from services.kernel.runtime.running.process import NodeProcess
from services.kernel.runtime.service import Service
from services.kernel.runtime.storing.database import Database
from services.kernel.runtime.storing.outbox import envelope_of
from services.kernel.runtime.storing.tables import OUTBOX
from services.kernel.runtime.telling.inbox import Inbox, Message
from services.kernel.runtime.web.dependencies import Me, edge_router
from services.kernel.runtime.web.identity import Officer
from tests.integration.kernel.toy import METADATA
from tests.support.service import DISTRICT, NOW, client_of, officer, running_node, settings_for, unit_id

PUBLISHER = officer(Role.PUBLISHER, name="叶知秋")
SECOND_PUBLISHER = officer(Role.PUBLISHER, name="许明月")
SECRECY = officer(Role.SECRECY, name="苏静怡")
BOTH = officer(Role.PUBLISHER, Role.SECRECY, name="兼任者")
CLERK = officer(Role.CLERK, name="林晓燕")
# A unit of this node of its own: the items of `items.py` are its.
HOSTED_PUBLISHER = officer(Role.PUBLISHER, name="韩冬", unit="township", kind=UnitKind.HOSTED)
BUREAU_PUBLISHER = officer(Role.PUBLISHER, name="江岸", unit="district-water", kind=UnitKind.BUREAU)
BUREAU_SECRECY = officer(Role.SECRECY, name="石磊", unit="district-water", kind=UnitKind.BUREAU)

API = "/disclosure/api/v1/information"
COMPLETE = {
    "title": "云岭区全面完成冬季农田水利建设年度任务",
    "body": "今冬我区整治渠道42公里，清淤塘坝136口，新增和恢复灌溉面积1.2万亩。\n一、主要做法\n压实责任，挂图作战。",
    "category_id": "0502",
    "attribute": "proactive",
}


def directory(released: set[UUID]) -> Service:
    """A directory that stands by what the token says, except for officers released since."""
    folder = Path(__file__).parents[1] / "kernel" / "toy_migrations"
    router = edge_router()

    @router.get("/api/v1/officers/me")
    async def confirm(me: Me) -> dict[str, Any]:
        return {"roles": [] if me.officer_id in released else [role.value for role in me.roles]}

    return Service(name="directory", title="机构人员", metadata=METADATA, migrations=folder, routers=(router,))


async def put_in_force(database: Database, book: Rulebook[Any], text: str) -> None:
    """Save a version of a rulebook as an administrator does, in force from today on."""
    rules = await read_apart(book, text)
    async with database.transaction(NOW) as tx:
        day = local_date(NOW) if book.asks_for_a_day else None
        await save_version(tx, book, disclosure_service().hooks_of(book), Draft(text, day), by=None, rules=rules)


@dataclass
class World:
    """A running disclosure service, its people and its facts."""

    process: NodeProcess
    released: set[UUID] = field(default_factory=set)
    clients: dict[str, httpx.AsyncClient] = field(default_factory=dict)

    @property
    def database(self) -> Database:
        return self.process.contexts["disclosure"].database

    def client(self, who: Officer | None = None) -> httpx.AsyncClient:
        """A client signed in as `who`, or a citizen's."""
        name = who.name if who else "citizen"
        if name not in self.clients:
            self.clients[name] = client_of(self.process, who)
        return self.clients[name]

    async def tell(self, *facts: Fact) -> None:
        """Have facts told on their own topics and delivered."""
        async with self.database.transaction(NOW) as tx:
            for fact in facts:
                tx.tell(fact)
        await self.deliver()

    async def arrive(self, *facts: Fact) -> None:
        """Have facts of other nodes arrive and be delivered."""
        async with self.database.transaction(NOW) as tx:
            for fact in facts:
                tx.tell(fact)
                own = tx.told.pop()
                tx.retell(own.envelope, topic="exchange.arrival", key=fact.key)
        await self.deliver()

    async def deliver(self) -> None:
        """Everything told so far reaches disclosure, every message twice."""
        async with self.database.reading() as session:
            rows = list(await session.execute(select(OUTBOX).order_by(OUTBOX.c.id)))
        heard = disclosure_service().listens_to
        inbox = Inbox(self.database, heard, consumer="disclosure.routine", prefix="district", clock=lambda: NOW)
        messages = [Message(row.topic, f"0:{row.id}", to_headers(envelope_of(row)), bytes(row.body)) for row in rows]
        listened = [one for one in messages if one.topic.removeprefix("district.") in heard]
        await inbox.receive(listened)
        await inbox.receive(listened)

    async def prepared(self, **changes: Any) -> str:
        """A text in review, by its id."""
        answer = await self.client(PUBLISHER).post(API, json=COMPLETE | changes)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["information_id"])

    async def approved(self, **changes: Any) -> str:
        """A text that the reviewer has let pass."""
        information_id = await self.prepared(**changes)
        body = {"outcome": "open", "opinion": "同意公开"}
        answer = await self.client(SECRECY).post(f"{API}/{information_id}/confidentiality-review", json=body)
        assert answer.status_code == 200, answer.text
        return information_id

    async def published(self, **changes: Any) -> dict[str, Any]:
        """A text on the portal: what publishing answered."""
        information_id = await self.approved(**changes)
        answer = await self.client(PUBLISHER).post(f"{API}/{information_id}/publish")
        assert answer.status_code == 200, answer.text
        await self.deliver()
        return dict(answer.json())


OFFICE = UnitRegistered(
    unit_id=unit_id("district"), name="云岭区人民政府办公室", short_name="区政府办", kind=UnitKind.HEAD_OFFICE,
    level=Level.COUNTY, ranking_group="", org_code="00410100", node_id="district",
)  # fmt: skip


BUREAU = OFFICE.model_copy(
    update={
        "unit_id": unit_id("district-water"), "name": "云岭区水利局", "short_name": "区水利局",
        "kind": UnitKind.BUREAU, "org_code": "00410121",
    }
)  # fmt: skip


@pytest.fixture
async def world(node_database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    settings = settings_for(DISTRICT, tmp_path, database_url=node_database_url)
    released: set[UUID] = set()
    async with running_node([directory(released), disclosure_service()], settings, clock=lambda: NOW) as process:
        made = World(process, released)
        await made.tell(OFFICE, BUREAU)
        yield made
        for client in made.clients.values():
            await client.aclose()
