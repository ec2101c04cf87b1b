"""The pages without script: forms post, whatever fails keeps what was typed."""

import asyncio
import io
import re
from typing import Any

import httpx
import pytest

from services.kernel.runtime.running.process import NodeProcess
from services.kernel.runtime.uploads.taking_in import INSPECTING
from tests.integration.intake.conftest import CLERK, COMPLETE, EDITOR, ITEMS, REVIEWER, STRANGER
from tests.support.apart import stands_still
from tests.support.service import client_of
from tests.support.waiting import eventually

FORM = {
    **{name: value for name, value in COMPLETE.items() if name != "non_secret_declared"},
    "non_secret_declared": "1",
}
PAGES = "/intake/submissions"
HTML = {"Accept": "text/html"}


def _hidden(html: str, name: str) -> str:
    return re.findall(rf'name="{name}" value="([^"]*)"', html)[0]


async def _post(
    client: httpx.AsyncClient, address: str, action: str = "save", files: Any = None, **fields: Any
) -> httpx.Response:
    """Post as a browser does: always multipart, like the form."""
    return await client.post(
        address, data={**fields, "action": action}, files=files or {"file": ("", b"")}, headers=HTML
    )


async def _draft(client: httpx.AsyncClient, **fields: Any) -> str:
    answer = await _post(client, PAGES, **{**FORM, **fields})
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].split("/")[3].split("?")[0]


async def test_a_clerk_writes_and_submits_without_script(as_clerk: httpx.AsyncClient) -> None:
    new = await as_clerk.get(f"{PAGES}/new", headers=HTML)
    assert new.status_code == 200
    assert "写信息" in new.text
    origin_id = await _draft(as_clerk)
    form = await as_clerk.get(f"{PAGES}/{origin_id}/edit", headers=HTML)
    assert COMPLETE["title"] in form.text
    answer = await _post(
        as_clerk, f"{PAGES}/{origin_id}", "submit", **{**FORM, "version": _hidden(form.text, "version")}
    )
    assert (answer.status_code, answer.headers["location"]) == (303, f"{PAGES}/{origin_id}")
    shown = await as_clerk.get(answer.headers["location"], headers=HTML)
    assert "待审签" in shown.text
    assert f'data-officer="{CLERK.officer_id}"' in shown.text
    assert "data-refused" not in shown.text.split(">", 2)[1], "the machine's draft would be kept"


async def test_an_incomplete_item_is_kept_and_says_what_is_missing(as_clerk: httpx.AsyncClient) -> None:
    answer = await _post(as_clerk, PAGES, "submit", info_type="problem", title="只有标题")
    form = await as_clerk.get(answer.headers["location"], headers=HTML)
    assert "只有标题" in form.text
    assert "请填写正文。" in form.text
    assert 'aria-invalid="true"' in form.text


async def test_nobody_waits_to_save_while_a_file_is_being_inspected(as_clerk: httpx.AsyncClient) -> None:
    form = {**FORM, "action": "attach"}
    async with stands_still(INSPECTING):
        slow = asyncio.create_task(as_clerk.post(PAGES, data=form, files={"file": ("甲.txt", b"x")}, headers=HTML))
        await eventually(is_being_inspected)
        assert (await as_clerk.post(ITEMS, json=COMPLETE)).status_code == 201
        assert not slow.done()
    assert (await slow).status_code == 303
    assert len((await as_clerk.get(ITEMS)).json()["items"]) == 2


async def is_being_inspected() -> bool:
    return INSPECTING._asked > 0


async def test_a_body_of_two_megabytes_is_refused_with_what_was_typed_kept(as_clerk: httpx.AsyncClient) -> None:
    body = "长" * 700_000
    answer = await _post(as_clerk, PAGES, **{**FORM, "body": body})
    assert answer.status_code == 422
    assert body in answer.text
    assert "正文最多 100000 字" in answer.text
    assert (await as_clerk.get(ITEMS)).json()["items"] == []


