"""Files of an item: checked while they come in, handed out to those who may read it."""

import hashlib
import io
import zipfile

import httpx
import pytest

from services.kernel.runtime.running.process import NodeProcess
from tests.integration.intake.conftest import COMPLETE, EDITOR, ITEMS, STRANGER
from tests.support.service import client_of

PDF = b"%PDF-1.7\n" + b"x" * 2000


async def _draft(client: httpx.AsyncClient) -> str:
    return (await client.post(ITEMS, json=COMPLETE)).json()["origin_id"]


def _zip(**members: bytes) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return kept.getvalue()


async def _attach(client: httpx.AsyncClient, origin_id: str, name: str, content: bytes) -> httpx.Response:
    return await client.post(f"{ITEMS}/{origin_id}/attachments", files={"file": (name, content)})


async def test_a_file_comes_back_as_it_was_sent(as_clerk: httpx.AsyncClient) -> None:
    origin_id = await _draft(as_clerk)
    answer = await _attach(as_clerk, origin_id, "泵站 现状(1).pdf", PDF)
    assert answer.status_code == 201
    assert answer.json()["sha256"] == hashlib.sha256(PDF).hexdigest()
    file = await as_clerk.get(f"{ITEMS}/{origin_id}/attachments/{answer.json()['attachment_id']}")
    assert file.content == PDF
    assert file.headers["x-content-type-options"] == "nosniff"
    assert file.headers["content-disposition"].startswith("attachment; filename*=UTF-8''%E6%B3%B5")


@pytest.mark.parametrize(
    ("header", "name"),
    [
        (b"filename*=UTF-8''%E9%80%9A%E7%9F%A5.pdf", "通知.pdf"),
        (b'filename="=?utf-8?B?6YCa55+lLnBkZg==?="', "通知.pdf"),
        (b'filename="' + "通知.pdf".encode("gbk") + b'"', "通知.pdf"),
        (b'filename="\xff\xfe.pdf"', "file_name_unreadable"),
    ],
)
async def test_a_name_is_read_in_every_form_or_refused_with_that_reason(
    as_clerk: httpx.AsyncClient, header: bytes, name: str
) -> None:
    origin_id = await _draft(as_clerk)
    body = b'--X\r\nContent-Disposition: form-data; name="file"; ' + header + b"\r\n\r\n" + PDF + b"\r\n--X--\r\n"
    answer = await as_clerk.post(
        f"{ITEMS}/{origin_id}/attachments", content=body, headers={"content-type": "multipart/form-data; boundary=X"}
    )
    said = answer.json()
    assert said.get("filename", said.get("code")) == name


@pytest.mark.parametrize("text", ["甲\r\n乙".encode("utf-16"), "甲\x0b乙".encode("gbk") + b"\x1a"])
async def test_text_of_windows_and_dos_is_taken_and_can_be_imported(as_clerk: httpx.AsyncClient, text: bytes) -> None:
    origin_id = await _draft(as_clerk)
    assert (await _attach(as_clerk, origin_id, "名册.txt", text)).status_code == 201
    imported = await as_clerk.post("/intake/api/v1/imports", files={"file": ("名册.txt", text)})
    assert imported.status_code == 200
    assert "乙" in imported.json()["title"] + imported.json()["body"]


async def test_the_same_file_twice_is_one_attachment(as_clerk: httpx.AsyncClient) -> None:
    origin_id = await _draft(as_clerk)
    first = await _attach(as_clerk, origin_id, "甲.pdf", PDF)
    second = await _attach(as_clerk, origin_id, "甲.pdf", PDF)
    assert first.json() == second.json()


