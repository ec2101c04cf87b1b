"""A database from before units answered for their texts: what was signed below is kept, what may be unsigned is not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import select

from services.disclosure.app import disclosure_service
from services.disclosure.model import InformationFile, KnownItem, PublicInformation, Review
from services.disclosure.policy.rulebooks import SENSITIVE_WORDS
from services.disclosure.store.information import list_unexamined
from services.disclosure.store.items import list_disclosable
from services.disclosure.store.rules import sensitive_words
from services.kernel.language.vocabulary import InfoType
from services.kernel.runtime.rulebooks import list_versions
from services.kernel.runtime.storing.database import Database
from services.kernel.runtime.storing.migrations import require_current, upgrade
from services.kernel.runtime.surroundings.identifiers import new_id
from tests.integration.disclosure.conftest import HOSTED_PUBLISHER, PUBLISHER
from tests.support.service import DISTRICT, NOW

OLD = {
    "version": 1, "own_version": 0, "own_number": 0, "own_title": "", "own_body": "", "suggested_attribute": "",
    "info_type": InfoType.DYNAMIC.value, "unit_name": "龙潭乡",
}  # fmt: skip


def known(origin_id: UUID, *, hop: int) -> dict[str, Any]:
    return OLD | {"origin_id": origin_id, "hop": hop, "title": f"第{hop}跳", "body": "正文", "seen_at": NOW}


async def test_what_arrived_signed_is_offered_on_and_unsigned_text_is_dropped(empty_database_url: str) -> None:
    service = disclosure_service()
    database = Database(empty_database_url, service="disclosure", node=DISTRICT)
    arrived, own = new_id(), new_id()
    try:
        await upgrade(database, service.migrations, to=["kernel_0001", "disclosure_0001"])
        columns = [*OLD, "origin_id", "hop", "title", "body", "seen_at"]
        types: dict[str, Any] = {"origin_id": sa.Uuid(), "seen_at": sa.DateTime(timezone=True)}
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


def row(table: str, **values: Any) -> sa.Insert:
    kinds = {
        "files": sa.JSON(),
        "attachments": sa.JSON(),
        "keywords": sa.JSON(),
        "writers": sa.JSON(),
        "prepared_by": sa.JSON(),
    }
    types = {key: sa.Uuid() if isinstance(value, UUID) else kinds.get(key) for key, value in values.items()}
    moments = {key: sa.DateTime(timezone=True) for key in values if key.endswith("_at")}
    return sa.table(table, *(sa.column(key, (types | moments)[key]) for key in values)).insert().values(**values)


async def test_what_is_out_keeps_its_files_and_what_is_not_is_examined(empty_database_url: str) -> None:
    service = disclosure_service()
    database = Database(empty_database_url, service="disclosure", node=DISTRICT)
    digest, out, waits = "a" * 64, new_id(), new_id()
    told = [{"attachment_id": str(out), "sha256": digest, "filename": "表.pdf", "media_type": "x", "size": 3}]
    empty = dict.fromkeys(("title", "body", "summary", "document_no", "subject", "genre", "audience", "source"), "")
    try:
        await upgrade(database, service.migrations, to=["kernel_0004", "disclosure_0003"])
        async with database.engine.begin() as connection:
            public = {"category_id": "", "category_name": "", "publisher_name": "", "revoke_reason": "", "keywords": []}
            await connection.execute(
                row(
                    "public_information",
                    **empty,
                    **public,
                    information_id=out,
                    node="district",
                    index_no="1",
                    attachments=told,
                )
            )
            for information_id, status in ((out, "published"), (waits, "in_review")):
                inside = {"category_id": "", "attribute": "proactive", "publisher_name": "", "is_normative": False}
                inside |= {"responsible_section": "", "reviewed_body": "", "revoke_reason": "", "version": 1}
                await connection.execute(
                    row(
                        "disclosure_information", **empty, **inside, information_id=information_id, status=status,
                        keywords=[], writers=[], prepared_by={}, publisher_org_id=new_id(), created_at=NOW, touched_at=NOW,
                    )
                )  # fmt: skip
                await connection.execute(
                    row(
                        "disclosure_file", attachment_id=information_id, information_id=information_id, sha256=digest,
                        filename="表.pdf", media_type="x", size=3, added_by="某", added_at=NOW,
                    )
                )  # fmt: skip
        await upgrade(database, service.migrations)
        async with database.reading() as session:
            shown = (await session.exec(select(PublicInformation))).one()
            assert shown.attachments == told
            assert [file.attachment_id for file in await list_unexamined(session, "rules")] == [waits]
            files = list(await session.exec(select(InformationFile)))
        assert [(file.public_sha256, file.examined_with, file.hints) for file in files] == [(None, "", [])] * 2
    finally:
        await database.close()


async def test_a_rule_file_that_was_loaded_is_the_first_version_of_its_rulebook(empty_database_url: str) -> None:
    service = disclosure_service()
    database = Database(empty_database_url, service="disclosure", node=DISTRICT)
    text = "words: [{hint: 本级的词, words: [某工程]}]\n"
    try:
        await upgrade(database, service.migrations, to=["kernel_0005", "disclosure_0004"])
        async with database.engine.begin() as connection:
            await connection.execute(row("disclosure_rule_file", name="sensitive_words", content=text, loaded_at=NOW))
        await upgrade(database, service.migrations)
        await require_current(database, service.migrations)
        async with database.reading() as session:
            (kept,) = await list_versions(session, SENSITIVE_WORDS)
            long_ago = await sensitive_words(session, NOW - timedelta(days=4000))
        assert (kept.version, kept.text, kept.saved_at) == (1, text, NOW)
        assert long_ago.words[0].words == ("某工程",)
    finally:
        await database.close()
