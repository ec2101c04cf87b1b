"""Attachments: missing ones let others go first, are asked for until they come, or are given up."""

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlmodel import col

from services.exchange import actions
from services.exchange.app import exchange_service
from services.exchange.model import Arrival, Conflict, FileDue, FileWanted
from services.exchange.policy.chain import Tip
from services.exchange.policy.signature import Kind, Statement
from services.exchange.policy.wire import Message
from services.exchange.store.files import await_files, expect_files, files_due, missing_files
from services.exchange.store.ledger import rows_after
from services.exchange.workers.chunks import keep_content, with_content
from services.exchange.workers.files import dispatch_due_files
from services.kernel.language.events.parts import Attachment
from services.kernel.language.refusal import NotFound
from services.kernel.language.vocabulary import Role
from services.kernel.runtime.storing.tables import AUDIT
from services.kernel.runtime.surroundings.identifiers import new_id
from tests.integration.exchange.losses import receipted
from tests.integration.exchange.two_nodes import Clock, Node, carrying, reported_up
from tests.support.service import client_of, officer, running_node
from tests.support.waiting import eventually


def stored(node: Node, content: bytes) -> Attachment:
    file = node.context.files.put(io.BytesIO(content))
    return Attachment(
        attachment_id=new_id(), sha256=file.sha256, filename="图.pdf", media_type="application/pdf", size=file.size
    )


@asynccontextmanager
async def dispatching(node: Node) -> AsyncIterator[None]:
    stop = asyncio.Event()
    job = asyncio.create_task(dispatch_due_files(node.context, stop))
    try:
        yield
    finally:
        stop.set()
        await job


async def test_missing_files_let_later_ones_go(pair: tuple[Node, Node]) -> None:
    township, district = pair
    here = stored(township, b"here")
    async with township.transaction() as tx:
        long_ago = tx.now - timedelta(hours=1)
        await expect_files(tx.session, district.name, {f"{n:064x}": 9 for n in range(60)}, now=long_ago)
        await expect_files(tx.session, district.name, {here.sha256: here.size}, now=tx.now)
    async with dispatching(township):
        await eventually(lambda: is_queued(township, here.sha256))


async def is_queued(node: Node, sha256: str) -> bool:
    return any(sha256.encode() in row.body for row in await node.queued())


async def test_files_of_emergencies_are_put_on_the_road_first(pair: tuple[Node, Node]) -> None:
    township, district = pair
    async with township.transaction() as tx:
        await expect_files(tx.session, district.name, {"a" * 64: 1}, now=tx.now - timedelta(hours=1))
        await expect_files(tx.session, district.name, {"b" * 64: 1}, now=tx.now, is_urgent=True)
        found = await files_due(tx.session, now=tx.now)
    assert [file.sha256[0] for file in found] == ["b", "a"]


async def test_pieces_of_an_emergency_are_numbered_before_others_that_wait(pair: tuple[Node, Node]) -> None:
    township, district = pair
    usual, urgent = stored(township, b"usual"), stored(township, b"urgent")
    async with township.transaction() as tx:
        await expect_files(tx.session, district.name, {usual.sha256: usual.size}, now=tx.now)
    async with dispatching(township):
        await eventually(lambda: is_queued(township, usual.sha256))
    async with township.transaction() as tx:
        await expect_files(tx.session, district.name, {urgent.sha256: urgent.size}, now=tx.now, is_urgent=True)
    async with dispatching(township):
        await eventually(lambda: is_queued(township, urgent.sha256))
    async with township.transaction() as tx:
        first = (await actions.number_rows(tx, township.border(district, "bulk"))).rows[0]
    assert urgent.sha256.encode() in first.row.body


async def test_a_file_that_was_lost_after_its_receipt_is_asked_for_and_comes_again(linked: tuple[Node, Node]) -> None:
    township, district = linked
    file = stored(township, b"content" * 1000)
    async with carrying(township, district):
        await township.tell(reported_up(township, district, attachments=(file,)))
        await eventually(lambda: receipted(township, district, 1, "bulk"))
        await eventually(lambda: came(district, file.sha256))
        district.context.files.delete(file.sha256)
        async with district.transaction() as tx:  # it is due for a node above, and found missing
            await expect_files(tx.session, "city", {file.sha256: file.size}, now=tx.now)
        district.context.signals.publish("files")
        await eventually(lambda: has(district, file.sha256))
        await eventually(lambda: is_queued(district, file.sha256))


async def came(node: Node, sha256: str) -> bool:
    async with node.context.database.reading() as session:
        query = select(col(FileWanted.came_at)).where(col(FileWanted.sha256) == sha256)
        return (await session.execute(query)).scalars().first() is not None