async def test_a_wrong_file_is_refused_with_what_was_typed_kept(as_clerk: httpx.AsyncClient) -> None:
    answer = await _post(as_clerk, PAGES, "attach", {"file": ("程序.exe", b"MZ")}, **FORM)
    assert answer.status_code == 415
    assert COMPLETE["body"] in answer.text
    assert "不能上传这种类型的文件" in answer.text


async def test_a_file_is_attached_and_removed_by_buttons(as_clerk: httpx.AsyncClient) -> None:
    origin_id = await _draft(as_clerk)
    files = {"file": ("现状表.pdf", b"%PDF-1.7\n" + b"x" * 100)}
    await _post(as_clerk, f"{PAGES}/{origin_id}", "attach", files, **FORM, version="1")
    form = await as_clerk.get(f"{PAGES}/{origin_id}/edit", headers=HTML)
    assert "现状表.pdf" in form.text
    attachment_id = re.findall(r'value="remove:([^"]+)"', form.text)[0]
    version = _hidden(form.text, "version")
    await _post(as_clerk, f"{PAGES}/{origin_id}", f"remove:{attachment_id}", **FORM, version=version)
    assert (await as_clerk.get(f"{ITEMS}/{origin_id}")).json()["attachments"] == []


async def test_a_word_file_fills_the_form_for_checking(as_clerk: httpx.AsyncClient) -> None:
    from docx import Document

    document = Document()
    document.add_paragraph("低洼片区排涝泵站老化")
    document.add_paragraph("8月12日，我乡3个低洼片区积水。")
    kept = io.BytesIO()
    document.save(kept)
    answer = await _post(as_clerk, PAGES, "import", {"document": ("稿.docx", kept.getvalue())}, author_name="李四")
    assert answer.status_code == 200
    assert "8月12日，我乡3个低洼片区积水。" in answer.text
    assert "请核对后保存" in answer.text
    assert (await as_clerk.get(ITEMS)).json()["items"] == []


async def test_a_lost_race_shows_both_texts(as_clerk: httpx.AsyncClient) -> None:
    origin_id = await _draft(as_clerk, body="原来共有142户。")
    first = await _post(as_clerk, f"{PAGES}/{origin_id}", **{**FORM, "body": "别人改成126户。"}, version="1")
    late = await _post(as_clerk, f"{PAGES}/{origin_id}", **{**FORM, "body": "我改成131户。"}, version="1")
    assert (first.status_code, late.status_code) == (303, 412)
    assert "126" in late.text
    assert "131" in late.text
    merged = await _post(
        as_clerk, f"{PAGES}/{origin_id}", **{**FORM, "body": "合并的"}, version=_hidden(late.text, "version")
    )
    assert merged.status_code == 303


async def test_a_text_beyond_the_limit_is_refused_before_it_is_compared(as_clerk: httpx.AsyncClient) -> None:
    origin_id = await _draft(as_clerk, body="原来共有142户。")
    await _post(as_clerk, f"{PAGES}/{origin_id}", **{**FORM, "body": "别人改成126户。"}, version="1")
    late = await _post(as_clerk, f"{PAGES}/{origin_id}", **{**FORM, "body": "多" * 150_000}, version="1")
    assert late.status_code == 422
    assert "别人改成" not in late.text


async def test_a_second_click_makes_one_item(as_clerk: httpx.AsyncClient) -> None:
    answers = [await _post(as_clerk, PAGES, **FORM, idempotency_key="k-7") for _ in range(2)]
    assert answers[0].headers["location"] == answers[1].headers["location"]
    assert len((await as_clerk.get(ITEMS)).json()["items"]) == 1


@pytest.mark.parametrize("view", ["flow", "text", "compare", "files"])
async def test_markup_is_shown_and_never_run(as_clerk: httpx.AsyncClient, view: str) -> None:
    nasty = '<img src=x onerror="alert(1)">{{7*7}}'
    origin_id = await _draft(as_clerk, title=nasty, body=nasty, own_efforts=nasty, author_name=nasty)
    version = (await as_clerk.get(f"{ITEMS}/{origin_id}")).json()["version"]
    fields = {**FORM, "title": nasty, "body": nasty, "author_name": nasty, "version": str(version)}
    await _post(as_clerk, f"{PAGES}/{origin_id}", "submit", **fields)
    shown = await as_clerk.get(f"{PAGES}/{origin_id}", params={"view": view}, headers=HTML)
    listed = await as_clerk.get(PAGES, headers=HTML)
    for html in (shown.text, listed.text):
        assert "<img src=x" not in html
        assert "&lt;img src=x" in html
        assert "7*7" in html


