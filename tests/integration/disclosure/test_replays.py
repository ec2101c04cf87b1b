"""After a restore what went out since the backup is in the records and on the portal, under numbers of its own."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import col, select

from services.disclosure.actions.attaching import attach_file
from services.disclosure.actions.examining import Examined
from services.disclosure.actions.preparing import prepare_information, send_to_review
from services.disclosure.actions.publishing import publish_information, revoke_information
from services.disclosure.actions.remembering import remember_signed
from services.disclosure.actions.reviewing import Decision, review_confidentiality
from services.disclosure.app import disclosure_service
from services.disclosure.model import METADATA, IndexCounter, Information, PublicInformation
from services.kernel.language.envelope import Envelope
from services.kernel.language.events import open_fact
from services.kernel.language.vocabulary import DisclosureAttribute, ReviewOutcome
from services.kernel.runtime.heard.organisation import keep_unit
from services.kernel.runtime.storing.database import Database
from services.kernel.runtime.storing.transaction import Transaction
from services.kernel.runtime.surroundings.identifiers import derived_id
from services.kernel.runtime.uploads import CheckedUpload
from services.kernel.runtime.uploads.files import FileStore, StoredFile
from tests.integration.disclosure.conftest import COMPLETE, OFFICE, PUBLISHER, SECRECY
from tests.integration.disclosure.items import reported_up
from tests.support.replaying import assert_it_comes_back, backup_of, last_told, lose, replay, rows_of, told_after
from tests.support.service import DISTRICT, NOW, client_of, running_node, service_database, settings_for

SERVICE = disclosure_service()
ORIGIN = derived_id("disclosure", "origin")
LATER = NOW + timedelta(hours=1)
# Facts of disclosure are public: which officers wrote, reviewed and published stands in none of them.
NOT_IN_FACTS = {"disclosure_information": {"published_by"}, "disclosure_step": {"id", "by"}}
NUMBER = "00410100/2026-{:05d}"


@pytest.fixture
def files(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "files")


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with service_database(SERVICE, database_url) as made:
        async with made.transaction(NOW) as tx:
            await _prepare_service(tx)
        yield made


async def _prepare_service(tx: Transaction) -> None:
    await keep_unit(tx, OFFICE)
    await remember_signed(tx, reported_up(ORIGIN))


async def _approved(database: Database, title: str, *, file: StoredFile | None = None) -> UUID:
    """A text that may go out."""
    async with database.transaction(NOW) as tx:
        values: dict[str, Any] = COMPLETE | {"title": title, "attribute": DisclosureAttribute.PROACTIVE}
        information = await prepare_information(tx, values, by=PUBLISHER, origin_id=ORIGIN)
        if file:
            checked = CheckedUpload(filename="路段表.pdf", media_type="application/pdf", size=3)
            upload = (checked, file, Examined("rules", file))
            await attach_file(tx, information.information_id, upload, by=PUBLISHER)
        await send_to_review(tx, information.information_id, by=PUBLISHER)
        agreed = Decision(ReviewOutcome.OPEN, "同意")
        await review_confidentiality(tx, information.information_id, agreed, by=SECRECY)
    return information.information_id


async def _publish(database: Database, information_id: UUID, files: FileStore, *, hours: int = 1) -> str:
    async with database.transaction(NOW + timedelta(hours=hours)) as tx:
        information = await publish_information(tx, information_id, by=PUBLISHER, files=files)
    return information.index_no or ""


async def _hear(database: Database, told: list[Envelope]) -> None:
    """The portal's part of the service hears what was told, as over the broker."""
    for envelope in told:
        fact = open_fact(envelope)
        async with database.transaction(envelope.time) as tx:
            await SERVICE.listens_to["disclosure.information"][type(fact)](tx, fact)


async def _standing(database: Database, table: Any) -> dict[UUID, tuple[str, bool]]:
    """Index number of every text that went out, and whether it was taken down."""
    async with database.reading() as session:
        rows = (await session.exec(select(table).where(col(table.index_no).is_not(None)))).all()
    return {row.information_id: (row.index_no, row.revoked_at is not None) for row in rows}


@pytest.mark.parametrize("is_revoked", [False, True])
async def test_what_went_out_after_the_backup_comes_back_into_it(
    is_revoked: bool, database: Database, files: FileStore
) -> None:
    information_id = await _approved(database, "恢复之前发布的公示", file=files.put(io.BytesIO(b"abc")))
    before = await last_told(database)
    async with backup_of(database) as backup:
        await _publish(database, information_id, files)
        if is_revoked:
            async with database.transaction(LATER + timedelta(hours=1)) as tx:
                await revoke_information(tx, information_id, by=PUBLISHER, reason="数据有误")
        told = await told_after(database, last_id=before)
        await _hear(database, told)
        await assert_it_comes_back(SERVICE, METADATA, told, into=backup, like=database, without=NOT_IN_FACTS)
        whole = await rows_of(backup, METADATA, without={})
        await _hear(backup, told)
        assert await rows_of(backup, METADATA, without={}) == whole


