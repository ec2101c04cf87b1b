"""Who makes a public text answers for it: every route, for each role, unit and state; and which items may be chosen."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Any
from uuid import UUID

import httpx
import pytest

from services.disclosure.model import Information, InformationFile
from services.disclosure.policy.point import ReviewPoint
from services.disclosure.store.information import put_in_index
from services.kernel.language.vocabulary import DisclosureAttribute, InformationStatus, ReviewOutcome, Role, UnitKind
from services.kernel.runtime.surroundings.identifiers import new_id
from services.kernel.runtime.web.identity import Officer
from tests.integration.disclosure.conftest import (
    API,
    BUREAU_PUBLISHER,
    BUREAU_SECRECY,
    COMPLETE,
    HOSTED_PUBLISHER,
    PUBLISHER,
    SECRECY,
    World,
)
from tests.integration.disclosure.items import adopted, declined, edited, reported_up, returned, signed_here, submitted
from tests.support.service import NOW, officer

PAGE = "/disclosure/information"
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF"
FORM = {"title": "改", "body": "改", "category_id": "0502", "attribute": "proactive", "formed_on": "2026-11-20"}


@dataclass(frozen=True)
class Route:
    """A request, who may make it, and in which states it is answered as asked; else the state refuses."""

    method: str
    path: str
    roles: str
    states: str
    sent: Any = None

    async def ask(self, client: httpx.AsyncClient, text: Text) -> httpx.Response:
        address = self.path.format(id=text.information_id, file=text.file_id)
        said = self.sent or {}
        return await client.request(self.method, address, **said)


@dataclass(frozen=True)
class Text:
    """A public text and its file."""

    information_id: UUID
    file_id: UUID


_EVERY = "draft in_review approved published revoked"
_BOTH = "publisher secrecy"
_MATCH = {"headers": {"If-Match": '"1"'}}
# Written out by hand, apart from the code: route → roles of the issuing unit → states in which it goes through.
ROUTES = (
    Route("GET", f"{API}/{{id}}", _BOTH, _EVERY),
    Route("GET", f"{API}/{{id}}/attachments/{{file}}", _BOTH, ""),
    Route("PATCH", f"{API}/{{id}}", "publisher", "draft in_review approved", _MATCH | {"json": {"title": "改"}}),
    Route("POST", f"{API}/{{id}}/send-to-review", "publisher", "draft"),
    Route(
        "POST", f"{API}/{{id}}/confidentiality-review", "secrecy", "in_review",
        {"json": {"outcome": "refer", "opinion": "报请确定"}},
    ),
    Route("POST", f"{API}/{{id}}/publish", "publisher", ""),
    Route("POST", f"{API}/{{id}}/revoke", "publisher", "published", {"json": {"reason": "有误"}}),
    Route("POST", f"{API}/{{id}}/attachments", "publisher", "draft in_review approved", {"files": {"file": ("a.pdf", PDF)}}),
    Route("DELETE", f"{API}/{{id}}/attachments/{{file}}", "publisher", "draft in_review approved"),
    Route("GET", f"{PAGE}/{{id}}", _BOTH, _EVERY),
    Route("GET", f"{PAGE}/{{id}}/publish", "publisher", _EVERY),
    Route("POST", f"{PAGE}/{{id}}", "publisher", "draft in_review approved", {"data": FORM | {"version": "1"}}),
    Route("POST", f"{PAGE}/{{id}}/send", "publisher", "draft", {"data": {"version": "1"}}),
    Route(
        "POST", f"{PAGE}/{{id}}/review", "secrecy", "in_review",
        {"data": {"version": "1", "outcome": "refer", "opinion": "报请确定", "points": [one.value for one in ReviewPoint]}},
    ),
    Route("POST", f"{PAGE}/{{id}}/publish", "publisher", "", {"data": {"version": "1"}}),
    Route("POST", f"{PAGE}/{{id}}/revoke", "publisher", "published", {"data": {"version": "1", "reason": "有误"}}),
    Route(
        "POST", f"{PAGE}/{{id}}/attachments", "publisher", "draft in_review approved", {"files": {"file": ("a.pdf", PDF)}}
    ),
    Route("POST", f"{PAGE}/{{id}}/attachments/{{file}}/remove", "publisher", "draft in_review approved"),
)  # fmt: skip
SEATS = {
    "issuer": ("district-water", UnitKind.BUREAU),
    "another bureau": ("district-roads", UnitKind.BUREAU),
    "the head office": ("district", UnitKind.HEAD_OFFICE),
}


async def text_in(world: World, status: str) -> Text:
    """A text of the water bureau in this state."""
    writer = BUREAU_PUBLISHER.ref
    made = Information(
        information_id=new_id(), status=InformationStatus(status), title="水利局的文稿", body="水利局的正文",
        category_id="0502", formed_on=NOW.date(), publisher_org_id=writer.unit_id, publisher_name="云岭区水利局",
        prepared_by=writer, writers=[str(writer.officer_id)], created_at=NOW, touched_at=NOW,
        index_no=f"00410121/2025-{new_id().hex[-9:]}" if status in {"published", "revoked"} else None,
        outcome=ReviewOutcome.OPEN if status == "approved" else None, attribute=DisclosureAttribute.PROACTIVE,
    )  # fmt: skip
    file = InformationFile(
        information_id=made.information_id, sha256="0" * 64, filename="b.pdf", media_type="application/pdf", size=3,
        added_by="江岸", added_at=NOW,
    )  # fmt: skip
    async with world.database.transaction(NOW) as tx:
        tx.session.add_all([made, file])
        await tx.session.flush()
        await put_in_index(tx.session, made)
    return Text(made.information_id, file.attachment_id)


def somebody(role: Role, seat: str) -> Officer:
    unit, kind = SEATS[seat]
    return officer(role, name=f"{seat}-{role}", unit=unit, kind=kind)


async def test_only_the_issuing_units_people_get_through(world: World) -> None:
    texts = {status: await text_in(world, status) for status in _EVERY.split()}
    wrong = []
    for route, role, seat, status in product(ROUTES, Role, SEATS, texts):
        if role in route.roles.split() and seat == "issuer":
            continue
        answer = await route.ask(world.client(somebody(role, seat)), texts[status])
        # Whoever handles texts at all is told that another unit's does not exist, by a page before his role is asked.
        expected = {404} if role in route.roles.split() else {403, 404} if role in _BOTH.split() else {403}
        if answer.status_code not in expected:
            wrong.append((route.method, route.path, role.value, seat, status, answer.status_code))
    assert wrong == []


async def test_its_own_people_get_through_where_the_state_allows(world: World) -> None:
    wrong = []
    for route, status in product(ROUTES, _EVERY.split()):
        for role in route.roles.split():
            answer = await route.ask(world.client(somebody(Role(role), "issuer")), await text_in(world, status))
            went = answer.status_code < 400
            if went != (status in route.states.split()) or answer.status_code in {403, 500}:
                wrong.append((route.method, route.path, role, status, answer.status_code))
    assert wrong == []


async def test_lists_counts_and_searches_show_a_units_own_texts_alone(world: World) -> None:
    mine = await text_in(world, "in_review")
    theirs = await world.prepared(title="办公室的文稿")
    for who, sees in ((BUREAU_PUBLISHER, str(mine.information_id)), (SECRECY, theirs)):
        client, other = world.client(who), theirs if sees != theirs else str(mine.information_id)
        for query in ("", "?q=文稿", "?status=in_review"):
            assert [one["information_id"] for one in (await client.get(f"{API}{query}")).json()["items"]] == [sees]
            for path in (PAGE, f"{PAGE}/rows"):
                page = (await client.get(f"{path}{query}")).text
                assert (sees in page, other in page) == (True, False)
        assert "全部 <span>1</span>" in (await client.get(PAGE)).text.replace("\n", "")
    [card] = (await world.client(BUREAU_SECRECY).get("/disclosure/api/v1/agenda")).json()["cards"]
    assert card["count"] == 1


async def test_the_unit_is_the_issuing_body_and_its_code_is_in_the_number(world: World) -> None:
    made = await world.client(BUREAU_PUBLISHER).post(API, json=COMPLETE)
    address = f"{API}/{made.json()['information_id']}"
    review = {"outcome": "open", "opinion": "不涉密"}
    assert (
        await world.client(BUREAU_SECRECY).post(f"{address}/confidentiality-review", json=review)
    ).status_code == 200
    published = (await world.client(BUREAU_PUBLISHER).post(f"{address}/publish")).json()
    await world.deliver()
    shown = (await world.client().get(f"/open/api/v1/information/{made.json()['information_id']}")).json()
    assert (shown["publisher_name"], published["index_no"]) == ("云岭区水利局", "00410121/2026-00001")


OFFICE_ITEM, OWN_ITEM = "the office, to which it came", "the unit that wrote it"
# What was told of an item, in this order → who may begin a public text from it.
PASSAGES: dict[str, tuple[tuple[Any, ...], set[str]]] = {
    "handed in": ((submitted,), set()),
    "handed in and returned inside the unit": ((submitted, lambda one: returned(one, hop=0)), set()),
    "signed": ((submitted, signed_here), {OFFICE_ITEM, OWN_ITEM}),
    "returned by the office": ((submitted, signed_here, returned), set()),
    "handed in again": ((submitted, signed_here, returned, lambda one: submitted(one, version=2)), set()),
    "signed again": (
        (submitted, signed_here, returned, lambda one: signed_here(one, version=2)), {OFFICE_ITEM, OWN_ITEM},
    ),
    "declined by the office": ((submitted, signed_here, declined), {OWN_ITEM}),
    "printed after all": ((submitted, signed_here, declined, adopted), {OFFICE_ITEM, OWN_ITEM}),
}  # fmt: skip


@pytest.mark.parametrize("passage", PASSAGES)
async def test_a_text_is_begun_from_what_is_signed_by_those_whose_it_is(world: World, passage: str) -> None:
    origin_id = new_id()
    told, may = PASSAGES[passage]
    for make in told:
        await world.tell(make(origin_id))
    wrong = []
    for name, who in ((OFFICE_ITEM, PUBLISHER), (OWN_ITEM, HOSTED_PUBLISHER), ("a bureau", BUREAU_PUBLISHER)):
        client, link = world.client(who), f"{PAGE}/new?origin_id={origin_id}"
        pages = [await client.get(f"{PAGE}/new{query}") for query in ("", "?q=龙潭")]
        offered = [link in page.text for page in pages]
        opened = await client.get(link, headers={"Accept": "text/html"})
        posted = await client.post(PAGE, data=FORM | {"title": "", "origin_id": str(origin_id)})
        taken = await client.post(API, json=COMPLETE | {"origin_id": str(origin_id)})
        seen = [*offered, opened.status_code == 200, "龙潭乡党政办公室" in posted.text, taken.status_code == 201]
        if set(seen) != {name in may} or ("内部评述" in opened.text and name not in may):
            wrong.append((name, seen))
    assert wrong == []


@pytest.mark.parametrize("told", [(), (returned,), (declined,)], ids=["signed", "returned", "declined"])
async def test_an_item_from_below_is_the_offices_while_it_has_it(world: World, told: tuple[Any, ...]) -> None:
    origin_id = new_id()
    await world.arrive(reported_up(origin_id))
    for make in told:
        await world.tell(make(origin_id))
    answer = await world.client(PUBLISHER).post(API, json=COMPLETE | {"origin_id": str(origin_id)})
    assert (answer.status_code, answer.json().get("code")) == ((409, "item_not_signed") if told else (201, None))


async def test_a_unit_begins_from_its_own_text_and_not_from_the_offices(world: World) -> None:
    origin_id = new_id()
    await world.tell(submitted(origin_id), signed_here(origin_id), edited(origin_id))
    own = (await world.client(HOSTED_PUBLISHER).get(f"{PAGE}/new?origin_id={origin_id}")).text
    office = (await world.client(PUBLISHER).get(f"{PAGE}/new?origin_id={origin_id}")).text
    assert ("本级稿正文" in own, "本级稿正文" in office) == (False, True)
