"""The pages: signing in by form, the home page and what services have on it, administration without script."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import httpx
import pytest
from fastapi import APIRouter
from fastapi.responses import JSONResponse
from sqlalchemy import MetaData

from services.directory.actions import days, officers, units
from services.directory.actions.demo import demo_officer_id, demo_unit_id, seed_demo
from services.directory.app import directory_service
from services.directory.model import NewDays, NewUnit
from services.directory.policy.sign_in import way_back
from services.kernel.language.refusal import NotPermitted
from services.kernel.language.vocabulary import DayKind, Role, UnitKind
from services.kernel.runtime.pages.agenda import Agenda, Card, Figure, News, Task
from services.kernel.runtime.service import Service, ServiceContext
from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.storing.transaction import Transaction
from services.kernel.runtime.web.dependencies import Me
from services.kernel.runtime.web.identity import Officer
from tests.integration.directory.conftest import PASSWORD, Clock, Directory
from tests.support.service import DISTRICT, client_of, officer, running_node, settings_for

BROWSER = {"Accept": "text/html"}


async def sign_in_by_form(
    client: httpx.AsyncClient, username: str, password: str = PASSWORD, next_: str = ""
) -> httpx.Response:
    """Open the sign-in page and post its form, as a browser does."""
    page = await client.get("/login", params={"next": next_} if next_ else {}, headers=BROWSER)
    assert page.status_code == 200
    form = hidden_fields(page.text) | {"username": username, "password": password}
    return await client.post("/login", data=form, headers=BROWSER)


def hidden_fields(html: str) -> dict[str, str]:
    """The hidden fields of the first form of a page."""
    return dict(
        re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', html.split("</form>", maxsplit=1)[0])
    )


def csrf(html: str) -> str:
    return re.findall(r'name="csrf_token" value="([^"]+)"', html)[0]


@pytest.fixture
async def browser(directory: Directory) -> AsyncIterator[httpx.AsyncClient]:
    """A browser in which the administrator has signed in."""
    async with directory.stranger() as client:
        client.headers.update(BROWSER)
        answer = await sign_in_by_form(client, "admin")
        assert answer.status_code == 303
        yield client


async def test_signing_in_sets_cookies_that_scripts_cannot_read(directory: Directory) -> None:
    async with directory.stranger() as client:
        answer = await sign_in_by_form(client, "editor", next_="/directory/units?x=1")
        assert (answer.status_code, answer.headers["location"]) == (303, "/directory/units?x=1")
        cookies = answer.headers.get_list("set-cookie")
        for name, lasts_s in (("shangda_token", 600), ("shangda_session", 43_200)):
            cookie = next(one for one in cookies if one.startswith(f"{name}="))
            assert "HttpOnly" in cookie
            assert "samesite=lax" in cookie.lower()
            assert f"Max-Age={lasts_s}" in cookie
        home = await client.get("/", headers=BROWSER)
        assert home.status_code == 200
        assert "顾清扬" in home.text


async def test_a_refused_sign_in_keeps_the_username_and_never_the_password(directory: Directory) -> None:
    async with directory.stranger() as client:
        answer = await sign_in_by_form(client, "editor", "wrong-pass-word", next_="/directory/units")
    assert answer.status_code == 401
    assert "再错 4 次，就要等一会儿才能再试" in answer.text
    assert 'value="editor"' in answer.text
    assert "wrong-pass-word" not in answer.text
    assert 'name="next" value="/directory/units"' in answer.text
    assert "本系统为非涉密系统" in answer.text


async def test_a_guesser_is_told_how_long_to_wait(directory: Directory) -> None:
    async with directory.stranger() as client:
        for _ in range(5):
            answer = await sign_in_by_form(client, "editor", "wrong-pass-word")
        assert answer.status_code == 429
        assert "请 30 秒后再试" in answer.text
        directory.clock.pass_by(seconds=20)
        assert "请 10 秒后再试" in (await sign_in_by_form(client, "editor")).text


HOSTILE_USERNAMES: list[str] = [
    "<script>alert(1)</script>",
    "{{ 7*7 }}",
    '"><img src=x>',
    "编辑",
    "",
    "x" * 500,
]


async def test_hostile_usernames_come_back_as_text(directory: Directory) -> None:
    for username in HOSTILE_USERNAMES:
        async with directory.stranger() as client:
            answer = await sign_in_by_form(client, username, "x")
        assert answer.status_code == 422
        assert "<script>alert" not in answer.text
        assert "<img src=x>" not in answer.text
        assert "49" not in re.findall(r'id="f-username"[^>]*value="([^"]*)"', answer.text)


ELSEWHERE: list[str] = [
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example",
    "\\\\evil.example",
    "javascript:alert(1)",
    "/\t/evil.example",
    " /directory",
    "/a\r\nSet-Cookie: x=1",
    "evil",
    "/login?next=/login",
    "/" + "a" * 600,
]


async def test_nobody_is_sent_to_another_site(directory: Directory) -> None:
    for asked in ELSEWHERE:
        assert way_back(asked) == "/"
        async with directory.stranger() as client:
            answer = await sign_in_by_form(client, "editor", next_=asked)
            assert (answer.status_code, answer.headers["location"]) == (303, "/")
            again = await client.get("/login", params={"next": asked}, headers=BROWSER)
            assert (again.status_code, again.headers["location"]) == (303, "/")


async def test_a_stranger_is_asked_to_sign_in_and_brought_back(directory: Directory) -> None:
    async with directory.stranger() as client:
        answer = await client.get("/directory/officers?role=clerk", headers=BROWSER)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/login?next=/directory/officers%3Frole%3Dclerk"


async def test_a_session_is_renewed_silently_and_signing_out_ends_it(directory: Directory) -> None:
    async with directory.stranger() as client:
        await sign_in_by_form(client, "editor")
        old = client.cookies["shangda_token"]
        directory.clock.pass_by(hours=1)
        home = await client.get("/", headers=BROWSER)
        assert home.status_code == 200
        assert client.cookies["shangda_token"] != old
        session = client.cookies["shangda_session"]
        assert (await client.post("/logout", headers=BROWSER)).status_code == 403
        out = await client.post("/logout", data={"csrf_token": csrf(home.text)}, headers=BROWSER)
        assert (out.status_code, out.headers["location"]) == (303, "/login")
        assert "shangda_session" not in client.cookies
        assert (await client.get("/", headers=BROWSER)).status_code == 303
        client.cookies.set("shangda_session", session)
        assert (await client.get("/", headers=BROWSER)).status_code == 303


async def test_a_form_from_another_site_is_refused(directory: Directory) -> None:
    async with directory.stranger() as client:
        form = {"username": "editor", "password": PASSWORD}
        answer = await client.post("/login", data=form, headers=BROWSER | {"Origin": "https://evil.example"})
    assert answer.status_code == 403


async def test_the_demo_password_is_refused_outside_the_demo(tmp_path: Path, node_database_url: str) -> None:
    settings = settings_for(DISTRICT, tmp_path, database_url=node_database_url)
    real = settings.model_copy(update={"demo": False})
    async with running_node([directory_service()], real, clock=Clock()) as process:
        async with process.contexts["directory"].database.transaction(Clock()()) as tx:
            await seed_demo(tx, settings)
        async with client_of(process) as client:
            body = {"username": "editor", "password": PASSWORD}
            answer = await client.post("/directory/api/v1/tokens", json=body)
            assert (answer.status_code, answer.json()["code"]) == (403, "demo_account_refused")
            page = await sign_in_by_form(client, "editor")
            assert page.status_code == 403
            assert "演示口令只能在演示环境使用" in page.text
            assert "shangda-demo" not in page.text


async def test_every_page_of_the_administration_opens(browser: httpx.AsyncClient) -> None:
    office, editor = demo_unit_id("district"), demo_officer_id("district", "editor")
    paths = [
        "units", f"units/{office}", "officers", "officers/new", f"officers/{editor}", "officers?q=水&role=clerk&unit=x&after=~",
        "peers", "calendar", "calendar?year=2027", "calendar?year=2026&day=2026-10-01", "password",
    ]  # fmt: skip
    for path in paths:
        answer = await browser.get(f"/directory/{path}")
        assert answer.status_code == 200, path
        assert "text/html" in answer.headers["content-type"]
    assert "放假安排尚未公布" in (await browser.get("/directory/calendar?year=2027")).text


async def test_a_unit_form_that_fails_keeps_what_was_typed(browser: httpx.AsyncClient) -> None:
    page = await browser.get("/directory/units")
    form = {"csrf_token": csrf(page.text), "name": "云岭区水利局", "short_name": "<b>水利</b>", "kind": "bureau"}
    answer = await browser.post("/directory/units", data=form)
    assert answer.status_code == 409
    assert "已有同名单位" in answer.text
    assert "&lt;b&gt;水利&lt;/b&gt;" in answer.text
    answer = await browser.post("/directory/units", data=form | {"name": "", "kind": "palace"})
    assert answer.status_code == 422
    assert answer.text.count("请填写全称。") == 2, "in the list of what is wrong, and at its field"
    made = await browser.post("/directory/units", data=form | {"name": "云岭区教育局", "idempotency_key": "once"})
    twice = await browser.post("/directory/units", data=form | {"name": "云岭区教育局", "idempotency_key": "once"})
    assert (made.status_code, twice.status_code) == (303, 303)
    assert "云岭区教育局" in (await browser.get("/directory/units")).text


async def test_an_officer_is_changed_and_released_by_form(directory: Directory, browser: httpx.AsyncClient) -> None:
    editor = await directory.officer("editor")
    where = f"/directory/officers/{demo_officer_id('district', 'editor')}"
    form = hidden_fields((await browser.get(where)).text.split('class="wide-form"')[1])
    typed = {
        "name": "顾清扬",
        "unit_id": str(demo_unit_id("district")),
        "roles": ["editor", "chief"],
        "section": "信息科",
    }
    assert (await browser.post(where, data=form | typed | {"is_active": "1"})).status_code == 303
    assert (await editor.get("/directory/api/v1/officers/me")).status_code == 401  # the token says what he was
    editor = await directory.officer("editor")
    assert (await editor.get("/directory/api/v1/officers/me")).json()["roles"] == ["editor", "chief"]
    stale = await browser.post(where, data=form | typed | {"idempotency_key": "other"})
    assert stale.status_code == 412
    assert "已有变动" in stale.text
    assert (await editor.get("/directory/api/v1/officers/me")).status_code == 200
    form = hidden_fields((await browser.get(where)).text.split('class="wide-form"')[1])
    assert (await browser.post(where, data=form | typed)).status_code == 303
    assert (await editor.get("/directory/api/v1/officers/me")).status_code == 401


async def test_a_pasted_card_is_confirmed_by_its_fingerprint(browser: httpx.AsyncClient, tmp_path: Path) -> None:
    from services.directory.actions.neighbours import card_fingerprint
    from services.directory.model import PeerCard
    from tests.integration.directory.test_administration import card_of

    page = await browser.get("/directory/peers")
    assert "&#34;node_id&#34;: &#34;district&#34;" in page.text
    form = {"csrf_token": csrf(page.text)}
    for pasted in ("", "hello", "[]", "{}", "9" * 9000, "[" * 5000):
        refused = await browser.post("/directory/peers/card", data=form | {"card": pasted})
        assert refused.status_code == 422
        assert "名片" in refused.text
    card = PeerCard.model_validate(card_of(tmp_path))
    confirm = await browser.post("/directory/peers/card", data=form | {"card": card.model_dump_json()})
    assert confirm.status_code == 200
    assert card_fingerprint(card) not in confirm.text
    answer = form | {"card": card.model_dump_json(), "system": "government"}
    wrong = await browser.post("/directory/peers", data=answer | {"fingerprint": "AAAA"})
    assert (wrong.status_code, "指纹与名片不符" in wrong.text) == (409, True)
    right = await browser.post("/directory/peers", data=answer | {"fingerprint": card_fingerprint(card).lower()})
    assert right.status_code == 303
    assert "安澜市township" in (await browser.get("/directory/peers")).text


async def test_the_calendar_is_decided_by_form(browser: httpx.AsyncClient) -> None:
    page = await browser.get("/directory/calendar?year=2027&day=2027-01-01")
    assert 'aria-disabled="true"' in page.text
    assert "请先录入再标为已公布" in page.text, "the button says what the action would"
    form = {"csrf_token": csrf(page.text), "version": "0"}
    early = await browser.post("/directory/calendar/2027/announce", data=form | {"is_announced": "true"})
    assert (early.status_code, "请先录入" in early.text) == (409, True)
    spring = {"first": "2027-02-05", "last": "2027-02-11", "kind": "holiday", "name": "春节"}
    done = await browser.post("/directory/calendar/days", data=form | spring)
    assert done.status_code == 303
    page = await browser.get(done.headers["location"])
    assert "已设定2027年2月5日至2月11日：放假。" in page.text
    assert page.text.count("<small>春节</small>") == 7
    for wrong in ({"first": "yesterday"}, {"first": "1999-01-01"}, {"first": "9999-12-31"}, {"kind": "party"}):
        answer = await browser.post("/directory/calendar/days", data=form | {"version": "1"} | spring | wrong)
        assert answer.status_code in {404, 422}, wrong
    done = await browser.post("/directory/calendar/2027/announce", data=form | {"version": "1", "is_announced": "true"})
    assert done.status_code == 303
    assert "放假安排已公布" in (await browser.get("/directory/calendar?year=2027")).text


async def test_days_that_do_not_fit_come_back_in_one_sentence_and_none_is_set(browser: httpx.AsyncClient) -> None:
    page = await browser.get("/directory/calendar?year=2027")
    form = {"csrf_token": csrf(page.text), "version": "0", "kind": "makeup_workday", "name": "调休"}
    refused = await browser.post("/directory/calendar/days", data=form | {"first": "2027-02-19", "last": "2027-02-22"})
    assert refused.status_code == 422
    said = "2月19日（周五）、2月22日（周一）本来就上班，不能设为调休上班"
    assert refused.text.count(said) == 2, "in the list of what is wrong, and at its field"
    assert 'value="2027-02-22"' in refused.text
    assert "2027年" in refused.text, "the year stays in sight"
    assert "还没有设定" in (await browser.get("/directory/calendar?year=2027")).text


async def test_units_are_narrowed_sorted_and_handed_out_as_they_are_seen(browser: httpx.AsyncClient) -> None:
    page = (await browser.get("/directory/units?kind=bureau&sort=name")).text
    assert "/directory/units/export.xlsx?kind=bureau&amp;sort=name" in page
    listed = (await browser.get("/directory/units/export.csv?kind=bureau&sort=name")).text.splitlines()
    assert listed[0].startswith("\ufeff全称,简称,类别")
    assert len(listed) > 1
    assert all(",部门," in line for line in listed[1:])
    names = [line.split(",")[0] for line in listed[1:]]
    assert names == sorted(names)


async def test_a_password_that_another_has_set_is_changed_at_the_first_sign_in(
    directory: Directory, browser: httpx.AsyncClient
) -> None:
    given, own = "初次交给您的-2026", "只有我知道的-2026"
    form = {
        "csrf_token": csrf((await browser.get("/directory/officers/new")).text),
        "unit_id": str(demo_unit_id("district")),
    }
    new = {"username": "newcomer", "name": "新来", "roles": "clerk", "password": given}
    assert (await browser.post("/directory/officers", data=form | new)).status_code == 303
    async with directory.stranger() as client:
        client.headers.update(BROWSER)
        entered = await sign_in_by_form(client, "newcomer", given)
        assert (entered.status_code, entered.headers["location"]) == (303, "/directory/password")
        assert (await client.get("/")).headers["location"] == "/directory/password"
        page = (await client.get("/directory/password")).text
        assert "请先换成只有您知道的" in page
        changed = {"csrf_token": csrf(page), "old_password": given, "password": own, "again": own}
        assert (await client.post("/directory/password", data=changed)).status_code == 303
        assert (await client.get("/")).status_code == 200
    async with directory.stranger() as client:
        assert (await sign_in_by_form(client, "newcomer", own)).headers["location"] == "/"


async def test_who_may_not_change_reads_why_where_the_form_would_be(directory: Directory) -> None:
    async with directory.stranger() as client:
        client.headers.update(BROWSER)
        await sign_in_by_form(client, "editor")
        unit = (await client.get(f"/directory/units/{demo_unit_id('district')}")).text
        assert "单位由管理员登记和修改。" in unit
        assert 'name="short_name"' not in unit
        assert "工作日历由管理员设定。" in (await client.get("/directory/calendar")).text
    editor = officer(Role.EDITOR)
    acts: list[Callable[[Transaction], Awaitable[object]]] = [
        lambda tx: days.set_calendar_days(
            tx, NewDays(first=date(2027, 1, 1), kind=DayKind.HOLIDAY), version=0, by=editor
        ),
        lambda tx: days.announce_year(tx, 2026, version=1, by=editor),
        lambda tx: units.register_unit(tx, NewUnit(name="区教育局", kind=UnitKind.BUREAU), by=editor),
        lambda tx: officers.set_password(tx, demo_officer_id("district", "admin"), "hash", by=editor),
    ]
    for act in acts:
        with pytest.raises(NotPermitted):
            async with directory.database.transaction(directory.clock()) as tx:
                await act(tx)


async def test_an_officer_changes_the_own_password_by_form(directory: Directory) -> None:
    async with directory.stranger() as client:
        client.headers.update(BROWSER)
        await sign_in_by_form(client, "clerk")
        form = {"csrf_token": csrf((await client.get("/directory/password")).text)}
        new = {"old_password": PASSWORD, "password": "换个口令试试-2026", "again": "换个口令试试-2027"}
        differ = await client.post("/directory/password", data=form | new)
        assert (differ.status_code, "不一样" in differ.text) == (422, True)
        new["again"] = new["password"]
        wrong = await client.post("/directory/password", data=form | new | {"old_password": "no"})
        assert (wrong.status_code, "再错 4 次" in wrong.text) == (422, True)
        assert (await client.post("/directory/password", data=form | new)).status_code == 303
        assert (await client.get("/")).status_code == 200
    assert (await directory.sign_in("clerk", new["password"])).status_code == 200


def neighbour(name: str, answer: Callable[[Officer], Agenda]) -> Service:
    """A service that has nothing but an agenda."""

    async def read(_session: AsyncSession, me: Officer, _now: datetime, _context: ServiceContext) -> Agenda:
        return answer(me)

    return Service(name=name, title=name, metadata=MetaData(), migrations=directory_service().migrations, agenda=read)


def elsewhere(name: str, *, delay_s: float = 0.0, status: int = 200) -> Service:
    """A service as it is met over the network, late or failing."""
    router = APIRouter()

    @router.get("/api/v1/agenda")
    async def show(me: Me) -> JSONResponse:
        await asyncio.sleep(delay_s)
        return JSONResponse({"secret": "traceback"}, status_code=status)

    return Service(
        name=name, title=name, metadata=MetaData(), migrations=directory_service().migrations, routers=[router]
    )


def _fails(_me: Officer) -> Agenda:
    raise RuntimeError("secret traceback")


@asynccontextmanager
async def node_beside(tmp_path: Path, *services: Service) -> AsyncIterator[httpx.AsyncClient]:
    """The chief, signed in at a node of the directory and these services."""
    clock, settings = Clock(), settings_for(DISTRICT, tmp_path)
    async with running_node([directory_service(), *services], settings, clock=clock) as process:
        async with process.contexts["directory"].database.transaction(clock()) as tx:
            await seed_demo(tx, settings)
        async with client_of(process) as client:
            await sign_in_by_form(client, "chief")
            yield client


async def home_with(tmp_path: Path, *services: Service) -> str:
    """The chief's home page beside these services."""
    async with node_beside(tmp_path, *services) as client:
        answer = await client.get("/", headers=BROWSER)
        assert answer.status_code == 200
        refreshed = await client.get("/todo", headers=BROWSER)
        assert refreshed.text.strip().splitlines()[0] in answer.text
        return answer.text