@pytest.mark.parametrize(
    ("name", "content", "status", "code"),
    [
        ("照片.png", PDF, 422, "attachment_content_mismatch"),
        ("程序.exe", b"MZ", 415, "attachment_type_not_allowed"),
        ("空.pdf", b"", 422, "attachment_empty"),
        ("没有扩展名", PDF, 415, "attachment_type_not_allowed"),
        ("炸弹.zip", _zip(a=b"\0" * 30_000_000), 422, "attachment_archive_unsafe"),
        ("大.pdf", b"%PDF-" + b"x" * (50 * 1024 * 1024), 413, "attachment_too_large"),
        ("更大.pdf", b"%PDF-" + b"x" * (53 * 1024 * 1024), 413, "attachment_too_large"),
    ],
)
async def test_a_file_that_must_not_enter_is_refused(
    as_clerk: httpx.AsyncClient, name: str, content: bytes, status: int, code: str
) -> None:
    origin_id = await _draft(as_clerk)
    answer = await _attach(as_clerk, origin_id, name, content)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert (await as_clerk.get(f"{ITEMS}/{origin_id}")).json()["attachments"] == []


async def test_a_form_without_file_is_refused(as_clerk: httpx.AsyncClient) -> None:
    origin_id = await _draft(as_clerk)
    answer = await as_clerk.post(f"{ITEMS}/{origin_id}/attachments", data={"file": "甲"})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "file"


async def test_a_path_in_a_name_leads_nowhere(as_clerk: httpx.AsyncClient) -> None:
    origin_id = await _draft(as_clerk)
    answer = await _attach(as_clerk, origin_id, "../../../etc/passwd.txt", "内容".encode())
    assert answer.status_code == 201
    assert "/" not in answer.json()["filename"]


async def test_a_file_can_be_taken_out_of_a_draft_only(as_clerk: httpx.AsyncClient) -> None:
    origin_id = await _draft(as_clerk)
    kept = (await _attach(as_clerk, origin_id, "甲.pdf", PDF)).json()["attachment_id"]
    gone = (await _attach(as_clerk, origin_id, "乙.pdf", PDF)).json()["attachment_id"]
    assert (await as_clerk.delete(f"{ITEMS}/{origin_id}/attachments/{gone}")).status_code == 204
    await as_clerk.post(f"{ITEMS}/{origin_id}/submit")
    refused = await as_clerk.delete(f"{ITEMS}/{origin_id}/attachments/{kept}")
    late = await _attach(as_clerk, origin_id, "丙.pdf", PDF)
    assert (refused.status_code, late.status_code) == (409, 409)
    shown = (await as_clerk.get(f"{ITEMS}/{origin_id}")).json()
    assert [one["filename"] for one in shown["attachments"]] == ["甲.pdf"]


async def test_a_file_is_handed_to_those_who_may_read_the_item(
    as_clerk: httpx.AsyncClient, process: NodeProcess
) -> None:
    origin_id = await _draft(as_clerk)
    attachment_id = (await _attach(as_clerk, origin_id, "甲.pdf", PDF)).json()["attachment_id"]
    address = f"{ITEMS}/{origin_id}/attachments/{attachment_id}"
    assert (await client_of(process, STRANGER).get(address)).status_code == 404
    assert (await client_of(process, EDITOR).get(address)).status_code == 404
    assert (await as_clerk.get(address)).status_code == 200
    assert (await client_of(process).get(address)).status_code == 401


async def test_a_word_file_fills_title_and_body(as_clerk: httpx.AsyncClient) -> None:
    from docx import Document

    document = Document()
    document.add_paragraph("低洼片区排涝泵站老化")
    document.add_paragraph("8月12日，我乡3个低洼片区积水。")
    kept = io.BytesIO()
    document.save(kept)
    answer = await as_clerk.post("/intake/api/v1/imports", files={"file": ("稿件.docx", kept.getvalue())})
    assert answer.status_code == 200
    assert answer.json()["title"] == "低洼片区排涝泵站老化"
    assert "积水" in answer.json()["body"]
    broken = await as_clerk.post("/intake/api/v1/imports", files={"file": ("稿件.docx", b"PK\x03\x04nothing")})
    assert (broken.status_code, broken.json()["code"]) == (422, "document_unreadable")