async def has(node: Node, sha256: str) -> bool:
    return node.context.files.has(sha256)


async def test_a_damaged_piece_is_kept_as_a_conflict_and_its_file_is_wanted(pair: tuple[Node, Node]) -> None:
    township, district = pair
    file = stored(township, b"content")
    async with township.transaction() as tx:
        await expect_files(tx.session, district.name, {file.sha256: file.size}, now=tx.now)
    async with dispatching(township):
        await eventually(lambda: is_queued(township, file.sha256))
    message = await bulk_batch(township, district)
    bent = replace(message, rows=(replace(message.rows[0], content=b"CONTENT"),))
    await keep_content(district.context, district.border(township, "bulk"), [bent])
    async with district.transaction() as tx:
        await actions.arrive(tx, district.border(township, "bulk"), [bent])
        assert (await tx.session.execute(select(col(Conflict.kind)))).scalars().all() == ["damaged"]
        assert (await tx.session.execute(select(col(FileWanted.sha256)))).scalars().all() == [file.sha256]
    assert len(await district.rows(Arrival)) == 1


async def bulk_batch(sender: Node, receiver: Node) -> Message:
    from services.exchange.model import Dispatch

    border = sender.border(receiver, "bulk")
    n = await sender.number(receiver, "bulk")
    async with sender.context.database.reading() as session:
        rows = await rows_after(session, Dispatch, border.out, Tip(), up_to=n)
    head = border.sign(Statement(Kind.HEAD, border.out, Tip(1, n, rows[-1].h), sender.context.clock()))
    content = await with_content(sender.context, border, [chained.row for chained in rows])
    return Message(head, tuple(content), Tip().h)


async def test_a_peer_gets_no_file_that_was_not_due_for_it(pair: tuple[Node, Node]) -> None:
    township, district = pair
    file = stored(township, b"private")
    border, theirs = township.border(district, "bulk"), district.border(township, "bulk")
    theirs.run.answers = border.run.heard.incarnation
    tip = Tip(1, file.size, bytes.fromhex(file.sha256))
    wanted = theirs.sign(Statement(Kind.WANT_FILE, border.out, tip, district.context.clock()))
    await township.number(district, "bulk")
    async with township.transaction() as tx:
        assert not await actions.send_file_again(tx, border, wanted)
        await expect_files(tx.session, district.name, {file.sha256: file.size}, now=tx.now)
        assert await actions.send_file_again(tx, border, wanted)


async def test_an_operator_gives_a_missing_file_up(pair: tuple[Node, Node]) -> None:
    township, district = pair
    async with township.transaction() as tx:
        await expect_files(tx.session, district.name, {"a" * 64: 1}, now=tx.now)
        await await_files(tx.session, district.name, {"a" * 64: 1}, now=tx.now)
        for table in (FileDue, FileWanted):
            await tx.session.execute(update(table).values(tries=5))
        assert len(await missing_files(tx.session)) == 2
    async with township.transaction() as tx:
        assert await actions.give_up_file(tx, "a" * 64, by=None, reason="原件已毁") == 2
    async with township.transaction() as tx:
        assert await missing_files(tx.session) == []
        assert await files_due(tx.session, now=tx.now + timedelta(days=1)) == []
        assert "file.given_up" in (await tx.session.execute(select(AUDIT.c.verb))).scalars().all()
    with pytest.raises(NotFound):
        async with township.transaction() as tx:
            await actions.give_up_file(tx, "a" * 64, by=None, reason="x")


async def test_the_link_page_shows_a_missing_file_until_it_is_given_up(pair: tuple[Node, Node]) -> None:
    township, district = pair
    async with township.transaction() as tx:
        await await_files(tx.session, district.name, {"a" * 64: 123_456}, now=tx.now - timedelta(hours=2))
        await tx.session.execute(update(FileWanted).values(tries=4))
    await township.tell(reported_up(township, district))
    place = f"/exchange/links/{district.name}"
    async with (
        running_node([exchange_service()], township.context.settings, clock=Clock()) as process,
        client_of(process, officer(Role.ADMIN)) as client,
    ):
        page = (await client.get(place)).text
        assert "没有传到的附件" in page
        assert "（待发 1）" in page
        assert f"{place}/files/{'a' * 64}/give-up" in page
        async with township.transaction() as tx:
            await actions.give_up_file(tx, "a" * 64, by=None, reason="原件已毁")
        assert "没有传到的附件" not in (await client.get(place)).text