async def test_home_shows_what_each_service_has_and_links_to_what_does_not_answer(tmp_path: Path) -> None:
    def waiting(me: Officer) -> Agenda:
        card = Card(what="签发", count=3, href="/review/issues", icon="book", note=me.name, menu="/review/issues")
        tasks = (
            Task(what="审稿", title="平常的稿件", href="/review/queue/1", due=datetime(2026, 11, 24, tzinfo=UTC)),
            Task(what="签收", title="漫堤险情", href="/review/queue/2", is_urgent=True),
        )
        news = News(text="已采用", title="旧稿", href="/x", source="市政府办", at=datetime(2026, 11, 23, tzinfo=UTC))
        return Agenda(cards=(card,), tasks=tasks, news=(news,), today=(Figure(label="今日到稿", count=47),))

    html = await home_with(tmp_path, neighbour("review", waiting), elsewhere("stats", delay_s=5.0))
    assert "秦望舒" in html
    assert html.index("漫堤险情") < html.index("平常的稿件")
    assert "今日到稿 <b>47</b>" in html
    assert "已采用：旧稿" in html
    assert '<span class="nav-count">3</span>' in html
    assert "签收紧急信息" in html
    assert "没有应答，点这里直接打开" in html
    assert 'href="/stats/scores"' in html
    assert "没有待办，" not in html


