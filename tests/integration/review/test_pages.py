"""The pages: forms that work without script, keep what was typed, and offer only what may be done."""

import asyncio
import html
import io
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import httpx
import pytest

from services.kernel.language.events.parts import Attachment
from services.kernel.language.events.review import SubmissionAdopted, SubmissionEdited, SubmissionReceived
from services.kernel.language.vocabulary import InfoType, Role, UnitKind
from services.kernel.runtime.pages.flash import FLASH_COOKIE, messages_in
from services.kernel.runtime.surroundings.identifiers import new_id
from tests.integration.review.office import BODY, Office, submitted
from tests.support.service import DISTRICT
from tests.support.waiting import LONG_S

WATER: dict[str, Any] = {"unit": "water", "kind": UnitKind.BUREAU}
HOSTILE = "<script>alert(1)</script>{{ 7*7 }}{% raw %}"


@pytest.fixture
def database_kind() -> str:
    """Pages add nothing to what the database tests cover: once is enough."""
    return "sqlite"


def browser(client: httpx.AsyncClient) -> httpx.AsyncClient:
    client.headers["accept"] = "text/html"
    return client


async def hand_in(district: Office, **more: Any) -> UUID:
    origin_id = new_id()
    await district.hear("intake.submission", submitted(DISTRICT, origin_id, unit="water", unit_name="区水利局", **more))
    return origin_id


async def reported(district: Office, **more: Any) -> UUID:
    origin_id = await hand_in(district, **more)
    base = f"/review/api/v1/submissions/{origin_id}"
    await district.client(Role.REVIEWER, **WATER).post(f"{base}/check")
    await district.client(Role.SIGNER, **WATER).post(f"{base}/sign")
    return origin_id


def version_in(page: str) -> str:
    without_undoing = re.sub(r"<span[^>]*data-lasts.*?</span>", "", page)
    found = re.search(r'name="version" value="(\d+)"', without_undoing)
    assert found, "no form carries a version"
    return found.group(1)


async def read(client: httpx.AsyncClient, path: str) -> str:
    answer = await client.get(path)
    assert answer.status_code == 200, answer.text[:800]
    assert "alert(1)</script>" not in answer.text
    return answer.text


async def test_a_page_hears_of_what_happens_before_it_is_connected(district: Office) -> None:
    page = await read(browser(district.client(Role.EDITOR)), "/review/queue")
    stream = re.search(r'data-live="([^"]+)" data-seen="([^"]+)"', page)
    assert stream, "the queue is not live"
    asked = parse_qs(urlsplit(html.unescape(stream.group(1))).query)
    await reported(district)
    changes = district.context.signals.changes(asked["channel"], stream.group(2))
    assert await asyncio.wait_for(anext(changes), LONG_S)


async def test_the_reviewer_confirms_and_the_signer_records_an_oral_sign_off(district: Office) -> None:
    origin_id = await hand_in(district, title=f"泵站 {HOSTILE}")
    reviewer, signer = browser(district.client(Role.REVIEWER, **WATER)), browser(district.client(Role.SIGNER, **WATER))
    assert "泵站" in await read(reviewer, "/review/check")
    version = version_in(await read(reviewer, f"/review/check/{origin_id}"))
    bare = await reviewer.post(f"/review/check/{origin_id}", data={"version": version, "is_true": "1"})
    assert (bare.status_code, bare.text.count('class="field-error"')) == (422, 2), "each box that is not ticked says so"
    ticks = {"is_true": "1", "is_clear": "1", "is_not_secret": "1", "version": version}
    assert (await reviewer.post(f"/review/check/{origin_id}", data=ticks)).status_code == 303
    page = await read(signer, f"/review/sign/{origin_id}")
    oral = {"version": version_in(page), "sign_mode": "oral"}
    nameless = await signer.post(f"/review/sign/{origin_id}", data=oral)
    assert (nameless.status_code, "签发人姓名" in nameless.text) == (422, True)
    signed = await signer.post(f"/review/sign/{origin_id}", data=oral | {"signed_by_name": "周局长"})
    assert signed.status_code == 303
    item = (await district.client(Role.EDITOR).get(f"/review/api/v1/submissions/{origin_id}")).json()
    assert (item["status"], item["sign_off"]["signed_by"], item["sign_off"]["sign_mode"]) == ("open", "周局长", "oral")