async def test_a_number_that_went_out_is_never_given_again(database: Database, files: FileStore) -> None:
    lost = await _approved(database, "备份之后才发布")
    before = await last_told(database)
    async with backup_of(database) as backup:
        assert await _publish(database, lost, files) == NUMBER.format(1)
        await replay(SERVICE, backup, await told_after(database, last_id=before))
        other = await _approved(backup, "恢复之后发布")
        assert await _publish(backup, other, files, hours=2) == NUMBER.format(2)


async def test_two_texts_that_went_out_under_one_number_are_both_known_and_both_can_be_taken_down(
    database: Database, files: FileStore
) -> None:
    """What restores did before: the text was published, forgotten, and published again under its number."""
    before = await last_told(database)
    async with backup_of(database) as backup:
        first = await _approved(database, "第一次发布")
        assert await _publish(database, first, files, hours=1) == NUMBER.format(1)
        lost = await told_after(database, last_id=before)
        second = await _approved(backup, "恢复后再次发布")
        assert await _publish(backup, second, files, hours=2) == NUMBER.format(1)
        again = await told_after(backup, last_id=before)
        await _hear(backup, again)
        await replay(SERVICE, backup, lost)
        numbers = await _standing(backup, Information)
        assert numbers[first] == (NUMBER.format(1), False)
        assert numbers[second][0].startswith(f"{NUMBER.format(1)}〔重号")
        assert await _standing(backup, PublicInformation) == numbers
        # A portal that runs apart heard them in the other order and comes to the same numbers.
        await _hear(database, [*lost, *again])
        assert await _standing(database, PublicInformation) == numbers
        for information_id in (first, second):
            async with backup.transaction(NOW + timedelta(hours=3)) as tx:
                await revoke_information(tx, information_id, by=PUBLISHER, reason="重复发布")
        await _hear(backup, (await told_after(backup, last_id=before))[-2:])
        down = {information_id: (number, True) for information_id, (number, _) in numbers.items()}
        assert await _standing(backup, Information) == await _standing(backup, PublicInformation) == down
        third = await _approved(backup, "第三条")
        assert await _publish(backup, third, files, hours=4) == NUMBER.format(2)


async def test_on_an_empty_machine_what_went_out_can_be_seen_and_taken_down(
    database: Database, files: FileStore, node_database_url: str, tmp_path: Path
) -> None:
    published = await _approved(database, "空机恢复的公示")
    revoked = await _approved(database, "已经撤下的公示")
    await _publish(database, published, files)
    await _publish(database, revoked, files, hours=2)
    async with database.transaction(NOW + timedelta(hours=3)) as tx:
        await revoke_information(tx, revoked, by=PUBLISHER, reason="数据有误")
    told = await told_after(database)
    await lose(database)
    settings = settings_for(DISTRICT, tmp_path / "empty", database_url=node_database_url)
    async with running_node([SERVICE], settings) as process:
        fresh = process.contexts["disclosure"].database
        # The revocation alone, then everything: a text that is down stays down.
        await replay(SERVICE, fresh, told[-1:])
        await replay(SERVICE, fresh, told)
        assert await _standing(fresh, Information) == {
            published: (NUMBER.format(1), False), revoked: (NUMBER.format(2), True),
        }  # fmt: skip
        async with client_of(process, PUBLISHER) as client:
            shown = await client.get(f"/disclosure/information/{published}")
            assert (shown.status_code, "空机恢复的公示" in shown.text) == (200, True)
            assert (await client.get(f"/disclosure/information/{revoked}")).status_code == 200
            assert (await client.get("/disclosure/information")).status_code == 200
            assert (await client.get(f"/open/information/{published}")).status_code == 200
            assert (await client.get(f"/open/information/{revoked}")).status_code == 410
        async with fresh.transaction(NOW + timedelta(hours=5)) as tx:
            await revoke_information(tx, published, by=PUBLISHER, reason="有误")


async def test_the_counter_is_raised_and_never_lowered(database: Database, files: FileStore) -> None:
    for number in range(1, 4):
        await _publish(database, await _approved(database, f"第{number}条"), files)
    told = await told_after(database)
    await replay(SERVICE, database, told[:1])
    async with database.reading() as session:
        assert [counter.serial for counter in await session.exec(select(IndexCounter))] == [3]