async def test_every_page_asks_for_its_menu_with_counts_and_for_the_bar_of_emergencies(tmp_path: Path) -> None:
    def waiting(_me: Officer) -> Agenda:
        urgent = Task(what="签收", title="漫堤险情", href="/review/queue/2", is_urgent=True)
        card = Card(what="审稿", count=2, href="/review/queue", icon="inbox", menu="/review/queue", is_urgent=True)
        return Agenda(cards=(card,), tasks=(urgent, urgent))

    async with node_beside(tmp_path, neighbour("review", waiting)) as client:
        page = (await client.get("/directory/units", headers=BROWSER)).text
        assert "/todo/menu?at=/directory/units" in page
        menu = (await client.get("/todo/menu?at=/review/queue", headers=BROWSER)).text
    assert '<span class="nav-count is-hot">2</span>' in menu
    assert 'href="/review/queue" aria-current="page"' in menu
    assert "漫堤险情（共 2 件）" in menu


async def test_home_says_plainly_when_there_is_nothing_to_do(tmp_path: Path) -> None:
    html = await home_with(tmp_path, neighbour("review", lambda _me: Agenda()), elsewhere("stats", status=404))
    assert "没有待办" in html
    assert "没有应答" not in html


async def test_a_service_that_fails_becomes_a_link(tmp_path: Path) -> None:
    html = await home_with(tmp_path, neighbour("review", _fails), elsewhere("stats", status=500))
    assert html.count("没有应答") == 2
    assert "traceback" not in html