async def test_no_page_reaches_outside_or_carries_script_of_its_own(as_clerk: httpx.AsyncClient) -> None:
    origin_id = await _draft(as_clerk)
    for address in (PAGES, f"{PAGES}/new", f"{PAGES}/{origin_id}", f"{PAGES}/{origin_id}/edit"):
        html = (await as_clerk.get(address, headers=HTML)).text
        assert not re.search(r'(?:src|href|action)="(?:https?:)?//', html)
        assert not re.search(r"<script(?![^>]* src=)", html)
        assert not re.search(r'\sstyle="|\son[a-z]+="', html)


async def test_the_list_has_tabs_with_counts_and_finds_two_characters(as_clerk: httpx.AsyncClient) -> None:
    await _draft(as_clerk)
    await _draft(as_clerk, title="春耕备耕情况", body="春耕已经开始。")
    html = (await as_clerk.get(PAGES, params={"q": "春耕"}, headers=HTML)).text
    assert "春耕备耕情况" in html
    assert COMPLETE["title"] not in html
    assert re.search(r"草稿 <span>1</span>", html)
    empty = await as_clerk.get(PAGES, params={"tab": "adopted"}, headers=HTML)
    assert "这里没有稿件" in empty.text


async def test_a_deleted_draft_can_be_taken_back_from_the_list(as_clerk: httpx.AsyncClient) -> None:
    origin_id = await _draft(as_clerk)
    gone = await as_clerk.post(f"{PAGES}/{origin_id}/discard", headers=HTML)
    listed = await as_clerk.get(gone.headers["location"], headers=HTML)
    assert "撤销" in listed.text
    back = await as_clerk.post(f"{PAGES}/{origin_id}/restore", headers=HTML)
    assert back.headers["location"] == f"{PAGES}/{origin_id}/edit"


async def test_the_home_page_is_told_what_there_is_to_do(as_clerk: httpx.AsyncClient, process: NodeProcess) -> None:
    assert await _cards(as_clerk) == [("报送", 0)]
    await _draft(as_clerk)
    assert await _cards(as_clerk) == [("写完草稿", 1)]
    assert await _cards(client_of(process, EDITOR)) == []


async def _cards(client: httpx.AsyncClient) -> list[tuple[str, int]]:
    return [(card["what"], card["count"]) for card in (await client.get("/intake/api/v1/agenda")).json()["cards"]]


async def test_pages_keep_to_the_unit_and_the_role(as_clerk: httpx.AsyncClient, process: NodeProcess) -> None:
    origin_id = await _draft(as_clerk)
    stranger, reviewer = client_of(process, STRANGER), client_of(process, REVIEWER)
    assert (await stranger.get(f"{PAGES}/{origin_id}", headers=HTML)).status_code == 404
    assert (await stranger.get(f"{PAGES}/{origin_id}/edit", headers=HTML)).status_code == 404
    posted = await _post(stranger, f"{PAGES}/{origin_id}", "import", **FORM, version="1")
    assert (posted.status_code, COMPLETE["title"] in posted.text.replace(FORM["title"], "", 1)) == (404, False)
    assert (await reviewer.get(f"{PAGES}/{origin_id}", headers=HTML)).status_code == 404
    assert (await as_clerk.post(f"{ITEMS}/{origin_id}/submit")).status_code == 200
    assert (await reviewer.get(f"{PAGES}/{origin_id}", headers=HTML)).status_code == 200
    assert (await reviewer.get(f"{PAGES}/{origin_id}/edit", headers=HTML)).status_code == 403
    visitor = await client_of(process).get(f"{PAGES}/{origin_id}", headers=HTML)
    assert (visitor.status_code, visitor.headers["location"].startswith("/login")) == (303, True)
