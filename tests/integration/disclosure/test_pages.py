"""The office's pages by hand, without script: every step, every refusal, and nothing that was typed lost."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from sqlalchemy import update

from services.disclosure.model import Information
from services.disclosure.policy.point import ReviewPoint
from services.kernel.language.calendar import seed_days
from services.kernel.language.events.directory import CalendarDaySet
from services.kernel.language.vocabulary import DayKind, InfoType
from services.kernel.runtime.surroundings.identifiers import new_id
from tests.integration.disclosure.conftest import BOTH, CLERK, COMPLETE, PUBLISHER, SECRECY, World
from tests.integration.disclosure.items import reported_up
from tests.support.service import NOW

LIST = "/disclosure/information"
FORM = COMPLETE | {"formed_on": "2026-11-20", "keywords": "水利、 渠道", "then": "send"}
HOSTILE = "<script>alert(1)</script>{{ 7*7 }}{% raise %}\"'><img src=x onerror=alert(2)>&amp;"
HTML = {"Accept": "text/html"}
POINTS = [point.value for point in ReviewPoint]


async def test_the_story_goes_through_the_pages(world: World) -> None:
    publisher, secrecy = world.client(PUBLISHER), world.client(SECRECY)
    made = await publisher.post(LIST, data=FORM)
    assert made.status_code == 303
    address = made.headers["location"]
    review_page = await secrecy.get(address)
    assert "保密审查" in review_page.text
    assert 'name="outcome"' in review_page.text
    version = re.search(r'name="version" value="(\d+)"', review_page.text)
    assert version
    decided = {"version": version[1], "outcome": "open", "opinion": "同意公开", "points": POINTS}
    assert (await secrecy.post(f"{address}/review", data=decided)).status_code == 303
    preview = await publisher.get(f"{address}/publish")
    assert "确认发布" in preview.text
    published = await publisher.post(f"{address}/publish", data={"version": "3"})
    assert published.status_code == 303
    await world.deliver()
    shown = await publisher.get(address)
    assert "00410100/2026-00001" in shown.text
    public = await world.client().get(address.replace("/disclosure", "/open"))
    assert "水利、渠道" in public.text
    revoked = await publisher.post(f"{address}/revoke", data={"version": "4", "reason": "数据有误"})
    assert revoked.status_code == 303
    await world.deliver()
    assert (await world.client().get(address.replace("/disclosure", "/open"))).status_code == 410
    assert "已撤销" in (await publisher.get(address)).text


async def test_a_form_that_fails_keeps_what_was_typed(world: World) -> None:
    typed = FORM | {"title": "", "document_no": "云政办〔2026〕9号", "formed_on": "昨天"}
    answer = await world.client(PUBLISHER).post(LIST, data=typed)
    assert answer.status_code == 422
    assert "云政办〔2026〕9号" in answer.text
    assert "成文日期请写作" in answer.text
    answer = await world.client(PUBLISHER).post(LIST, data=typed | {"formed_on": "2026-11-20"})
    assert answer.status_code == 422
    assert "请填写标题。" in answer.text
    assert "整治渠道42公里" in answer.text


async def test_a_text_of_two_megabytes_is_refused_with_everything_kept(world: World) -> None:
    body = "渠道" * 340_000
    answer = await world.client(PUBLISHER).post(LIST, data=FORM | {"body": body})
    assert answer.status_code == 422
    assert "正文最多 100000 字，现有 680000 字，请删减。" in answer.text
    assert answer.text.count("渠道") > 340_000
    api = await world.client(PUBLISHER).post("/disclosure/api/v1/information", json=COMPLETE | {"body": body})
    assert (api.status_code, api.json()["errors"][0]["field"]) == (422, "body")


async def test_a_stale_form_shows_both_texts_and_can_be_saved_again(world: World) -> None:
    information_id = await world.prepared()
    address = f"{LIST}/{information_id}"
    assert (
        await world.client(PUBLISHER).post(address, data=FORM | {"version": "2", "then": "save"})
    ).status_code == 303
    late = await world.client(BOTH).post(address, data=FORM | {"version": "2", "body": "我写的正文", "then": "save"})
    assert late.status_code == 412
    assert "我写的正文" in late.text
    assert "与现在保存的有何不同" in late.text
    assert 'name="version" value="3"' in late.text


@pytest.mark.parametrize("info_type", [InfoType.PROBLEM, InfoType.PUBLIC_OPINION])
async def test_an_item_that_stays_inside_opens_no_form(world: World, info_type: InfoType) -> None:
    origin_id = new_id()
    await world.arrive(reported_up(origin_id, info_type))
    answer = await world.client(PUBLISHER).get(f"{LIST}/new?origin_id={origin_id}", headers=HTML)
    assert answer.status_code == 409
    assert "不对外公开" in answer.text
    posted = await world.client(PUBLISHER).post(LIST, data=FORM | {"origin_id": str(origin_id)})
    assert posted.status_code == 409
    assert "不对外公开" in posted.text
    assert "整治渠道42公里" in posted.text
    assert str(origin_id) not in (await world.client(PUBLISHER).get(f"{LIST}/new")).text


async def test_the_page_says_what_stands_in_the_way(world: World) -> None:
    information_id = await world.prepared(body="电话13812345678，会议纪要。")
    page = (await world.client(SECRECY).get(f"{LIST}/{information_id}")).text
    assert "尚未通过保密审查" in page
    assert "疑似手机号码" in page
    assert "<mark>会议纪要</mark>" in page
    review = {"version": "2", "outcome": "open_after_redaction", "opinion": "隐去手机号", "points": POINTS}
    await world.client(SECRECY).post(f"{LIST}/{information_id}/review", data=review)
    page = (await world.client(PUBLISHER).get(f"{LIST}/{information_id}")).text
    assert "请先删减正文" in page
    assert 'aria-disabled="true"' in page


async def test_a_review_without_a_decision_or_ground_keeps_the_opinion(world: World) -> None:
    address = f"{LIST}/{await world.prepared()}/review"
    none = await world.client(SECRECY).post(address, data={"version": "2", "opinion": "我的意见"})
    assert none.status_code == 422
    assert none.text.count("请填写审查结论。") == 2, "in the list of what is wrong, and at its field"
    assert "我的意见" in none.text
    bare = await world.client(SECRECY).post(
        address, data={"version": "2", "outcome": "not_open", "opinion": "我的意见"}
    )
    assert bare.status_code == 409
    assert "不予公开须注明法定理由" in bare.text
    assert "我的意见" in bare.text


async def test_a_revocation_without_a_reason_says_so_at_the_field_that_stays_open(world: World) -> None:
    published = await world.published()
    address = f"{LIST}/{published['information_id']}"
    for reason in ("", "  "):
        refused = await world.client(PUBLISHER).post(f"{address}/revoke", data={"version": "4", "reason": reason})
        assert (refused.status_code, refused.text.count("请填写撤销原因。")) == (422, 2)
    long = await world.client(PUBLISHER).post(f"{address}/revoke", data={"version": "4", "reason": "误" * 501})
    assert "撤销原因最多 500 字，现有 501 字，请删减。" in long.text
    assert "误" * 501 in long.text
    api = await world.client(PUBLISHER).post(
        f"/disclosure/api/v1/information/{published['information_id']}/revoke", json={"reason": ""}
    )
    assert api.json()["errors"][0]["message"] == "请填写撤销原因。"


async def test_a_list_that_is_typed_on_lines_comes_back_as_it_was_typed(world: World) -> None:
    information_id = await world.prepared()
    typed = {"version": "2", "outcome": "open_after_redaction", "opinion": "", "passages": "42公里\r\n没有这一句"}
    refused = await world.client(SECRECY).post(f"{LIST}/{information_id}/review", data=typed | {"points": POINTS})
    assert refused.status_code == 409
    assert "正文和附件中没有“没有这一句”" in refused.text
    assert "没有“42公里”" not in refused.text
    assert ">\n42公里\r\n没有这一句</textarea>" in refused.text
    assert refused.text.count(" checked>") == len(POINTS) + 1
    form = FORM | {
        "version": "2",
        "keywords": "水利、 渠道；",
        "is_normative": "1",
        "validity": "in_force",
        "then": "save",
    }
    for box in ({"is_normative": "1"}, {}):
        sent = {name: value for name, value in form.items() if name != "is_normative"} | box
        answer = await world.client(PUBLISHER).post(f"{LIST}/{information_id}", data=sent)
        assert answer.status_code == 303, answer.text
        kept = (await world.client(PUBLISHER).get(f"/disclosure/api/v1/information/{information_id}")).json()
        assert (kept["keywords"], kept["is_normative"]) == (["水利", "渠道"], bool(box))
        form["version"] = str(kept["version"])


async def test_a_category_that_the_catalogue_does_not_have_is_never_shown_as_a_number(world: World) -> None:
    information_id = await world.prepared()
    async with world.database.transaction(NOW) as tx:
        await tx.session.execute(update(Information).values(category_id="9999"))
    for who in (PUBLISHER, SECRECY):
        for address in (LIST, f"{LIST}/{information_id}", f"{LIST}/export.csv"):
            shown = await world.client(who).get(address)
            assert (shown.status_code, "9999" in shown.text) == (200, False), address
    assert "目录中没有的类目" in (await world.client(SECRECY).get(f"{LIST}/{information_id}")).text


async def test_whoever_wrote_on_a_text_is_told_why_he_cannot_review_it(world: World) -> None:
    made = await world.client(BOTH).post(LIST, data=FORM)
    page = (await world.client(BOTH).get(made.headers["location"])).text
    assert "须由其他人员审查" in page
    assert 'name="outcome"' not in page


async def test_due_dates_say_how_they_were_found_and_which_year_is_not_announced(world: World) -> None:
    days = [
        CalendarDaySet(day=day.on, is_working=day.kind is not DayKind.HOLIDAY, label=day.name, year_announced=True)
        for day in seed_days(2026, 2026)
    ]
    await world.tell(*days)
    information_id = await world.prepared(formed_on=date(2026, 12, 21).isoformat())
    page = (await world.client(PUBLISHER).get(f"{LIST}/{information_id}")).text
    assert "2026年12月23日" in page
    assert "次日起第2个工作日" in page
    assert "2027年放假安排尚未公布" in page
    assert "放假安排未公布" in page
    due = (await world.client(PUBLISHER).get(f"/disclosure/api/v1/information/{information_id}")).json()["due"]
    assert (due["internal"]["due_on"], due["internal"]["is_provisional"]) == ("2026-12-23", False)
    assert due["statutory"]["is_provisional"] is True


async def test_the_home_page_is_told_what_waits_for_whom(world: World) -> None:
    await world.prepared()
    await world.approved()
    returned = await world.prepared()
    body = {"outcome": "not_open", "opinion": "过程性信息", "ground": "process_info"}
    await world.client(SECRECY).post(f"/disclosure/api/v1/information/{returned}/confidentiality-review", json=body)
    cards = {}
    for who in (SECRECY, PUBLISHER, CLERK):
        found = (await world.client(who).get("/disclosure/api/v1/agenda")).json()["cards"]
        cards[who.name] = [(card["what"], card["count"]) for card in found]
    assert list(cards.values()) == [[("保密审查", 1)], [("发布", 1), ("退回修改", 1)], []]


async def test_the_list_counts_by_state_and_is_searched(world: World) -> None:
    await world.prepared(title="全区防汛物资储备公示")
    await world.approved(title="秋粮收购进展")
    page = (await world.client(PUBLISHER).get(LIST)).text
    assert re.findall(r"待保密审查 <span>(\d+)</span>", page) == ["1"]
    found = (await world.client(PUBLISHER).get(LIST, params={"q": "防汛", "status": "in_review"})).text
    assert "全区防汛物资储备公示" in found
    assert "秋粮收购进展" not in found
    assert "没有符合条件的信息" in (await world.client(PUBLISHER).get(LIST, params={"q": "高铁"})).text
    rows = await world.client(PUBLISHER).get(f"{LIST}/rows", params={"status": "approved"})
    assert "秋粮收购进展" in rows.text
    assert "<html" not in rows.text


@pytest.mark.parametrize("path", ["", "/new", "/rows"])
async def test_strangers_and_other_roles_see_none_of_it(world: World, path: str) -> None:
    assert (await world.client(CLERK).get(f"{LIST}{path}", headers=HTML)).status_code == 403
    stranger = await world.client().get(f"{LIST}{path}", headers=HTML)
    assert (stranger.status_code, stranger.headers["location"].split("?")[0]) == (303, "/login")


async def test_a_stranger_without_a_version_is_sent_to_sign_in(world: World) -> None:
    address = f"{LIST}/{await world.prepared()}"
    assert (await world.client().get(address, headers=HTML)).headers["location"].split("?")[0] == "/login"
    for path in ("", "/send", "/review", "/publish", "/revoke", "/attachments", f"/attachments/{new_id()}/remove"):
        answer = await world.client().post(f"{address}{path}", headers=HTML)
        assert (answer.status_code, answer.headers["location"]) == (303, "/login"), path
        nameless = await world.client(PUBLISHER).post(f"{address}{path}", headers=HTML)
        assert nameless.status_code in {403, 404, 422, 428}, path


async def test_hostile_text_in_every_field_comes_out_as_text(world: World) -> None:
    fields = (
        "title",
        "body",
        "summary",
        "document_no",
        "subject",
        "genre",
        "audience",
        "source",
        "responsible_section",
    )
    hostile: dict[str, Any] = dict.fromkeys(fields, HOSTILE[:50]) | {"title": HOSTILE, "body": HOSTILE}
    hostile["keywords"] = ["<b>x</b>"]
    information_id = await world.approved(**hostile)
    await world.client(PUBLISHER).post(f"/disclosure/api/v1/information/{information_id}/publish")
    await world.deliver()
    pages = {
        "office": await world.client(SECRECY).get(f"{LIST}/{information_id}"),
        "form": await world.client(PUBLISHER).get(f"{LIST}/{information_id}"),
        "preview": await world.client(PUBLISHER).get(f"{LIST}/{information_id}/publish"),
        "list": await world.client(PUBLISHER).get(LIST),
        "portal": await world.client().get("/open/"),
        "search": await world.client().get("/open/", params={"q": "script<script>"}),
        "detail": await world.client().get(f"/open/information/{information_id}"),
        "feed": await world.client().get("/open/feed.xml"),
    }
    for name, page in pages.items():
        assert page.status_code == 200, name
        assert "<script>alert" not in page.text, name
        assert "<img src=x" not in page.text, name
        assert "<b>x</b>" not in page.text, name
        assert re.search(r"\b49\b", page.text) is None, name
    assert "{{ 7*7 }}" in pages["detail"].text
    failed = await world.client(PUBLISHER).post(
        LIST, data=FORM | {"title": HOSTILE, "body": "", "category_id": HOSTILE}
    )
    assert failed.status_code == 422
    assert "<script>alert" not in failed.text


@pytest.mark.parametrize(
    "body", ['{"title": "\\ud800", "body": "x", "category_id": "0502", "attribute": "proactive"}', "[]", "{"]
)
async def test_what_is_no_text_is_refused(world: World, body: str) -> None:
    answer = await world.client(PUBLISHER).post(
        "/disclosure/api/v1/information", content=body, headers={"content-type": "application/json"}
    )
    assert answer.status_code == 422


async def test_control_characters_do_not_get_in(world: World) -> None:
    information_id = await world.prepared(title="关于\u0000印发\u202e的\r\n通知", body="一\u0007二\u200b三")
    shown = (await world.client(PUBLISHER).get(f"/disclosure/api/v1/information/{information_id}")).json()
    assert (shown["title"], shown["body"]) == ("关于印发的 通知", "一二三")


@pytest.mark.parametrize("where", ["", "/publish"])
async def test_an_unknown_id_is_not_found(world: World, where: str) -> None:
    assert (await world.client(PUBLISHER).get(f"{LIST}/{new_id()}{where}", headers=HTML)).status_code == 404
    assert (await world.client(PUBLISHER).get(f"{LIST}/none{where}", headers=HTML)).status_code == 404


async def test_the_page_gives_the_reason_that_the_step_itself_would_give(world: World) -> None:
    both, api = world.client(BOTH), "/disclosure/api/v1/information"
    own = (await both.post(api, json=COMPLETE)).json()["information_id"]
    refused = await both.post(f"{api}/{own}/confidentiality-review", json={"outcome": "open", "opinion": "同意公开"})
    assert refused.json()["code"] == "reviewer_is_preparer"
    assert refused.json()["title"] in (await both.get(f"{LIST}/{own}")).text

    others = await world.prepared()
    await both.post(f"{api}/{others}/confidentiality-review", json={"outcome": "open", "opinion": "同意公开"})
    refused = await both.post(f"{api}/{others}/publish")
    assert refused.json()["code"] == "publisher_is_reviewer"
    page = (await both.get(f"{LIST}/{others}")).text
    assert refused.json()["title"] in page
    assert "预览并发布" not in page
