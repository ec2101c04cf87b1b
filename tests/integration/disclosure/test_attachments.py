"""Attachments: searched as the text is, decided on with it, and only their cleaned copies reach the public."""

from __future__ import annotations

import asyncio
import hashlib
import zlib
from collections.abc import Callable
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import select

from services.disclosure.actions.examining import examine
from services.disclosure.model import FileText, InformationFile
from services.disclosure.model.erasing import TEXTS
from services.disclosure.policy.point import ReviewPoint
from services.disclosure.policy.rulebooks import SENSITIVE_WORDS
from services.disclosure.store.portal import list_public_digests
from services.disclosure.workers import examine_files
from services.kernel.runtime.keeping.erasure.texts import erase_texts
from services.kernel.runtime.service import ServiceContext
from services.kernel.runtime.storing.tables import OUTBOX
from services.kernel.runtime.surroundings.identifiers import new_id
from tests.integration.disclosure.conftest import API, PUBLISHER, SECRECY, World, put_in_force
from tests.integration.disclosure.items import reported_up
from tests.support import dirty
from tests.support.dirty import PHONE, SECRET
from tests.support.service import NOW
from tests.support.waiting import eventually

PAGE = "/disclosure/information"
POINTS = [point.value for point in ReviewPoint]
KINDS: dict[str, Callable[[], bytes]] = {
    "名单.docx": dirty.docx,
    "名单.xlsx": dirty.xlsx,
    "名单.pdf": dirty.pdf,
    "照片.jpg": dirty.jpeg,
    "图.png": dirty.png,
}


def context_of(world: World) -> ServiceContext:
    return world.process.contexts["disclosure"]


async def attached(world: World, information_id: str, filename: str, content: bytes) -> dict[str, Any]:
    files = {"file": (filename, content)}
    answer = await world.client(PUBLISHER).post(f"{API}/{information_id}/attachments", files=files)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def reviewed(world: World, information_id: str, **said: Any) -> Any:
    given = {"outcome": "open", "points": POINTS, "opinion": "同意公开"} | said
    return await world.client(SECRECY).post(f"{API}/{information_id}/confidentiality-review", json=given)


async def published(world: World, information_id: str) -> list[dict[str, Any]]:
    """The files that the portal offers once the text is out."""
    answer = await world.client(PUBLISHER).post(f"{API}/{information_id}/publish")
    assert answer.status_code == 200, answer.text
    await world.deliver()
    shown = await world.client().get(f"/open/api/v1/information/{information_id}")
    return list(shown.json()["attachments"])


@pytest.mark.parametrize("filename", KINDS)
async def test_only_the_cleaned_copy_of_a_file_becomes_public(world: World, filename: str) -> None:
    content = KINDS[filename]()
    information_id = await world.prepared()
    file = await attached(world, information_id, filename, content)
    assert (await reviewed(world, information_id)).status_code == 200
    offered = (await published(world, information_id))[0]
    download = (await world.client().get(offered["url"])).content
    assert SECRET.encode() not in dirty.everything_in(download)
    assert (offered["sha256"], offered["size"]) == (hashlib.sha256(download).hexdigest(), len(download))
    assert offered["filename"] == filename

    inside = f"{API}/{information_id}/attachments/{file['attachment_id']}"
    assert (await world.client(SECRECY).get(inside)).content == content
    assert (await world.client(SECRECY).get(inside, params={"public": "true"})).content == download
    async with world.database.reading() as session:
        assert await list_public_digests(session) == [offered["sha256"]]
        facts = [body for (body,) in (await session.execute(select(OUTBOX.c.body))).all()]
    original = hashlib.sha256(content).hexdigest().encode()
    assert [body for body in facts if original in bytes(body)] == []


