"""A signed-in officer who means harm: odd addresses and bodies, another's request key, others' ids where ids are sent."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio

from services.kernel.runtime.surroundings.settings import ALL_SERVICES
from tests.integration.doors.opening import open_world
from tests.integration.doors.world import World

pytestmark = pytest.mark.asyncio(loop_scope="module")

TOO_LARGE, LONG = str(2**70), "x" * 4_000
ODD = ("%00", "%ED%A0%80", "..%2f..%2fdirectory", "规则", LONG, "-1", TOO_LARGE, "%0d%0aX-A:%20b", "{}")
WAYS = ("?version=", "/edit?from=")
EXPORTS = (
    "/intake/submissions/export", "/review/queue/export", "/review/check/export", "/review/answers/export",
    "/disclosure/information/export", "/directory/officers/export", "/stats/scores",
)  # fmt: skip
LISTS = ("/intake/submissions", "/review/queue", "/review/check", "/disclosure/information", "/directory/officers")
ODD_QUERIES = (
    f"cursor={LONG[:500]}", "cursor=W10", f"sort={LONG}", "sort=%00", "q=%00", "q=%22*(", f"q={LONG}", "unit=zz&kind=zz",
    "tab=zz&show=zz", f"period={TOO_LARGE}", "period=0000-00", "cursor=-1", f"cursor={TOO_LARGE}", "page=-1",
)  # fmt: skip
ODD_TEXTS = (
    "\0", "{{", "a: [", "[" * 60_000, "&a [*a]", "!!python/object/apply:os.system [id]", "a: " + "9" * 5_000,
    "&a [1,1,1,1]: &b [*a,*a,*a,*a]", "- " * 20_000, "x" * 300_001, "\ud800",
)  # fmt: skip
ODD_DAYS = ("9999-12-31", "0000-00-00", "+99999-01-01", "今天", "\0", "x" * 1_001)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    async with open_world(tmp_path_factory.mktemp("hostile")) as made:
        yield made


async def test_odd_addresses_are_refused_and_nothing_breaks(world: World) -> None:
    admin, clerk = world.clients["office admin"], world.clients["office clerk+editor+duty"]
    statistician = world.clients["office statistician"]
    books = await _books(statistician)
    asked = [
        *((admin, f"/{name}/{path}") for name in ALL_SERVICES for path in _odd_paths()),
        *((statistician, f"/stats/rulebooks/{book}{way}{odd}") for book in books for way in WAYS for odd in ODD),
        *((clerk, f"{export}.{form}") for export in EXPORTS for form in ("pdf", "CSV", "%00", LONG)),
        *((clerk, f"{export}.csv?{query}") for export in EXPORTS for query in ODD_QUERIES),
        *((clerk, f"{address}?{query}") for address in LISTS for query in ODD_QUERIES),
    ]
    assert await _broken([(client, "GET", address, {}) for client, address in asked]) == []


def _odd_paths() -> list[str]:
    ways = ("rulebooks/{}", "events/{}", "events?cursor={}", "events?kind={}", "api/v1/waiting/{}", "delay/{}",
            "api/v1/events?cursor={}", "rulebooks/x?version={}")  # fmt: skip
    return [way.format(odd) for way in ways for odd in ODD]


async def test_odd_rules_and_repairs_are_refused_and_nothing_breaks(world: World) -> None:
    admin, statistician = world.clients["office admin"], world.clients["office statistician"]
    books, asked = await _books(statistician), []
    for address in (f"/stats/rulebooks/{books[0]}/preview", f"/stats/rulebooks/{books[0]}"):
        asked += [(statistician, "POST", address, {"text": text, "effective_from": "2026-12-01"}) for text in ODD_TEXTS]
        asked += [(statistician, "POST", address, {"text": "a: b", "effective_from": day}) for day in ODD_DAYS]
        asked += [(statistician, "POST", address, {"text": "a: b", "version": odd, "seen": odd}) for odd in ODD_DAYS]
    for number in ("0", "-1", TOO_LARGE, "x"):
        asked += [
            (admin, "POST", f"/intake/events/{number}/repair", {"body": "x" * 1_000_001}),
            (admin, "POST", f"/intake/events/{number}/repair", {"body": "\ud800\0"}),
            (admin, "POST", f"/review/events/{number}/replay", {}),
            (admin, "POST", f"/stats/events/aside/{number}/retry", {}),
            (admin, "POST", f"/exchange/events/aside/{number}/give-up", {}),
        ]
    assert await _broken(asked) == []


async def test_anothers_request_key_gives_nothing_of_his_answer(world: World) -> None:
    key, address = {"Idempotency-Key": "the author's own"}, "/intake/api/v1/submissions"
    sent = {"title": "作者的稿件"}
    first = await world.clients["author"].post(address, json=sent, headers=key)
    other = await world.clients["other clerk"].post(address, json=sent, headers=key)
    again = await world.clients["author"].post(address, json=sent, headers=key)
    assert first.json() == again.json()
    assert other.json()["origin_id"] != first.json()["origin_id"]
    assert (await world.clients["other clerk"].get(f"{address}/{first.json()['origin_id']}")).status_code == 404


async def test_a_stale_or_odd_version_changes_nothing(world: World) -> None:
    address = f"/intake/api/v1/submissions/{(await world.make('item', 'draft'))['origin_id']}"
    author = world.clients["author"]
    before = (await author.get(address)).json()
    for version in ('"0"', '"2"', '"999999999999999999"', '"9999999999999999999"', "x", "", "*", '"1", "2"', "W/"):
        answer = await author.patch(address, json={"title": "改"}, headers={"If-Match": version})
        assert 400 <= answer.status_code < 500, version
    assert (await author.get(address)).json() == before


async def test_others_ids_in_a_body_reach_nothing_of_theirs(world: World) -> None:
    own = await world.make("item", "open", "hosted")
    foreign = await world.make("item", "open")
    hosted = world.clients["hosted everything"]
    answer = await hosted.post(
        f"/review/api/v1/submissions/{own['origin_id']}/answer",
        json={"answer": "三处", "question_id": foreign["question_id"]},
    )
    assert answer.status_code == 409
    for ids in (own | {"attachment_id": foreign["attachment_id"]}, foreign | {"attachment_id": own["attachment_id"]}):
        for service in ("intake", "review"):
            path = f"/{service}/api/v1/submissions/{ids['origin_id']}/attachments/{ids['attachment_id']}"
            answer = await hosted.get(path)
            assert answer.status_code in {403, 404}
            assert answer.json()["code"] != "file_not_here", path
    public = {"title": "甲", "body": "乙", "category_id": "0502", "attribute": "not_open"}
    for origin_id in (foreign["origin_id"], str(uuid4())):
        answer = await hosted.post("/disclosure/api/v1/information", json=public | {"origin_id": origin_id})
        assert 400 <= answer.status_code < 500
    sheet = (await world.clients["unit clerk"].get(f"/review/api/v1/submissions/{foreign['origin_id']}")).json()
    assert [one["answer"] for one in sheet["questions"]] == [None]


async def _books(client: httpx.AsyncClient) -> list[str]:
    """The rulebooks of scoring, which are there: what is odd in the rest of a request is then what is judged."""
    return [one["name"] for one in (await client.get("/stats/api/v1/rulebooks")).json()["items"]]


async def _broken(asked: list[tuple[httpx.AsyncClient, str, str, dict[str, str]]]) -> list[str]:
    """Which of these requests, none of which is right, is answered by a fault or a success of a write."""
    found = []
    for client, method, address, form in asked:
        body = {name: value.encode("utf-8", "surrogatepass") for name, value in form.items()}
        answer = await client.request(method, address, data=body or None, headers={"Accept": "text/html"})
        if answer.status_code >= 500 or (method == "POST" and answer.status_code < 400):
            found.append(f"{answer.status_code} {method} {address[:80]} {str(form)[:80]}")
    return found