async def test_a_paper_sign_off_keeps_its_scan(district: Office) -> None:
    origin_id = await hand_in(district)
    await district.client(Role.REVIEWER, **WATER).post(f"/review/api/v1/submissions/{origin_id}/check")
    signer = browser(district.client(Role.SIGNER, **WATER))
    form = {"sign_mode": "paper", "signed_by_name": "周局长"}
    fake = await signer.post(f"/review/sign/{origin_id}", data=form, files={"scan": ("签发单.pdf", b"not a pdf")})
    assert fake.status_code >= 400
    png = b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x02\x00\x00\x00\x90wS\xde"
    answer = await signer.post(f"/review/sign/{origin_id}", data=form, files={"scan": ("签发单.png", png)})
    assert answer.status_code == 303, answer.text[:500]
    scan = await signer.get(f"/review/api/v1/submissions/{origin_id}/sign-scan")
    assert scan.content == png


async def test_opening_an_item_marks_it_received_once(district: Office) -> None:
    origin_id = await reported(district)
    editor = browser(district.client(Role.EDITOR))
    assert "未签收" in await read(editor, "/review/queue")
    for _ in range(2):
        assert "已签收" in await read(editor, f"/review/queue/{origin_id}")
    assert len(await district.told(SubmissionReceived)) == 1
    chief = browser(district.client(Role.CHIEF))
    other = await reported(district)
    await read(chief, f"/review/queue/{other}")
    assert len(await district.told(SubmissionReceived)) == 1