async def test_a_file_is_kept_no_longer_than_the_page_that_offers_it(world: World) -> None:
    information_id = await world.prepared()
    await attached(world, information_id, "养护路段表.pdf", dirty.pdf())
    assert (await reviewed(world, information_id)).status_code == 200
    url = (await published(world, information_id))[0]["url"]
    citizen = world.client()
    first = await citizen.get(url)
    assert first.headers["cache-control"] == "public, max-age=60"
    known = {"If-None-Match": first.headers["etag"]}
    again = await citizen.get(url, headers=known)
    assert (again.status_code, again.content, again.headers["cache-control"]) == (304, b"", "public, max-age=60")
    assert (await citizen.get(url, headers={"If-None-Match": '"another"'})).content == first.content
    await world.client(PUBLISHER).post(f"{API}/{information_id}/revoke", json={"reason": "有误"})
    await world.deliver()
    gone = await citizen.get(url, headers=known)
    assert (gone.status_code, gone.headers["cache-control"]) == (404, "no-store")


async def test_a_stretch_of_a_public_file_is_answered_alone_and_a_broken_download_goes_on(world: World) -> None:
    information_id = await world.prepared()
    await attached(world, information_id, "养护路段表.pdf", dirty.pdf())
    assert (await reviewed(world, information_id)).status_code == 200
    url = (await published(world, information_id))[0]["url"]
    citizen = world.client()
    whole = await citizen.get(url)
    size = len(whole.content)
    assert (whole.status_code, whole.headers["accept-ranges"]) == (200, "bytes")

    middle = await citizen.get(url, headers={"Range": "bytes=10-29"})
    assert (middle.status_code, middle.content) == (206, whole.content[10:30])
    assert middle.headers["content-range"] == f"bytes 10-29/{size}"
    assert middle.headers["content-disposition"] == whole.headers["content-disposition"]
    going_on = {"Range": "bytes=100-", "If-Range": whole.headers["etag"]}
    assert (await citizen.get(url, headers=going_on)).content == whole.content[100:]
    changed = await citizen.get(url, headers=going_on | {"If-Range": '"another"'})
    assert (changed.status_code, changed.content) == (200, whole.content)
    beyond = await citizen.get(url, headers={"Range": f"bytes={size}-"})
    assert (beyond.status_code, beyond.headers["content-range"]) == (416, f"bytes */{size}")


TRACKED = (
    '<w:p><w:ins w:id="9" w:author="某" w:date="2026-01-01T00:00:00Z"><w:r><w:t>加</w:t></w:r></w:ins></w:p><w:sectPr'
)


@pytest.mark.parametrize(
    ("filename", "make", "code", "said"),
    [
        (
            "a.docx",
            lambda: dirty.repacked(dirty.docx(), {"word/document.xml": dirty.replaced("<w:sectPr", TRACKED)}),
            "attachment_tracked_changes",
            "接受或拒绝全部修订",
        ),
        ("a.xlsx", lambda: dirty.xlsx(sheet='state="hidden"'), "attachment_hidden_content", "取消隐藏"),
        (
            "a.pdf",
            lambda: dirty.pdf(finish=lambda one: one.encrypt("", "x", algorithm="RC4-128")),
            "attachment_encrypted",
            "去掉密码",
        ),
        ("a.gif", lambda: b"GIF89a" + bytes(20), "attachment_kind_not_publishable", "另存为 JPG 或 PNG"),
    ],
)
async def test_what_cannot_be_cleaned_stands_in_the_way_by_name(
    world: World, filename: str, make: Callable[[], bytes], code: str, said: str
) -> None:
    information_id = await world.prepared()
    file = await attached(world, information_id, filename, make())
    assert (file["publication"]["state"], file["publication"]["code"]) == ("refused", code)
    assert said in file["publication"]["message"]
    public = f"{API}/{information_id}/attachments/{file['attachment_id']}?public=true"
    assert (await world.client(SECRECY).get(public)).status_code == 404
    for who in (PUBLISHER, SECRECY):
        assert said in (await world.client(who).get(f"{PAGE}/{information_id}")).text
    assert (await reviewed(world, information_id)).status_code == 200
    answer = await world.client(PUBLISHER).post(f"{API}/{information_id}/publish")
    assert (answer.status_code, answer.json()["code"]) == (409, "not_ready_to_publish")
    assert [error["code"] for error in answer.json()["errors"]] == [code]
    version = answer.request.headers.get("if-match", "4")
    page = await world.client(PUBLISHER).post(f"{PAGE}/{information_id}/publish", data={"version": version})
    assert page.status_code == 409
    assert said in page.text

    await world.client(PUBLISHER).delete(f"{API}/{information_id}/attachments/{file['attachment_id']}")
    await attached(world, information_id, "b.docx", dirty.docx())
    assert (await reviewed(world, information_id)).status_code == 200
    assert len(await published(world, information_id)) == 1


