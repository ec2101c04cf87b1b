"""Requests made to make a node fail: each is refused with a code, none answers 5xx, and none leaves anything behind."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from prometheus_client import generate_latest
from sqlalchemy import select

from services.directory.actions.demo import demo_officer_id, demo_unit_id, seed_demo
from services.kernel.language.vocabulary import Role
from services.kernel.runtime.running.process import NodeProcess
from services.kernel.runtime.storing.tables import ANSWERED_REQUEST
from services.node import build_services
from tests.support.service import DISTRICT, NOW, client_of, officer, running_node, settings_for

ADMIN = officer(Role.ADMIN, Role.CLERK, Role.EDITOR, Role.STATISTICIAN)


@pytest.fixture
async def process(node_database_url: str, tmp_path: Path) -> AsyncIterator[NodeProcess]:
    settings = settings_for(DISTRICT, tmp_path, database_url=node_database_url)
    async with running_node(build_services(), settings) as running:
        async with running.contexts["directory"].database.transaction(NOW) as tx:
            await seed_demo(tx, settings)
        yield running


@pytest.fixture
async def client(process: NodeProcess) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(process, ADMIN) as made:
        yield made


async def _sign_in(client: httpx.AsyncClient, username: str) -> None:
    signed_in = await client.post("/directory/api/v1/tokens", json={"username": username, "password": "shangda-demo"})
    client.headers["Authorization"] = f"Bearer {signed_in.json()['access_token']}"


def _cursor(*values: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


SOMEBODY = str(UUID(int=0))
TOO_LARGE = str(2**63)


OUT_OF_RANGE = [
    *(
        f"/{name}/api/v1/events?cursor={_cursor(2**63)}"
        for name in ("intake", "review", "disclosure", "stats", "exchange")
    ),
    f"/stats/api/v1/rulesets/x/{TOO_LARGE}",
    f"/open/api/v1/information?cursor={_cursor('2026-01-01', SOMEBODY)}",
    f"/open/api/v1/information?cursor={_cursor('0001-01-01T00:00:00+14:00', SOMEBODY)}",
    f"/open/api/v1/information?cursor={'x' * 3000}",
    f"/open/?cursor={_cursor('9999-12-31T23:59:59-14:00', SOMEBODY)}",
    f"/intake/api/v1/submissions?cursor={_cursor('2026-01-01T00:00:00', SOMEBODY)}",
    f"/review/api/v1/items?cursor={_cursor({'a': 1}, SOMEBODY)}",
    f"/directory/api/v1/officers?cursor={_cursor(['x'], SOMEBODY)}",
    "/stats/scores?period=99999999999999999999",
    "/directory/calendar?year=99999999999999999999",
]


async def test_what_is_asked_beyond_every_range_is_refused(client: httpx.AsyncClient) -> None:
    answers = {path: (await client.get(path)).status_code for path in OUT_OF_RANGE}
    assert {path: status for path, status in answers.items() if status >= 500} == {}


FOREIGN = ["http://[", "null", "https://node.test", "http://node.test:81", "node.test", "x" * 9000]


async def test_an_origin_that_is_not_ours_is_refused(client: httpx.AsyncClient) -> None:
    for origin in FOREIGN:
        answer = await client.post("/login", data={"username": "a", "password": "b"}, headers={"Origin": origin})
        assert (answer.status_code, answer.json()["code"]) == (403, "cross_site_request")
    ours = {"Origin": "http://node.test"}
    assert (await client.post("/login", data={"username": "a", "password": "b"}, headers=ours)).status_code != 403


ODD_TIMES = ["0001-01-01T00:00", "9999-12-31T23:59", "0001-01-01T00:00:00+14:00", "+99999-01-01T00:00"]


async def test_an_odd_time_or_verb_is_refused_and_the_draft_goes_on(client: httpx.AsyncClient) -> None:
    await _sign_in(client, "clerk")
    item = {"info_type": "emergency", "title": "一号泵站停机", "body": "正文"}
    draft = f"/intake/submissions/{(await client.post('/intake/api/v1/submissions', json=item)).json()['origin_id']}"
    for occurred_at in ODD_TIMES:
        typed = item | {"occurred_at": occurred_at, "action": "save", "version": "1"}
        answers = await client.post(draft, data=typed), await client.post("/intake/api/v1/submissions", json=typed)
        assert [answer.status_code for answer in answers] == [422, 422], occurred_at
        assert "一号泵站停机" in answers[0].text
    for action in ("remove:xyz", "remove:", "remove:" + SOMEBODY):
        assert (await client.post(draft, data=item | {"action": action, "version": "1"})).status_code == 404
    assert (await client.post(draft, data=item | {"action": "no such", "version": "1"})).status_code == 303


async def test_an_id_that_is_there_already_is_refused(client: httpx.AsyncClient) -> None:
    await _sign_in(client, "admin")
    unit = {"unit_id": str(demo_unit_id("district", "water")), "name": "又一个", "short_name": "又", "kind": "bureau"}
    answer = await client.post("/directory/api/v1/units", json=unit)
    assert answer.status_code in (409, 422), answer.text
    person = {
        "officer_id": str(demo_officer_id("district", "clerk")), "username": "another", "name": "又一人",
        "unit_id": unit["unit_id"], "roles": ["clerk"], "password": "Long-enough-7431",
    }  # fmt: skip
    answer = await client.post("/directory/api/v1/officers", json=person)
    assert answer.status_code in (403, 409, 422), answer.text


async def test_head_answers_as_get_does_on_every_route(process: NodeProcess, client: httpx.AsyncClient) -> None:
    for path in ("/", "/login", "/livez", "/readyz", "/version", "/metrics", "/open/", "/static/tokens.css", "/nowhere",
                 "/intake/api/v1/submissions", "/review/queue", "/review/live?channel=queue"):  # fmt: skip
        head = await client.head(path)
        assert head.content == b""
        if "/live?" not in path:
            got = await client.get(path)
            assert head.status_code == got.status_code, path
            assert head.headers.get("content-type") == got.headers.get("content-type"), path


async def test_unknown_paths_and_methods_make_no_series(client: httpx.AsyncClient) -> None:
    for number in range(20):
        await client.request(f"VERB{number}", f"/strange-{number}/x")
    told = generate_latest().decode()
    assert "strange-" not in told
    assert "VERB" not in told


async def test_live_pages_are_for_those_signed_in(process: NodeProcess) -> None:
    async with client_of(process) as stranger:
        assert (await stranger.get("/review/live?channel=queue")).status_code == 401
    async with client_of(process, ADMIN) as client:
        assert (await client.get(f"/review/live?channel={'x' * 200}")).status_code == 422


async def test_a_missing_file_is_not_kept_by_browsers(client: httpx.AsyncClient) -> None:
    assert (await client.get("/static/none.css?v=1")).headers["cache-control"] == "no-store"


ODD_RANGES = [
    "bytes",
    "bytes=",
    "bytes=-",
    "bytes=x-y",
    "bytes=9-3",
    "bytes=0-3,9-3",
    "lines=1-2",
    f"bytes={'9' * 5000}-",
]


async def test_a_range_that_asks_for_nothing_is_answered_by_the_whole_file(process: NodeProcess) -> None:
    async with client_of(process) as clerk:
        await _sign_in(clerk, "clerk")
        item = {"info_type": "dynamic", "title": "标题", "body": "正文"}
        draft = (await clerk.post("/intake/api/v1/submissions", json=item)).json()["origin_id"]
        files = f"/intake/api/v1/submissions/{draft}/attachments"
        added = await clerk.post(files, files={"file": ("现场.txt", "内容".encode(), "text/plain")})
        for path in ("/static/tokens.css", f"{files}/{added.json()['attachment_id']}"):
            whole = await clerk.get(path)
            answers = [await clerk.get(path, headers={"Range": said}) for said in ODD_RANGES]
            assert {(one.status_code, one.content) for one in answers} == {(200, whole.content)}, path
            stretch = await clerk.get(path, headers={"Range": "bytes=1-3"})
            assert (stretch.status_code, stretch.content) == (206, whole.content[1:4])


async def test_a_renewed_token_is_kept_nowhere(process: NodeProcess) -> None:
    async with client_of(process) as browser:
        signed_in = await browser.post(
            "/directory/api/v1/tokens", json={"username": "clerk", "password": "shangda-demo"}
        )
        session = signed_in.json()["session"]
        key = {"Idempotency-Key": "one"}
        first = await browser.post("/directory/api/v1/tokens/renew", json={"session": session}, headers=key)
        assert first.status_code == 200
    async with client_of(process) as stranger:
        answer = await stranger.post("/directory/api/v1/tokens/renew", json={}, headers=key)
        assert answer.status_code == 401
        assert "access_token" not in answer.text
    async with process.contexts["directory"].database.reading() as session_:
        assert (await session_.execute(select(ANSWERED_REQUEST))).all() == []


async def test_a_file_of_someone_who_may_not_add_it_is_not_stored(process: NodeProcess, tmp_path: Path) -> None:
    file = {"file": ("现场.txt", "内容".encode(), "text/plain")}
    async with client_of(process) as clerk, client_of(process, officer(Role.CLERK)) as stranger:
        await _sign_in(clerk, "clerk")
        item = {"info_type": "emergency", "title": "标题", "body": "正文"}
        draft = (await clerk.post("/intake/api/v1/submissions", json=item)).json()["origin_id"]
        for path in (
            f"/intake/api/v1/submissions/{draft}/attachments",
            f"/disclosure/api/v1/information/{SOMEBODY}/attachments",
            f"/disclosure/information/{SOMEBODY}/attachments",
        ):
            assert (await stranger.post(path, files=file)).status_code in (403, 404), path
        scan = {"scan": ("签发单.pdf", b"%PDF-1.4 %%EOF", "application/pdf")}
        signed = {"sign_mode": "paper", "signed_by_name": "某人", "version": "1"}
        assert (await stranger.post(f"/review/sign/{SOMEBODY}", files=scan, data=signed)).status_code in (
            401,
            403,
            404,
            422,
        )
        assert [one for one in (tmp_path / "files").rglob("*") if one.is_file()] == []
        assert (await clerk.post(f"/intake/api/v1/submissions/{draft}/attachments", files=file)).status_code == 201
    assert len([one for one in (tmp_path / "files").rglob("*") if one.is_file()]) == 1


async def test_a_public_page_sets_no_cookie(process: NodeProcess) -> None:
    async with client_of(process) as browser:
        answer = await browser.post("/directory/api/v1/tokens", json={"username": "clerk", "password": "shangda-demo"})
        browser.cookies.set("shangda_session", answer.json()["session"])
        assert "set-cookie" not in (await browser.get("/open/")).headers
        assert "set-cookie" in (await browser.get("/login")).headers