async def test_only_who_opens_the_page_himself_signs_for_an_item(district: Office) -> None:
    origin_id = await reported(district)
    editor = browser(district.client(Role.EDITOR))
    path = f"/review/queue/{origin_id}"
    assert (await editor.head(path)).status_code == 200
    elsewhere = (
        {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Purpose": "prefetch"},
        {"Sec-Purpose": "prefetch;prerender", "Sec-Fetch-Site": "none"}, {"X-Moz": "prefetch"},
    )  # fmt: skip
    for headers in elsewhere:
        assert (await editor.get(path, headers=headers)).status_code == 200
        assert await district.told(SubmissionReceived) == [], headers
    for site in ("same-origin", "none"):
        await editor.get(path, headers={"Sec-Fetch-Site": site})
        assert len(await district.told(SubmissionReceived)) == 1, site


async def test_every_view_of_an_item_opens(district: Office) -> None:
    origin_id = await reported(district, title=f"标题 {HOSTILE}", body=f"{BODY}\n{HOSTILE}")
    editor = browser(district.client(Role.EDITOR))
    page = await read(editor, f"/review/queue/{origin_id}")
    await editor.post(
        f"/review/queue/{origin_id}/edit",
        data={"version": version_in(page), "title": "新标题", "body": BODY.replace("126", "142")},
    )
    for view in ("", "diff", "beside", "edit", "original", "questions", "history", "instructions", "return", "decline"):
        page = await read(editor, f"/review/queue/{origin_id}?view={view}")
        assert "新标题" in page
    assert "数字变动" in await read(editor, f"/review/queue/{origin_id}?view=diff")
    assert "已编辑" not in await read(editor, f"/review/queue/{origin_id}/state?version=1")


async def test_a_lost_race_shows_the_other_text_beside_ones_own(district: Office) -> None:
    origin_id = await reported(district)
    mine, other = browser(district.client(Role.EDITOR, name="甲")), district.client(Role.EDITOR, name="乙")
    version = version_in(await read(mine, f"/review/queue/{origin_id}?view=edit"))
    base = f"/review/api/v1/submissions/{origin_id}"
    await other.patch(base, json={"title": "乙的标题"}, headers={"If-Match": version})
    lost = await mine.post(
        f"/review/queue/{origin_id}/edit", data={"version": version, "title": "甲的标题", "body": BODY}
    )
    assert lost.status_code == 412
    shown = re.sub(r"<[^>]+>", "", lost.text)
    assert "乙的标题" in shown
    assert "甲的标题" in shown
    again = await mine.post(
        f"/review/queue/{origin_id}/edit", data={"version": version_in(lost.text), "title": "甲的标题", "body": BODY}
    )
    assert again.status_code == 303
    assert [fact.edition.title for fact in await district.told(SubmissionEdited)] == ["乙的标题", "甲的标题"]


async def test_too_long_a_text_is_refused_and_kept(district: Office) -> None:
    origin_id = await reported(district)
    editor = browser(district.client(Role.EDITOR))
    version = version_in(await read(editor, f"/review/queue/{origin_id}?view=edit"))
    body = "长" * 700_000
    answer = await editor.post(
        f"/review/queue/{origin_id}/edit", data={"version": version, "title": "题", "body": body}
    )
    assert answer.status_code == 422, answer.text[:3000]
    assert "正文最多 100000 字，现有 700000 字，请删减。" in answer.text
    assert body in answer.text
    assert await district.told(SubmissionEdited) == []


async def test_reasons_are_asked_for_and_what_was_typed_stays(district: Office) -> None:
    origin_id = await reported(district)
    editor = browser(district.client(Role.EDITOR))
    await read(editor, f"/review/queue/{origin_id}")
    answer = await editor.post(f"/review/queue/{origin_id}/return", data={"reason_code": "", "reason": "请补充数据"})
    assert (answer.status_code, "请补充数据" in answer.text) == (422, True)
    declined = await editor.post(f"/review/queue/{origin_id}/decline", data={"reason_code": "other", "reason": ""})
    assert declined.status_code == 422
    asked = await editor.post(f"/review/queue/{origin_id}/ask", data={"question": ""})
    assert (asked.status_code, 'id="f-question" name="question"' in asked.text) == (422, True)
    assert (await editor.post(f"/review/queue/{origin_id}/ask", data={"question": "数据来源？"})).status_code == 303
    clerk = browser(district.client(Role.CLERK, **WATER))
    assert "数据来源" in await read(clerk, f"/review/answers/{origin_id}")
    empty = await clerk.post(f"/review/answers/{origin_id}", data={"answer": ""})
    assert empty.status_code == 422
    back = await clerk.post(
        f"/review/answers/{origin_id}", data={"answer": "台账", "back": f"/intake/submissions/{origin_id}"}
    )
    assert (back.status_code, back.headers["location"]) == (303, f"/intake/submissions/{origin_id}")


async def test_an_issue_is_arranged_with_buttons_and_signed(district: Office) -> None:
    editor, chief = browser(district.client(Role.EDITOR)), browser(district.client(Role.CHIEF))
    for title in ("甲件", "乙件", "丙件"):
        origin_id = await reported(district, title=title)
        page = await read(editor, f"/review/queue/{origin_id}")
        periodical = re.search(r'<option value="([0-9a-f-]{36})">政务信息<', page)
        assert periodical
        chosen = {"version": version_in(page), "periodical_id": periodical.group(1), "mode": "single"}
        assert (await editor.post(f"/review/queue/{origin_id}/adopt", data=chosen)).status_code == 303
    kept = f"periodical={chosen['periodical_id']}&sort=number"
    issues = await read(chief, "/review/issues")
    found = re.search(r"/review/issues/([0-9a-f-]{36})", issues)
    assert found
    base = f"/review/issues/{found.group(1)}"
    page = await read(chief, base)
    third = re.findall(r'name="adoption_id" value="([0-9a-f-]{36})"', page)[-1]
    move = {"adoption_id": third, "move": "up", "version": version_in(page)}
    assert (await chief.post(f"{base}/order", data=move)).status_code == 303
    assert (await chief.post(f"{base}/order", data=move)).status_code == 412
    page = await read(chief, base)
    first = re.findall(r'name="adoption_id" value="([0-9a-f-]{36})"', page)[0]
    await chief.post(f"{base}/order", data={"adoption_id": first, "move": "out", "version": version_in(page)})
    page = await read(chief, base)
    texts = {"note": f"按语 {HOSTILE}", "report_to": "市政府办", "copies": "40", "version": version_in(page)}
    assert (await chief.post(f"{base}/arrange", data=texts)).status_code == 303
    assert (await chief.post(f"{base}/arrange", data=texts | {"copies": "many"})).status_code == 422
    assert "签发第 1 期" not in await read(editor, base)
    page = await read(chief, base)
    assert page.index("丙件") < page.index("乙件")
    assert (await chief.post(f"{base}/sign", data={"version": version_in(page)})).status_code == 303
    assert "第1期" in await read(editor, base)
    assert f"/review/issues/export.xlsx?{kept}".replace("&", "&amp;") in await read(chief, f"/review/issues?{kept}")
    for sort in ("", "number"):
        lines = (await chief.get(f"/review/issues/export.csv?sort={sort}")).text.splitlines()
        assert [line.split(",")[:5] for line in lines[1:]] == [["政务信息", "政府", "2026", "第1期", "2"]]
    other = (await chief.get(f"/review/issues/export.csv?periodical={new_id()}")).text.splitlines()
    assert len(other) == 1
    assert [fact.item.title for fact in await district.told(SubmissionAdopted)] == ["丙件", "乙件"]
    word = await chief.get(f"/review/api/v1{base.removeprefix('/review')}.docx")
    assert (word.status_code, word.content[:2]) == (200, b"PK")
    pdf = await chief.get(f"/review/api/v1{base.removeprefix('/review')}.pdf")
    assert pdf.status_code == 200, pdf.text[:400]
    assert pdf.content[:5] == b"%PDF-"


@pytest.mark.parametrize(
    ("verb", "said", "sentences"),
    [
        ("return", {}, {"请填写原因。"}),
        ("return", {"reason_code": "unclear", "reason": "长" * 2001}, {"退回理由最多 2000 字，现有 2001 字，请删减。"}),
        (
            "instructions",
            {"leader_name": "甲" * 61, "leader_rank": "principal", "text": "阅", "given_on": "2026-01-05"},
            {"领导姓名最多 60 字，现有 61 字，请删减。"},
        ),
    ],
)
async def test_a_form_and_a_program_are_told_one_sentence(
    district: Office, verb: str, said: dict[str, str], sentences: set[str]
) -> None:
    origin_id, editor = await reported(district), district.client(Role.EDITOR)
    answer = await editor.post(f"/review/api/v1/submissions/{origin_id}/{verb}", json=said)
    page = await editor.post(f"/review/queue/{origin_id}/{verb}", data=said, headers={"Accept": "text/html"})
    assert (answer.status_code, page.status_code) == (422, 422)
    assert sentences <= {error["message"] for error in answer.json()["errors"]}
    assert all(sentence in page.text for sentence in sentences)


async def test_forwards_instructions_and_cards_open_for_their_roles(district: Office) -> None:
    origin_id = await reported(district, info_type=InfoType.DYNAMIC)
    editor, chief = browser(district.client(Role.EDITOR)), browser(district.client(Role.CHIEF))
    assert (await editor.post(f"/review/queue/{origin_id}/forward", data={"to": ""})).status_code == 303
    assert "签发转报" in await read(chief, "/review/forward")
    agenda = (await chief.get("/review/api/v1/agenda")).json()
    assert [card["count"] for card in agenda["cards"] if card["what"] == "签发转报"] == [1]
    assert [task["href"] for task in agenda["tasks"]] == [f"/review/queue/{origin_id}"]
    page = await read(chief, f"/review/queue/{origin_id}")
    signed = await chief.post(f"/review/queue/{origin_id}/forward/sign", data={"version": version_in(page)})
    assert signed.status_code == 303
    future = {"leader_name": "李区长", "leader_rank": "principal", "text": "阅。", "given_on": "2999-01-01"}
    assert (await editor.post(f"/review/queue/{origin_id}/instructions", data=future)).status_code == 422
    recorded = await editor.post(f"/review/queue/{origin_id}/instructions", data=future | {"given_on": "2026-01-05"})
    assert recorded.status_code == 303
    leader = browser(district.client(Role.LEADER))
    await editor.post(f"/review/queue/{origin_id}/instructions", data=future | {"given_on": "2026-01-07"})
    for sort, days in (("", ["2026-01-07", "2026-01-05"]), ("given", ["2026-01-07", "2026-01-05"])):
        assert "李区长" in await read(leader, f"/review/instructions?sort={sort}")
        lines = (await leader.get(f"/review/instructions/export.csv?sort={sort}")).text.splitlines()
        assert [line.split(",")[0] for line in lines[1:]] == days
    agenda = (await editor.get("/review/api/v1/agenda")).json()
    assert "审稿" in {card["what"] for card in agenda["cards"]}


async def test_with_several_roles_an_item_opens_at_the_desk_that_it_is_on(district: Office) -> None:
    origin_id = await reported(district)
    both = browser(district.client(Role.EDITOR, Role.REVIEWER))
    opened = [(await both.get(f"/review/{desk}/{origin_id}")).status_code for desk in ("queue", "check")]
    assert opened == [200, 404]


async def test_proposals_beyond_a_page_stand_on_the_next_one(district: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.review.pages.forwards.PAGE_SIZE", 1)
    editor, chief = browser(district.client(Role.EDITOR)), browser(district.client(Role.CHIEF))
    proposed = {await reported(district, info_type=InfoType.DYNAMIC) for _ in range(2)}
    for origin_id in proposed:
        assert (await editor.post(f"/review/queue/{origin_id}/forward", data={"to": ""})).status_code == 303
    pages = [await read(chief, "/review/forward")]
    following = re.search(r'rel="next" href="([^"]+)"', pages[0])
    assert following, "the first page does not lead on"
    pages.append(await read(chief, html.unescape(following.group(1))))
    assert 'rel="next"' not in pages[1]
    assert {UUID(re.findall(r'href="/review/queue/([0-9a-f-]{36})"', page)[0]) for page in pages} == proposed


@pytest.mark.parametrize("path", ["/review/queue", "/review/issues", "/review/forward", "/review/instructions"])
async def test_the_offices_pages_are_closed_to_units(district: Office, path: str) -> None:
    answer = await browser(district.client(Role.EDITOR, **WATER)).get(path)
    assert answer.status_code == 403
    stranger = httpx.AsyncClient(transport=district.client(Role.EDITOR)._transport, base_url="http://node.test")
    sent = await stranger.get(path, headers={"accept": "text/html"})
    assert (sent.status_code, sent.headers["location"]) == (303, f"/login?next={path}")


@pytest.mark.parametrize(
    ("came_from", "leads_to"),
    [("http://node.test/review/queue/1?view=edit", "/login?next=/review/queue/1%3Fview%3Dedit"),
     ("http://elsewhere.test/review/queue", "/login")],
)  # fmt: skip
async def test_a_form_sent_after_the_session_ended_is_where_signing_in_leads_back_to(
    district: Office, came_from: str, leads_to: str
) -> None:
    stranger = httpx.AsyncClient(transport=district.client(Role.EDITOR)._transport, base_url="http://node.test")
    headers = {"accept": "text/html", "referer": came_from}
    sent = await stranger.post(f"/review/queue/{new_id()}/ask", data={"text": "几台泵？"}, headers=headers)
    assert (sent.status_code, sent.headers["location"]) == (303, leads_to)
    assert "登录已过期" in messages_in(sent.cookies[FLASH_COOKIE].strip('"'))[0].text


async def test_the_list_searches_filters_and_pages(district: Office) -> None:
    for number in range(53):
        await reported(district, title=f"第{number}件 {'山洪' if number % 7 == 0 else '泵站'}")
    editor = browser(district.client(Role.EDITOR))
    first = await read(editor, "/review/queue")
    assert first.count('class="queue-title"') == 50
    following = re.search(r'rel="next" href="([^"]+)"', first)
    assert following
    assert (await read(editor, following.group(1).replace("&amp;", "&"))).count('class="queue-title"') == 3
    assert (await read(editor, "/review/queue?q=山洪")).count('class="queue-title"') == 8
    assert (await read(editor, "/review/queue?kind=emergency")).count('class="queue-title"') == 0
    assert (await read(editor, "/review/queue/rows?q=山洪")).count('class="queue-title"') == 8


async def test_the_editor_is_shown_what_reads_alike_and_which_figures_differ(district: Office) -> None:
    first = await reported(district, title="龙潭乡反映排涝泵站老化")
    other = await reported(district, title="龙潭乡反映排涝泵站老化", body=BODY.replace("126户", "142户"))
    editor = browser(district.client(Role.EDITOR))
    assert f"/review/queue/{first}/alike" in await read(editor, f"/review/queue/{first}")
    shown = await read(editor, f"/review/queue/{first}/alike")
    assert str(other) in shown
    assert "同一稿件，有改动" in shown
    assert "相近 100%" not in shown
    assert ["126户" in shown, "142户" in shown] == [True, True]
    refused = await district.client(Role.CLERK, unit="roads", kind=UnitKind.BUREAU).get(f"/review/queue/{first}/alike")
    assert refused.status_code == 403


async def test_files_are_looked_through_after_the_page_and_told_to_who_may_read_the_item(district: Office) -> None:
    stored = district.context.files.put(io.BytesIO("伤者身份证号11010519491231002X".encode()))
    file = Attachment(
        attachment_id=new_id(), sha256=stored.sha256, filename="名单.txt", media_type="text/plain", size=stored.size
    )
    origin_id = new_id()
    fact = submitted(DISTRICT, origin_id, unit="water", unit_name="区水利局")
    with_file = fact.model_copy(update={"content": fact.content.model_copy(update={"attachments": (file,)})})
    await district.hear("intake.submission", with_file)
    reviewer = browser(district.client(Role.REVIEWER, **WATER))
    looked = f"/review/looked/{origin_id}"
    assert looked in await read(reviewer, f"/review/check/{origin_id}")
    shown = await read(reviewer, looked)
    assert "居民身份证号码 110***********002X" in shown
    assert (await district.client(Role.CLERK, unit="roads", kind=UnitKind.BUREAU).get(looked)).status_code == 403
    without = await hand_in(district)
    assert "<li" not in await read(reviewer, f"/review/looked/{without}")