async def test_what_stands_in_a_file_is_decided_on_as_what_stands_in_the_text(world: World) -> None:
    information_id = await world.prepared()
    file = await attached(world, information_id, "名单.docx", dirty.docx())
    found = [(hint["place"], hint["text"]) for hint in file["hints"] if hint["text"]]
    assert found == [("正文第1段", PHONE), ("页眉", "内部资料")]
    for who in (PUBLISHER, SECRECY):
        page = (await world.client(who).get(f"{PAGE}/{information_id}")).text
        assert "附件“名单.docx”正文第1段" in page
        assert f"<mark>{PHONE}</mark>" in page
        assert "图片中的文字没有识别，请打开核对" in page

    doubted = await reviewed(world, information_id, points=[*POINTS[:3], *POINTS[4:]], doubts=[POINTS[3]])
    assert (doubted.status_code, doubted.json()["errors"][0]["code"]) == (409, "doubted")
    cut = {"outcome": "open_after_redaction", "opinion": "隐去电话"}
    elsewhere = await reviewed(world, information_id, **cut, passages=["13999999999"])
    assert elsewhere.json()["errors"][0]["code"] == "not_in_text"
    assert (await reviewed(world, information_id, **cut, passages=[PHONE])).status_code == 200

    # Another file in its place, with the passage in it or not.
    async def put(content: bytes) -> None:
        shown = (await world.client(PUBLISHER).get(f"{API}/{information_id}")).json()
        for one in shown["attachments"]:
            await world.client(PUBLISHER).delete(f"{API}/{information_id}/attachments/{one['attachment_id']}")
        await attached(world, information_id, "名单.docx", content)

    await put(dirty.docx(f"电话 {PHONE[:3]}-{PHONE[3:7]} {PHONE}"))
    kept = await reviewed(world, information_id)
    assert (kept.status_code, kept.json()["errors"][0]["code"]) == (409, "not_cut")
    await put(dirty.docx("电话███████████"))
    assert (await reviewed(world, information_id)).status_code == 200


async def forget_examinations(world: World) -> None:
    """As a database from before the upgrade has it."""
    async with world.database.transaction(NOW) as tx:
        for file in await tx.session.exec(select(InformationFile)):
            file.examined_with, file.public_sha256, file.public_size, file.hints = "", None, None, []
        for text in await tx.session.exec(select(FileText)):
            await tx.session.delete(text)


async def test_a_file_that_nobody_examined_waits_until_it_is(world: World) -> None:
    information_id = await world.prepared()
    await attached(world, information_id, "名单.docx", dirty.docx())
    await forget_examinations(world)
    early = await reviewed(world, information_id)
    assert (early.status_code, early.json()["errors"][0]["code"]) == (409, "attachment_not_examined")
    assert "还在检查" in (await world.client(SECRECY).get(f"{PAGE}/{information_id}")).text
    await run_worker_until(
        world, lambda files: all(file["publication"]["state"] == "ready" for file in files), information_id
    )
    assert (await reviewed(world, information_id)).status_code == 200
    await forget_examinations(world)
    late = await world.client(PUBLISHER).post(f"{API}/{information_id}/publish")
    assert [error["code"] for error in late.json()["errors"]] == ["attachment_not_examined"]


