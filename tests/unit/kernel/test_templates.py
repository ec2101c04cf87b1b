"""The pages' shells and components: they render, they escape, they keep the content security policy."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from http.cookies import SimpleCookie
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree as ET

import pytest
from fastapi import FastAPI, Request
from httpx import ASGITransport, AsyncClient
from jinja2 import UndefinedError
from markupsafe import Markup
from starlette.middleware.base import RequestResponseEndpoint
from starlette.responses import Response

from services.kernel.language.calendar import duration_zh
from services.kernel.language.vocabulary import InfoType, Level, Role
from services.kernel.runtime.pages import prose, wording
from services.kernel.runtime.pages.flash import messages_in
from services.kernel.runtime.pages.navigation import navigation, portal_columns
from services.kernel.runtime.pages.templating import (
    KERNEL_DIR,
    STATIC_DIR,
    Masthead,
    as_options,
    back_to,
    error_page,
    make_templates,
    page,
)
from services.kernel.runtime.pages.trend import trend_plot
from tests.unit.kernel.gallery.samples import FLASH, NOW, PAGES, shell

GALLERY = Path(__file__).parent / "gallery"
TEMPLATES = make_templates(GALLERY)
COMPONENTS = sorted((KERNEL_DIR / "templates" / "components").glob("*.html"))


def render(source: str) -> str:
    """A snippet with the components at hand, as a page would have them."""
    ui = TEMPLATES.environment.get_template("kernel/_components.html").make_module(shell())
    return TEMPLATES.environment.from_string(source).render(ui=ui, **shell())


def sample(name: str) -> str:
    return TEMPLATES.render(name, **(shell() | PAGES[name]))


@pytest.mark.parametrize("name", sorted(PAGES))
def test_a_sample_page_keeps_the_content_security_policy(name: str) -> None:
    html = sample(name)
    assert not re.search(r"\sstyle\s*=", html), "style attributes are forbidden"
    assert not re.search(r"\son[a-z]+\s*=", html), "inline event handlers are forbidden"
    assert not re.search(r"<style\b", html)
    assert not re.search(r"<script(?![^>]*\ssrc=)", html), "inline scripts are forbidden"
    for address in re.findall(r'\s(?:href|src|action)="([^"]*)"', html):
        assert address.startswith(("/", "?", "#")), f"outside host: {address}"


@pytest.mark.parametrize("name", sorted(PAGES))
def test_a_sample_page_is_well_formed_and_labelled(name: str) -> None:
    html = sample(name)
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert len(ids) == len(set(ids)), "an id twice"
    for target in re.findall(r'\s(?:for|aria-labelledby|aria-describedby)="([^"]+)"', html):
        assert set(target.split()) <= set(ids), f"nothing has the id {target}"
    for symbol in re.findall(r'<use href="#([^"]+)"', html):
        assert symbol in ids, f"no such icon: {symbol}"
    assert html.count("<h1") == 1
    assert html.count('id="main"') == 1


@pytest.mark.parametrize("name", sorted(PAGES))
def test_every_posted_form_carries_the_token_and_a_key_against_double_clicks(name: str) -> None:
    for form in re.findall(r'<form[^>]*method="post".*?</form>', sample(name), re.DOTALL):
        assert 'name="csrf_token" value="csrf-of-this-session"' in form
        assert "data-sign-out" in form or 'name="idempotency_key"' in form


@pytest.mark.parametrize("name", sorted(PAGES))
def test_no_form_contains_another(name: str) -> None:
    depth = 0
    for tag in re.findall(r"<form\b|</form>", sample(name)):
        depth += 1 if tag == "<form" else -1
        assert depth in {0, 1}


@pytest.mark.parametrize("path", COMPONENTS, ids=lambda path: path.stem)
def test_every_component_is_offered_documented_and_used_in_the_gallery(path: Path) -> None:
    source = path.read_text()
    index = (KERNEL_DIR / "templates" / "_components.html").read_text()
    used = "".join(one.read_text() for one in [*GALLERY.glob("*.html"), *COMPONENTS])
    documentation = source.split("#}")[0]
    for name in re.findall(r"{% macro ([a-z]\w*)\(", source):
        assert f"set {name} = {path.stem}.{name}" in index, f"ui.{name} is missing"
        assert re.search(rf"\b{name}\b", documentation), f"{name} has no usage line"
        calls = re.findall(rf"(?<!macro )\b{name}\(", used.replace(documentation, ""))
        assert calls, f"{name} is in no sample page"


def test_every_template_of_the_kernel_compiles() -> None:
    root = KERNEL_DIR / "templates"
    for path in root.rglob("*.html"):
        TEMPLATES.environment.get_template(f"kernel/{path.relative_to(root)}")


def test_the_icons_are_well_formed() -> None:
    source = (KERNEL_DIR / "templates" / "_icons.html").read_text().split("#}")[1]
    root = ET.fromstring(source)
    assert len(root[0]) > 20


def test_no_file_of_ours_asks_an_outside_host() -> None:
    for path in STATIC_DIR.glob("*.*"):
        text = path.read_text().replace("http://www.w3.org/2000/svg", "")
        assert "http:" not in text, path.name
        assert "https:" not in text, path.name
        assert "//cdn" not in text, path.name


def test_what_people_write_is_escaped_everywhere() -> None:
    attack = "<script>alert(1)</script>"
    html = render(
        "{% set attack = '"
        + attack
        + "' %}{{ ui.badge(attack) }}{{ ui.field('x', attack, attack, hint=attack, error=attack) }}"
        "{{ ui.text(attack) }}{{ attack | phrase }}{{ ui.facts([(attack, attack)]) }}{{ ui.banner(attack) }}"
        "{{ ui.checklist([{'state': 'ok', 'text': attack}]) }}{{ ui.textarea('y', attack, '</textarea>' ~ attack) }}"
    )
    assert "<script>" not in html
    assert html.count("</textarea>") == 1


def test_an_unknown_name_is_an_error_not_a_blank() -> None:
    with pytest.raises(UndefinedError):
        render("{{ titel }}")


def test_a_blocked_button_posts_nothing_and_points_at_the_reasons() -> None:
    html = render("{{ ui.action_button('签发', '/review/1/sign', version=4, blocked_by='why') }}")
    assert "<form" not in html
    assert 'aria-disabled="true" aria-describedby="why"' in html


def test_an_action_carries_the_version_it_was_offered_for() -> None:
    html = render("{{ ui.action_button('签发', '/review/1/sign', version=4) }}")
    assert '<input type="hidden" name="version" value="4">' in html


def test_each_rendered_button_has_its_own_key() -> None:
    html = render("{{ ui.action_button('甲', '/a') }}{{ ui.action_button('乙', '/b') }}")
    keys = re.findall(r'name="idempotency_key" value="([^"]+)"', html)
    assert len(set(keys)) == 2


def test_a_select_takes_a_vocabulary_and_marks_the_chosen_code() -> None:
    html = render("{{ ui.select('info_type', '类型', types, 'problem') }}".replace("types", "['problem']"))
    assert 'value="problem" selected' in html
    options = as_options(InfoType)
    assert (options[0].value, options[0].label) == ("dynamic", "动态类")
    assert as_options([(1, "一", "说明")])[0].note == "说明"


def test_a_share_outside_its_bounds_stays_in_the_bar() -> None:
    assert 'width="100"' in render("{{ ui.progress(9, 6) }}")
    assert 'width="0"' in render("{{ ui.progress(1, 0) }}")


def test_dates_and_times_are_those_of_a_clock_in_china() -> None:
    late = datetime(2026, 11, 23, 16, 30, tzinfo=UTC)
    now = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
    assert wording.zh_date(late) == "2026年11月24日"
    assert wording.zh_date(late, now) == "11月24日"
    assert wording.zh_date(date(2025, 12, 31), now) == "2025年12月31日"
    assert wording.zh_time(late) == "00:30"
    assert wording.zh_datetime(late, now) == "今天 00:30"
    assert wording.zh_datetime(late - timedelta(hours=1), now) == "昨天 23:30"
    assert wording.zh_datetime(late - timedelta(days=90), now) == "8月26日 00:30"
    assert wording.zh_short(late, now) == "00:30"
    assert wording.zh_short(late - timedelta(days=3), now) == "21日 00:30"
    assert wording.zh_date(None) == wording.zh_datetime(None, now) == "—"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(18, "18秒"), (2520, "42分"), (5160, "1时26分"), (10800, "3小时"), (97200, "1天3小时"), (172800, "2天")],
)
def test_a_span_is_told_in_its_two_largest_units(seconds: int, words: str) -> None:
    assert duration_zh(seconds) == words


@pytest.mark.parametrize(
    ("hours", "tone", "words"),
    [
        (-1, "solid", "超 1小时"),
        (1.5, "solid", "剩 1时30分"),
        (3, "red", "剩 3小时"),
        (7, "amber", "剩 7小时"),
        (9, "", "剩 9小时"),
    ],
)
def test_a_deadline_grows_louder_as_it_comes_nearer(hours: float, tone: str, words: str) -> None:
    due_at = NOW + timedelta(hours=hours)
    assert wording.due_tone(due_at, NOW) == tone
    assert wording.time_left(due_at, NOW) == words


def test_sizes_are_told_in_plain_units() -> None:
    assert wording.filesize(412) == "412 字节"
    assert wording.filesize(47104) == "46 KB"
    assert wording.filesize(13_000_000) == "12.4 MB"


@pytest.mark.parametrize(
    ("line", "level"),
    [
        ("一、基本情况", "h1"),
        ("十二、建议", "h1"),
        ("（一）转移安置", "h2"),
        ("(二)抢险", "h2"),
        ("1.加强值守", "h3"),
        ("2、落实", "h3"),
        ("第一章 总则", "chapter"),
        ("第十二条 为规范管理", "article"),
        ("2026年预算增加120万元", ""),
        ("3.5万元已到位", ""),
        ("一是加强领导", ""),
    ],
)
def test_the_numbering_of_official_prose_is_recognised(line: str, level: str) -> None:
    assert prose.level_of(line) == level


def test_prose_becomes_escaped_paragraphs_with_their_numbering() -> None:
    html = prose.paragraphs("一、基本情况\n\n　　雨量<b>68</b>毫米\n（一）安置。已转移142户。")
    assert html == Markup(
        '<p class="prose-h1 is-heading">一、基本情况</p>\n<p>雨量&lt;b&gt;68&lt;/b&gt;毫米</p>\n'
        '<p class="prose-h2"><b>（一）安置。</b>已转移142户。</p>'
    )
    assert prose.paragraphs(None) == ""


def test_a_title_breaks_around_its_phrases() -> None:
    html = prose.phrase("云岭区关于印发《防汛<办法>》的通知")
    assert html == Markup(
        '<span class="phrase">云岭区</span><span class="phrase">关于印发</span>'
        '<span class="phrase">《防汛&lt;办法&gt;》</span><span class="phrase">的通知</span>'
    )
    assert prose.phrase("强降雨致内涝 已转移142户").count("phrase") == 2


@pytest.mark.parametrize(
    ("full_name", "level", "name", "place", "office"),
    [
        ("安澜市云岭区龙潭乡", Level.TOWNSHIP, "龙潭乡", "云岭区龙潭乡", "龙潭乡党政办公室"),
        ("安澜市云岭区", Level.COUNTY, "云岭区", "安澜市云岭区", "云岭区人民政府办公室"),
        ("安澜市", Level.CITY, "安澜市", "安澜市", "安澜市人民政府办公室"),
        ("安澜市云岭区新渡街道", Level.TOWNSHIP, "新渡街道", "云岭区新渡街道", "新渡街道党政办公室"),
        ("某节点", Level.COUNTY, "某节点", "某节点", "某节点人民政府办公室"),
    ],
)
def test_a_node_is_named_as_its_people_name_it(
    full_name: str, level: Level, name: str, place: str, office: str
) -> None:
    masthead = Masthead("n", full_name, level)
    assert (masthead.name, masthead.place, masthead.office_title) == (name, place, office)


def hrefs(*roles: Role, level: Level = Level.COUNTY) -> set[str]:
    return {item.href for group in navigation(roles, level) for item in group.items}


def test_each_role_sees_its_own_links_and_nothing_else() -> None:
    everybody = {"/", "/open/"}
    assert hrefs(Role.CLERK) - everybody == {
        "/intake/submissions/new", "/intake/submissions", "/review/answers", "/stats/scores",
    }  # fmt: skip
    assert hrefs(Role.REVIEWER) - everybody == {"/review/check", "/review/answers"}
    assert hrefs(Role.SIGNER) - everybody == {"/review/sign", "/review/answers"}
    assert {"/review/queue", "/review/issues", "/review/instructions"} <= hrefs(Role.EDITOR)
    assert hrefs(Role.PUBLISHER) - everybody == {"/disclosure/information"}
    assert hrefs(Role.ADMIN) - everybody == {
        "/exchange/links",
        "/exchange/events",
        "/exchange/erasures",
        "/directory/units",
        "/directory/calendar",
        "/directory/rulebooks",
        "/directory/audit",
    }


@pytest.mark.parametrize(
    ("path", "current"),
    [
        ("/", "工作台"),
        ("/intake/submissions/new", "写信息"),
        ("/intake/submissions/01", "我的稿件"),
        ("/somewhere", None),
    ],
)
def test_the_longest_link_that_leads_to_the_page_is_marked(path: str, current: str | None) -> None:
    groups = navigation([Role.CLERK], Level.TOWNSHIP, path=path)
    marked = [item.label for group in groups for item in group.items if item.current]
    assert marked == ([current] if current else [])


def test_the_portal_has_five_columns_and_marks_one() -> None:
    for path, label in (
        ("/open/", "法定主动公开内容"),
        ("/open/information/1", "法定主动公开内容"),
        ("/open/guide", "公开指南"),
    ):
        columns = portal_columns(path)
        assert len(columns) == 5
        assert [column.label for column in columns if column.current] == [label]


def test_a_line_chart_stays_in_its_box() -> None:
    plot = trend_plot(
        ["1月", "2月"], [{"name": "甲", "values": [41, -3]}, {"name": "乙", "values": [0, 900.5], "dashed": True}]
    )
    ys = [float(point.split(",")[1]) for line in plot.lines for point in line.points.split()]
    assert all(16 <= y <= 112 for y in ys)
    assert [tick.label for tick in plot.ticks] == ["1月", "2月"]
    assert trend_plot([], []).marks == ()


def make_app() -> FastAPI:
    app = FastAPI()
    app.state.templates = TEMPLATES
    app.state.node = SimpleNamespace(node_id="district", name="安澜市云岭区", level=Level.COUNTY)

    @app.middleware("http")
    async def sign_in(request: Request, call_next: RequestResponseEndpoint) -> Response:
        signed_in = request.headers.get("x-officer")
        request.state.officer = (
            SimpleNamespace(name="区政府办采编员", unit_name="信息科", roles={Role.EDITOR}) if signed_in else None
        )
        request.state.csrf = "token-1"
        return await call_next(request)

    @app.get("/review/queue")
    async def queue(request: Request) -> Response:
        return page(request, "home.html")

    @app.post("/review/act")
    async def act(request: Request) -> Response:
        return back_to("/review/queue", "已采用<入刊>。")

    @app.get("/open/missing")
    @app.get("/missing")
    async def missing(request: Request) -> Response:
        return error_page(
            request,
            404,
            "not_found",
            "没有找到这条记录。",
            details={"errors": [{"field": "author_phone", "message": "第一处"}]},
        )

    return app


def a_client(**cookies: str) -> AsyncClient:
    return AsyncClient(transport=ASGITransport(make_app()), base_url="http://node", cookies=cookies)


@pytest.fixture
async def client() -> AsyncIterator[AsyncClient]:
    async with a_client() as client:
        yield client


@pytest.mark.parametrize(
    ("undo", "offered"),
    [("/review/queue/01a22d10-a6c1-7082-a20b-c9b816331185/reopen", True), ("/logout", False), ("//elsewhere/x", False)],
)
def test_a_notice_takes_back_only_what_was_done_to_one_thing(undo: str, *, offered: bool) -> None:
    cookie = SimpleCookie(back_to("/review/queue", "已留作备用。", undo=undo, version=3).headers["set-cookie"])
    (message,) = messages_in(cookie["flash"].value)
    assert (message.text, message.undo, message.version) == ("已留作备用。", undo if offered else "", 3)


async def test_a_page_knows_its_officer_and_its_place(client: AsyncClient) -> None:
    html = (await client.get("/review/queue", headers={"x-officer": "yes"})).text
    assert "区政府办采编员" in html
    assert '<a href="/review/queue" aria-current="page">' in html
    assert "安澜市云岭区政务信息平台" in html


async def test_what_an_action_says_is_shown_once(client: AsyncClient) -> None:
    answer = await client.post("/review/act", follow_redirects=False)
    assert answer.status_code == 303
    assert "HttpOnly" in answer.headers["set-cookie"]
    headers = {"x-officer": "yes"}
    await client.get("/review/queue", headers=headers | {"HX-Request": "true"})  # the page that is still open
    assert "已采用&lt;入刊&gt;。" in (await client.get("/review/queue", headers=headers)).text
    assert "已采用" not in (await client.get("/review/queue", headers=headers)).text


@pytest.mark.parametrize("cookie", ["", "nonsense", "e30=", "W10=", "bnVsbA=="])
async def test_a_tampered_message_is_ignored(cookie: str) -> None:
    async with a_client(flash=cookie) as client:
        assert (await client.get("/review/queue", headers={"x-officer": "yes"})).status_code == 200


@pytest.mark.parametrize(
    ("path", "officer", "landmark"),
    [("/missing", "yes", "app-nav"), ("/missing", "", "plain-brand"), ("/open/missing", "", "site-foot")],
)
async def test_an_error_keeps_the_shell_that_the_reader_knows(
    client: AsyncClient, path: str, officer: str, landmark: str
) -> None:
    answer = await client.get(path, headers={"x-officer": officer})
    assert answer.status_code == 404
    assert landmark in answer.text
    assert answer.text.count('id="main"') == 1
    assert "没有找到这条记录。" in answer.text
    assert 'data-code="not_found"' in answer.text
    assert "第一处" in answer.text
    assert not re.search(r"[a-z]+_[a-z]+", re.sub(r"<[^>]*>", "", answer.text)), "a page shows people no code"


async def test_only_our_own_pages_are_offered_as_the_way_back(client: AsyncClient) -> None:
    own = (await client.get("/missing", headers={"referer": "http://node/review/queue"})).text
    assert 'href="http://node/review/queue"' in own
    assert "evil" not in (await client.get("/missing", headers={"referer": "http://evil.example/"})).text


async def test_the_size_of_the_portal_is_remembered_and_can_be_asked_for(client: AsyncClient) -> None:
    assert 'data-size="large"' in (await client.get("/open/missing?size=large")).text
    assert 'href="?q=1&amp;size=large"' in (await client.get("/open/missing?q=1")).text
    async with a_client(size="large") as elder:
        assert 'data-size="large"' in (await elder.get("/open/missing")).text
        assert 'data-size="large"' not in (await elder.get("/open/missing?size=normal")).text


def test_messages_stand_above_the_page() -> None:
    html = TEMPLATES.render("home.html", **(shell() | PAGES["home.html"] | {"flash": FLASH}))
    assert html.index("已提交审核人。") < html.index("<h1>")
