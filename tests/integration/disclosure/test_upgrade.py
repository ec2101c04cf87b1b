"""A database from before units answered for their texts: what was signed below is kept, what may be unsigned is not."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import select

from services.disclosure.app import disclosure_service
from services.disclosure.model import KnownItem, Review
from services.disclosure.store.items import list_disclosable
from services.kernel.language.vocabulary import InfoType
from services.kernel.runtime.database import Database
from services.kernel.runtime.identifiers import new_id
from services.kernel.runtime.migrations import upgrade
from tests.integration.disclosure.conftest import HOSTED_PUBLISHER, PUBLISHER
from tests.support.service import DISTRICT, NOW

OLD = {
    "version": 1, "own_version": 0, "own_number": 0, "own_title": "", "own_body": "", "suggested_attribute": "",
    "info_type": InfoType.DYNAMIC.value, "unit_name": "龙潭乡",
}  # fmt: skip


def known(origin_id: UUID, *, hop: int) -> dict[str, Any]:
    return OLD | {"origin_id": origin_id, "hop": hop, "title": f"第{hop}跳", "body": "正文", "seen_at": NOW}


async def test_what_arrived_signed_is_offered_on_and_unsigned_text_is_dropped(database_url: str) -> None:
    service = disclosure_service()
    database = Database(database_url, service="disclosure", node=DISTRICT)
    arrived, own = new_id(), new_id()
    try:
        await upgrade(database, service.migrations, to=["kernel_0001", "disclosure_0001"])
        columns = [*OLD, "origin_id", "hop", "title", "body", "seen_at"]
        types = {"origin_id": sa.Uuid(), "seen_at": sa.DateTime(timezone=True)}
        table = sa.table("disclosure_known_item", *(sa.column(name, types.get(name)) for name in columns))
        async with database.engine.begin() as connection:
            await connection.execute(table.insert(), [known(arrived, hop=1), known(own, hop=0)])
        await upgrade(database, service.migrations)
        async with database.reading() as session:
            offered = [one.origin_id for one in await list_disclosable(session, PUBLISHER)]
            texts = {one.origin_id: (one.title, one.body) for one in await session.exec(select(KnownItem))}
            assert await list_disclosable(session, HOSTED_PUBLISHER) == []
            assert list(await session.exec(select(Review))) == []
        assert offered == [arrived]
        assert texts == {arrived: ("第1跳", "正文"), own: ("", "")}
    finally:
        await database.close()