async def test_a_new_word_is_looked_for_in_files_that_are_here_already(world: World) -> None:
    information_id = await world.prepared()
    await attached(world, information_id, "名单.docx", dirty.docx())
    await put_in_force(world.database, SENSITIVE_WORDS, "words: [{hint: 新加的词, words: [表中文字]}]")
    await run_worker_until(
        world,
        lambda files: [hint["hint"] for hint in files[0]["hints"] if hint["text"]] == ["新加的词"],
        information_id,
    )


async def run_worker_until(world: World, holds: Callable[[list[dict[str, Any]]], bool], information_id: str) -> None:
    stop = asyncio.Event()
    work = asyncio.create_task(examine_files(context_of(world), stop))

    async def is_so() -> bool:
        return holds((await world.client(PUBLISHER).get(f"{API}/{information_id}")).json()["attachments"])

    await eventually(is_so)
    stop.set()
    await work


def pdf_bomb(*, streams: int = 1) -> bytes:
    """A page whose text unpacks to hundreds of megabytes."""

    def blow_up(writer: Any) -> None:
        from pypdf.generic import ArrayObject, NameObject, StreamObject

        bombs = []
        for _ in range(streams):
            bomb = StreamObject()
            bomb._data = zlib.compress(b"BT (x) Tj ET " * 20_000_000, 9)
            bomb[NameObject("/Filter")] = NameObject("/FlateDecode")
            bombs.append(writer._add_object(bomb))
        writer.pages[0][NameObject("/Contents")] = ArrayObject(bombs)

    return dirty.pdf(finish=blow_up)


def slow_pdf() -> bytes:
    """A page with more words than anybody can read."""
    return dirty.pdf(text="x) Tj (y" * 5_000_000)


@pytest.mark.parametrize(
    ("filename", "make"),
    [
        ("a.pdf", pdf_bomb),
        ("a.pdf", slow_pdf),
        ("a.pdf", lambda: b"%PDF-1.7\n" + b"<</A " * 500_000),
        ("a.docx", lambda: dirty.repacked(dirty.docx(), {"word/document.xml": b"<a>" * 3_000_000})),
        ("a.docx", lambda: dirty.repacked(dirty.docx(), {"word/styles.xml": b"<a" + b" b='c'" * 3_000_000})),
        ("a.png", lambda: dirty.png(width=2**31 - 1, height=2**31 - 1)),
    ],
)
async def test_a_hostile_file_is_refused_within_its_time_and_memory(
    world: World, filename: str, make: Callable[[], bytes]
) -> None:
    context = context_of(world)
    stored = context.files.put(BytesIO(make()))
    examined = await examine(context.files, stored.sha256, filename, "words: []")
    assert examined.public is None
    assert examined.obstacle_code in {
        "attachment_unreadable", "attachment_too_complex", "attachment_text_too_long", "attachment_picture_too_large",
    }  # fmt: skip
    clean = context.files.put(BytesIO(dirty.jpeg()))
    assert (await examine(context.files, clean.sha256, "b.jpg", "words: []")).public is not None


async def test_erasing_takes_the_copy_and_its_text_too(world: World) -> None:
    origin_id = new_id()
    await world.arrive(reported_up(origin_id))
    information_id = await world.prepared(origin_id=str(origin_id))
    file = await attached(world, information_id, "名单.docx", dirty.docx())
    async with world.database.transaction(NOW) as tx:
        erased = await erase_texts(tx.session, TEXTS, origin_id)
        assert list(await tx.session.exec(select(FileText))) == []
    assert {file["sha256"], file["publication"]["sha256"]} <= erased.digests


async def test_a_removed_file_leaves_no_text(world: World) -> None:
    information_id = await world.prepared()
    file = await attached(world, information_id, "名单.docx", dirty.docx())
    address = f"{API}/{information_id}/attachments/{file['attachment_id']}"
    assert (await world.client(PUBLISHER).delete(address)).status_code == 204
    async with world.database.reading() as session:
        assert await session.get(FileText, UUID(file["attachment_id"])) is None
