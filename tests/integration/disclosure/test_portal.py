"""The portal: found by two characters, kept by caches, without cookies, and able to stand alone."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

import httpx
import pytest
from pydantic import ValidationError
from sqlalchemy import inspect, select

from services.disclosure.agents import PORTAL_LISTENS_TO
from services.disclosure.app import disclosure_service, portal_service
from services.disclosure.store.portal import PublicListing, find_beginnings, list_public
from services.kernel.language.envelope import to_headers
from services.kernel.runtime.storing.outbox import envelope_of
from services.kernel.runtime.storing.tables import OUTBOX
from services.kernel.runtime.surroundings.settings import Settings
from services.kernel.runtime.telling.inbox import Inbox, Message
from tests.integration.disclosure.conftest import World
from tests.support.service import DISTRICT, NOW, client_of, running_node, settings_for

PAGES = [
    "/open/",
    "/open/guide",
    "/open/rules",
    "/open/reports",
    "/open/requests",
    "/open/categories/05",
    "/open/categories/0502",
]
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.mark.parametrize("path", PAGES)
async def test_every_column_answers_everybody_without_a_cookie(world: World, path: str) -> None:
    answer = await world.client().get(path)
    assert answer.status_code == 200
    assert "set-cookie" not in answer.headers
    assert answer.headers["cache-control"] == "public, max-age=60"
    assert all(name in answer.text for name in ("公开指南", "公开制度", "法定主动公开内容", "公开年报", "依申请公开"))


@pytest.mark.parametrize("path", [*PAGES, "/open/feed.xml", "/open/sitemap.xml", "/open/api/v1/information"])
async def test_who_has_it_already_is_told_so_until_something_changes(world: World, path: str) -> None:
    await world.published()
    client = world.client()
    first = await client.get(path)
    again = await client.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    await world.published(title="又一条公开信息")
    after = await client.get(path, headers={"If-None-Match": first.headers["etag"]})
    is_standing = path.rsplit("/", 1)[-1] in {"guide", "rules", "reports", "requests"}
    assert after.status_code == (304 if is_standing else 200)


async def test_two_characters_find_a_text_and_are_marked(world: World) -> None:
    await world.published()
    await world.published(title="秋粮收购进展", body="收购秋粮3.2万吨。")
    found = (await world.client().get("/open/", params={"q": "塘坝"})).text
    assert "<mark>塘坝</mark>" in found
    assert "秋粮收购" not in found
    none = await world.client().get("/open/", params={"q": "高铁"})
    assert none.status_code == 200
    assert "没有找到" in none.text
    by_number = (await world.client().get("/open/api/v1/information", params={"q": "00410100/2026-00002"})).json()
    assert [one["title"] for one in by_number["items"]] == ["秋粮收购进展"]


async def test_the_catalogue_leads_to_what_stands_in_it(world: World) -> None:
    await world.published(title="动态一条", category_id="0502")
    await world.published(title="预算一条", category_id="0901")
    work = (await world.client().get("/open/categories/05")).text
    assert "动态一条" in work
    assert "预算一条" not in work
    assert "还没有公开信息" in (await world.client().get("/open/categories/03")).text
    assert (await world.client().get("/open/categories/99")).status_code == 404


async def test_the_list_is_turned_page_by_page(world: World) -> None:
    for n in range(23):
        await world.published(title=f"第{n:02d}条", body="正文")
    first = (await world.client().get("/open/")).text
    assert first.count('class="document-list"') == 1
    following = first.split('rel="next" href="')[1].split('"')[0]
    second = (await world.client().get(following.replace("&amp;", "&"))).text
    titles = {f"第{n:02d}条" for n in range(23)}
    on_first = {title for title in titles if title in first}
    on_second = {title for title in titles if title in second}
    assert (len(on_first), len(on_second)) == (20, 3)
    assert on_first | on_second == titles
    assert (await world.client().get("/open/?cursor=%FF")).status_code == 422


async def test_an_annual_report_stands_in_its_own_column(world: World) -> None:
    assert "还没有公布年度报告" in (await world.client().get("/open/reports")).text
    await world.published(title="云岭区2025年政府信息公开工作年度报告", category_id="0509")
    assert "2025年政府信息公开工作年度报告" in (await world.client().get("/open/reports")).text


async def test_the_guide_names_the_office_as_the_law_asks(world: World) -> None:
    page = (await world.client().get("/open/guide")).text
    wanted = ["云岭区人民政府办公室", "办公地址", "办公时间", "联系电话", "传真号码", "电子邮箱"]
    assert all(word in page for word in wanted)


async def test_the_feed_is_well_formed_whatever_stands_in_it(world: World) -> None:
    published = await world.published(title="<b>&</b> 公示 ]]>", body="正文 & <x>")
    answer = await world.client().get("/open/feed.xml")
    assert answer.headers["content-type"].startswith("application/atom+xml")
    feed = ET.fromstring(answer.content)
    entries = feed.findall(f"{ATOM}entry")
    assert [entry.findtext(f"{ATOM}title") for entry in entries] == ["<b>&</b> 公示 ]]>"]
    link = entries[0].find(f"{ATOM}link")
    assert link is not None
    assert link.get("href", "").endswith(published["url"])
    ET.fromstring((await world.client().get("/open/sitemap.xml")).content)


async def test_a_list_loads_the_beginning_of_a_long_text_and_no_more(world: World) -> None:
    await world.published(title="长文", body="塘坝" + "水" * 60_000, summary="")
    async with world.database.reading() as session:
        [shown] = (await list_public(session, PublicListing())).rows
        assert "body" in inspect(shown).unloaded
        assert [len(text) for text in (await find_beginnings(session, [shown], 200)).values()] == [200]
    found = (await world.client().get("/open/", params={"q": "塘坝"})).text
    assert "<mark>塘坝</mark>水水" in found
    feed = ET.fromstring((await world.client().get("/open/feed.xml")).content)
    assert [len(one.text or "") for one in feed.iter(f"{ATOM}summary")] == [200]


async def test_large_print_keeps_the_search(world: World) -> None:
    page = (await world.client().get("/open/", params={"q": "塘坝", "size": "large"})).text
    assert 'data-size="large"' in page
    assert "?q=%E5%A1%98%E5%9D%9D&amp;size=normal" in page


async def test_no_link_of_the_portal_leads_nowhere(world: World) -> None:
    published = await world.published()
    client, seen, waiting = world.client(), set(), ["/open/", published["url"]]
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        answer = await client.get(path)
        assert answer.status_code == 200, path
        parts = answer.text.split('href="')[1:]
        links = {part.split('"')[0].split("#")[0] for part in parts}
        waiting += [link for link in links if link.startswith("/open")]
    assert len(seen) > 20


async def test_the_portal_alone_shows_what_was_published_and_has_no_office(
    world: World, database_kind: str, tmp_path: Path
) -> None:
    published = await world.published()
    async with world.database.reading() as session:
        told = list(await session.execute(select(OUTBOX).where(OUTBOX.c.topic == "district.disclosure.information")))
    messages = [Message(row.topic, f"0:{row.id}", to_headers(envelope_of(row)), bytes(row.body)) for row in told]
    url = "" if database_kind == "sqlite" else str(world.database.url.render_as_string(hide_password=False))
    settings = settings_for(DISTRICT, tmp_path / "outside", database_url=url)
    async with running_node([portal_service()], settings, clock=lambda: NOW) as outside:
        inbox = Inbox(
            outside.contexts["portal"].database, PORTAL_LISTENS_TO, consumer="portal.routine", prefix="district",
            clock=lambda: NOW,
        )  # fmt: skip
        await inbox.receive(messages)
        await inbox.receive(messages)
        async with client_of(outside) as citizen:
            found = (await citizen.get("/open/api/v1/information", params={"q": "塘坝"})).json()["items"]
            assert [one["url"] for one in found] == [published["url"]]
            assert (await citizen.get(published["url"])).status_code == 200
            assert (await citizen.get("/disclosure/api/v1/information")).status_code == 404
            assert (await citizen.get("/portal/api/v1/information")).status_code == 404


async def test_the_port_for_citizens_shows_the_portal_and_nothing_else(tmp_path: Path) -> None:
    settings = settings_for(DISTRICT, tmp_path).model_copy(update={"port": 8112, "inside_port": 8113})
    async with running_node([portal_service()], settings) as outside:
        transport = httpx.ASGITransport(app=outside.app, raise_app_exceptions=False)
        async with (
            httpx.AsyncClient(transport=transport, base_url="http://open.test:8112") as citizen,
            httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8113") as monitoring,
        ):
            for path in ("/open/", "/open/api/v1/information", "/livez", "/static/base.css"):
                assert (await citizen.get(path)).status_code == 200, path
            for path in INSIDE_ONLY:
                assert (await citizen.get(path)).status_code == 404, path
                assert (await citizen.head(path)).status_code == 404, path
            for path in ("/metrics", "/openapi.json", "/portal/openapi.json"):
                assert (await monitoring.get(path)).status_code == 200, path


@pytest.mark.parametrize(
    ("known", "named", "caching"),
    [
        ({"public_url": "https://open.yunling.gov.test"}, "https://open.yunling.gov.test/open/", "public, max-age=60"),
        ({"node_url": "http://node.test:8102/"}, "http://node.test:8102/open/", "public, max-age=60"),
        ({}, "http://evil.test/open/", "private, max-age=60"),
    ],
)
async def test_links_of_the_feed_and_the_sitemap_are_not_the_callers_choice_where_others_get_them(
    known: dict[str, str], named: str, caching: str, tmp_path: Path
) -> None:
    settings = settings_for(DISTRICT, tmp_path).model_copy(update=known)
    async with running_node([portal_service()], settings) as outside:
        transport = httpx.ASGITransport(app=outside.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://evil.test") as citizen:
            for path in ("/open/feed.xml", "/open/sitemap.xml"):
                answer = await citizen.get(path)
                assert f">{named}<" in answer.text
                assert ("evil.test" in answer.text) is (not known)
                again = await citizen.get(path, headers={"If-None-Match": answer.headers["etag"]})
                assert [one.headers["cache-control"] for one in (answer, again)] == [caching] * 2


@pytest.mark.parametrize(
    "text", ["open.gov.test", "ftp://open.gov.test", "https://", "https://open.gov.test/open/?a=b"]
)
def test_what_is_no_address_is_refused_at_the_start(text: str) -> None:
    with pytest.raises(ValidationError):
        Settings(public_url=text)


INSIDE_ONLY = [
    "/metrics", "//metrics", "/openapi.json", "/portal/openapi.json", "/asyncapi.json", "/version", "/portal/events",
    "/portal/api/v1/progress", "/portal/internal/told", "/openings", "/open/../metrics",
]  # fmt: skip


FOR_MACHINES = ("/metrics", "/openapi.json", "/disclosure/openapi.json", "/asyncapi.json")


@pytest.mark.parametrize(("address", "status"), [("127.0.0.1", 200), ("10.3.0.7", 200), ("192.0.2.7", 404)])
async def test_an_office_shows_its_own_metrics_to_its_monitoring_alone(
    address: str, status: int, tmp_path: Path
) -> None:
    settings = settings_for(DISTRICT, tmp_path).model_copy(update={"monitoring_from": "127.0.0.0/8,10.3.0.0/16"})
    async with running_node([disclosure_service()], settings) as office:
        transport = httpx.ASGITransport(app=office.app, client=(address, 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://office.test:8102") as client:
            for path in FOR_MACHINES:
                assert (await client.get(path)).status_code == status, path
                assert (await client.head(path)).status_code == status, path
            assert (await client.get("/open/")).status_code == 200
