"""Units, officers, neighbours and the calendar by API: what is told, what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import select

from services.directory.actions.demo import demo_officer_id, demo_unit_id
from services.directory.actions.neighbours import card_fingerprint
from services.directory.model import PeerCard
from services.kernel.language.events import open_fact
from services.kernel.language.events.parts import Fact
from services.kernel.runtime.storing.outbox import envelope_of
from services.kernel.runtime.storing.tables import AUDIT, OUTBOX
from services.kernel.runtime.web.tokens import ensure_key_pair, public_key_text
from tests.integration.directory.conftest import Directory

V1 = "/directory/api/v1"
WATER = demo_unit_id("district", "water")


async def told(directory: Directory, type_: str) -> list[Any]:
    async with directory.database.reading() as session:
        query = select(OUTBOX).where(OUTBOX.c.type == type_).order_by(OUTBOX.c.id)
        facts: list[Fact] = [open_fact(envelope_of(row)) for row in await session.execute(query)]
    return facts


async def audited(directory: Directory) -> list[str]:
    async with directory.database.reading() as session:
        return list((await session.execute(select(AUDIT.c.verb).order_by(AUDIT.c.id))).scalars())


def card_of(tmp_path: Path, node_id: str = "township", level: str = "township", **changes: Any) -> dict[str, Any]:
    keys = ensure_key_pair(tmp_path / f"{node_id}.key")
    unit = {"unit_id": str(demo_unit_id(node_id)), "name": f"{node_id}办公室", "short_name": node_id, "org_code": ""}
    return {
        "node_id": node_id,
        "name": f"安澜市{node_id}",
        "level": level,
        "system": "government",
        "unit": unit,
        "public_key": public_key_text(keys.public),
        "key_id": keys.key_id,
        "bootstrap_servers": "127.0.0.1:9101",
    } | changes


async def register(client: httpx.AsyncClient, card: dict[str, Any], **more: Any) -> httpx.Response:
    body = {"card": card, "fingerprint": card_fingerprint(PeerCard.model_validate(card))} | more
    return await client.post(f"{V1}/peers", json=body)


async def test_the_demo_is_told_whole_and_once(directory: Directory) -> None:
    units = await told(directory, "unit.registered")
    assert {unit.short_name for unit in units} == {"区政府办", "区水利局", "区农业农村局"}
    assert len(await told(directory, "officer.appointed")) == 14
    assert len(await told(directory, "calendar.day_set")) > 500
    officer = (await told(directory, "officer.appointed"))[0]
    assert "phone" not in officer.model_dump()


async def test_a_unit_is_registered_changed_and_closed(directory: Directory, admin: httpx.AsyncClient) -> None:
    made = await admin.post(f"{V1}/units", json={"name": "云岭区教育局", "short_name": "区教育局", "kind": "bureau"})
    assert (made.status_code, made.headers["etag"]) == (201, '"1"')
    where = f"{V1}/units/{made.json()['unit_id']}"
    assert (await admin.patch(where, json={"short_name": "教育局"})).status_code == 428
    changed = await admin.patch(where, json={"short_name": "教育局"}, headers={"If-Match": '"1"'})
    assert (changed.status_code, changed.json()["version"]) == (200, 2)
    late = await admin.patch(where, json={"short_name": "教育"}, headers={"If-Match": '"1"'})
    assert (late.status_code, late.json()["code"]) == (412, "stale_version")
    closed = await admin.patch(where, json={"is_active": False}, headers={"If-Match": '"2"'})
    assert closed.json()["is_active"] is False
    mine = [fact for fact in await told(directory, "unit.registered") if str(fact.unit_id) == made.json()["unit_id"]]
    assert [(fact.short_name, fact.is_active) for fact in mine] == [
        ("区教育局", True),
        ("教育局", True),
        ("教育局", False),
    ]
    assert (await audited(directory))[-3:] == [
        "directory.unit.register",
        "directory.unit.change",
        "directory.unit.change",
    ]


async def test_a_change_that_changes_nothing_tells_nothing(directory: Directory, admin: httpx.AsyncClient) -> None:
    before = len(await told(directory, "unit.registered"))
    same = await admin.patch(f"{V1}/units/{WATER}", json={"short_name": "区水利局"}, headers={"If-Match": "1"})
    assert same.json()["version"] == 1
    assert len(await told(directory, "unit.registered")) == before


WRONG_UNITS: list[Any] = [
    ({"name": "又一个办公室", "kind": "head_office"}, 409, "head_office_already_there"),
    ({"name": "某乡", "kind": "subordinate"}, 409, "subordinate_comes_by_its_card"),
    ({"name": "云岭区水利局", "kind": "bureau"}, 409, "unit_name_taken"),
    ({"name": " 云岭区水利局 ", "kind": "bureau"}, 409, "unit_name_taken"),
    ({"name": "", "kind": "bureau"}, 422, "invalid_input"),
    ({"name": "甲\u0000乙", "kind": "bureau"}, 422, "invalid_input"),
    ({"name": "甲" * 5000, "kind": "bureau"}, 422, "invalid_input"),
    ({"name": "甲", "kind": 3}, 422, "invalid_input"),
    ([], 422, "invalid_input"),
]


async def test_a_unit_that_may_not_be_is_refused(admin: httpx.AsyncClient) -> None:
    for body, status, code in WRONG_UNITS:
        answer = await admin.post(f"{V1}/units", json=body)
        assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_a_unit_with_officers_stays_and_the_office_too(admin: httpx.AsyncClient) -> None:
    for unit_id, code in [(WATER, "unit_has_officers"), (demo_unit_id("district"), "head_office_stays")]:
        answer = await admin.patch(f"{V1}/units/{unit_id}", json={"is_active": False}, headers={"If-Match": "1"})
        assert answer.json()["code"] == code


async def test_a_repeated_request_registers_one_unit(admin: httpx.AsyncClient) -> None:
    body = {"name": "云岭区民政局", "kind": "bureau"}
    first = await admin.post(f"{V1}/units", json=body, headers={"Idempotency-Key": "k1"})
    again = await admin.post(f"{V1}/units", json=body, headers={"Idempotency-Key": "k1"})
    assert first.json()["unit_id"] == again.json()["unit_id"]
    names = [unit["name"] for unit in (await admin.get(f"{V1}/units")).json()["items"]]
    assert names.count("云岭区民政局") == 1


@pytest.mark.parametrize("username", ["clerk", "duty", "chief"])
async def test_only_an_administrator_administers(directory: Directory, username: str, tmp_path: Path) -> None:
    client = await directory.officer(username)
    new_officer = {"username": "new", "name": "新人", "unit_id": str(WATER), "roles": ["clerk"]}
    tried = [
        await client.post(f"{V1}/units", json={"name": "甲", "kind": "bureau"}),
        await client.patch(f"{V1}/units/{WATER}", json={"name": "甲"}, headers={"If-Match": "1"}),
        await client.post(f"{V1}/officers", json=new_officer),
        await client.patch(f"{V1}/officers/{uuid4()}", json={"name": "甲"}, headers={"If-Match": "1"}),
        await client.post(f"{V1}/officers/{uuid4()}/password", json={"password": "0123456789"}),
        await register(client, card_of(tmp_path)),
        await client.get(f"{V1}/peers"),
        await client.put(f"{V1}/calendar/2027/days/2027-01-01", json={"kind": "holiday"}, headers={"If-Match": "0"}),
        await client.post(f"{V1}/calendar/2027/announce", headers={"If-Match": "0"}),
    ]
    assert {(answer.status_code, answer.json()["code"]) for answer in tried} == {(403, "not_permitted")}
    readable = [await client.get(f"{V1}/{name}") for name in ("units", "officers", "calendar/2026")]
    assert {answer.status_code for answer in readable} == {200}


async def test_strangers_read_nothing(directory: Directory) -> None:
    async with directory.stranger() as client:
        for name in ("units", "officers", "peers", "card", "calendar", "calendar/2026", f"units/{WATER}"):
            answer = await client.get(f"{V1}/{name}")
            assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")


async def test_phones_are_for_administrators_and_the_duty_desk(directory: Directory) -> None:
    seen = {}
    for username in ("admin", "duty", "editor"):
        client = await directory.officer(username)
        items = (await client.get(f"{V1}/officers")).json()["items"]
        assert all("password" not in key for item in items for key in item)
        seen[username] = any(item["phone"] for item in items)
    assert seen == {"admin": True, "duty": True, "editor": False}


async def test_officers_are_listed_by_keyset_filter_and_search(admin: httpx.AsyncClient) -> None:
    names, after = [], ""
    while True:
        page = (await admin.get(f"{V1}/officers", params={"limit": 5, "cursor": after})).json()
        names += [item["username"] for item in page["items"]]
        if not page["next"]:
            break
        after = page["next"]
    assert names == sorted(names)
    assert len(names) == len(set(names)) == 14
    found = (await admin.get(f"{V1}/officers", params={"role": "clerk", "q": "水"})).json()["items"]
    assert [item["username"] for item in found] == ["bureau_clerk"]
    assert (await admin.get(f"{V1}/officers", params={"q": "%"})).json()["items"] == []


ASKED_WRONGLY: list[Any] = [
    ("cursor=zzz", "cursor_unreadable"),
    ("cursor=WzEsMl0", "cursor_unreadable"),
    ("cursor=WyJhIiwgIm5vdC1hLXV1aWQiXQ", "cursor_unreadable"),
    ("limit=0", "invalid_input"),
    ("limit=100000", "invalid_input"),
    ("role=emperor", "invalid_input"),
    ("unit_id=7", "invalid_input"),
    ("q=%00", "invalid_input"),
    ("q=" + "x" * 500, "invalid_input"),
]


async def test_a_list_that_is_asked_for_wrongly_is_422(admin: httpx.AsyncClient) -> None:
    for query, code in ASKED_WRONGLY:
        answer = await admin.get(f"{V1}/officers?{query}")
        assert (answer.status_code, answer.json()["code"]) == (422, code)


async def test_an_officer_is_appointed_signs_in_moves_and_is_released(
    directory: Directory, admin: httpx.AsyncClient
) -> None:
    new = {
        "username": "zhang.san",
        "name": "张三",
        "unit_id": str(WATER),
        "roles": ["clerk"],
        "password": "水清岸绿-2026-好",
    }
    made = await admin.post(f"{V1}/officers", json=new)
    assert made.status_code == 201, made.text
    where = f"{V1}/officers/{made.json()['officer_id']}"
    token = await directory.sign_in("zhang.san", str(new["password"]))
    client = directory.stranger()
    client.headers["Authorization"] = f"Bearer {token.json()['access_token']}"
    await admin.patch(where, json={"roles": ["reviewer"]}, headers={"If-Match": '"1"'})
    assert (await client.get(f"{V1}/officers/me")).status_code == 401
    session = {"session": token.json()["session"]}
    renewed = await client.post(f"{V1}/tokens/renew", json=session)
    client.headers["Authorization"] = f"Bearer {renewed.json()['access_token']}"
    assert (await client.get(f"{V1}/officers/me")).json()["roles"] == ["reviewer"]
    await admin.patch(where, json={"is_active": False}, headers={"If-Match": '"2"'})
    answer = await client.get(f"{V1}/officers/me")
    assert (answer.status_code, answer.json()["code"]) == (401, "session_over")
    assert (await client.post(f"{V1}/tokens/renew", json=session)).status_code == 401
    refused = await directory.sign_in("zhang.san", str(new["password"]))
    assert (refused.status_code, refused.json()["code"]) == (403, "officer_not_active")
    facts = [fact for fact in await told(directory, "officer.appointed") if fact.name == "张三"]
    assert [(fact.roles, fact.is_active) for fact in facts] == [
        (("clerk",), True),
        (("reviewer",), True),
        (("reviewer",), False),
    ]


WRONG_APPOINTMENTS: list[Any] = [
    ({"username": "clerk"}, 409, "username_taken"),
    ({"username": "CLERK"}, 409, "username_taken"),
    ({"username": "x y"}, 422, "invalid_input"),
    ({"unit_id": str(uuid4())}, 422, "invalid_input"),
    ({"roles": ["editor"]}, 409, "role_not_for_unit"),
    ({"roles": ["emperor"]}, 422, "invalid_input"),
    ({"password": "short"}, 422, "password_too_weak"),
    ({"password": "zhang.san-2026"}, 422, "password_too_weak"),
    ({"phone": "call me"}, 422, "invalid_input"),
]


async def test_an_appointment_that_may_not_be_is_refused(admin: httpx.AsyncClient) -> None:
    for change, status, code in WRONG_APPOINTMENTS:
        new = {
            "username": "zhang.san",
            "name": "张三",
            "unit_id": str(WATER),
            "roles": ["clerk"],
            "password": "水清岸绿-2026-好",
        }
        answer = await admin.post(f"{V1}/officers", json=new | change)
        assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_the_last_administrator_stays(admin: httpx.AsyncClient) -> None:
    where = f"{V1}/officers/{demo_officer_id('district', 'admin')}"
    changes: list[dict[str, Any]] = [{"roles": []}, {"is_active": False}]
    for change in changes:
        answer = await admin.patch(where, json=change, headers={"If-Match": "1"})
        assert (answer.status_code, answer.json()["code"]) == (409, "last_admin_stays")


async def test_a_new_password_ends_every_other_sign_in(directory: Directory, admin: httpx.AsyncClient) -> None:
    editor = await directory.officer("editor")
    elsewhere = await directory.officer("editor")
    body = {"old_password": "shangda-demo", "password": "换个口令试试-2026"}
    assert (await editor.post(f"{V1}/officers/me/password", json=body)).status_code == 204
    assert (await editor.get(f"{V1}/officers/me")).status_code == 200
    assert (await elsewhere.get(f"{V1}/officers/me")).status_code == 401
    assert (await directory.sign_in("editor")).status_code == 401
    assert (await directory.sign_in("editor", body["password"])).status_code == 200
    reset = await admin.post(
        f"{V1}/officers/{demo_officer_id('district', 'editor')}/password", json={"password": "又换一个口令-2026"}
    )
    assert reset.status_code == 204
    assert (await editor.get(f"{V1}/officers/me")).status_code == 401


async def test_guessing_the_old_password_locks_too(directory: Directory) -> None:
    editor = await directory.officer("editor")
    for wanted in (401, 401, 401, 401, 429, 429):
        body = {"old_password": "guess", "password": "换个口令试试-2026"}
        assert (await editor.post(f"{V1}/officers/me/password", json=body)).status_code == wanted


async def test_a_subordinate_is_registered_by_its_card(
    directory: Directory, admin: httpx.AsyncClient, tmp_path: Path
) -> None:
    card = card_of(tmp_path)
    made = await register(admin, card)
    assert made.status_code == 201, made.text
    assert (made.json()["direction"], made.json()["lanes"]) == ("subordinate", ["urgent", "routine", "bulk"])
    unit = (await admin.get(f"{V1}/units/{card['unit']['unit_id']}")).json()
    assert (unit["kind"], unit["node_id"], unit["level"]) == ("subordinate", "township", "township")
    fact = (await told(directory, "peer.registered"))[-1]
    assert (fact.peer, fact.public_key, str(fact.unit_id)) == ("township", card["public_key"], card["unit"]["unit_id"])
    again = await register(admin, card | {"name": "改了名"})
    assert (again.status_code, again.json()["version"], again.json()["name"]) == (201, 2, "改了名")
    ended = await admin.patch(f"{V1}/peers/township", json={"is_active": False}, headers={"If-Match": '"2"'})
    assert ended.json()["is_active"] is False
    assert (await admin.get(f"{V1}/units/{card['unit']['unit_id']}")).json()["is_active"] is False


async def test_a_superior_is_registered_once_per_system(
    directory: Directory, admin: httpx.AsyncClient, tmp_path: Path
) -> None:
    made = await register(admin, card_of(tmp_path, "city", "city"))
    assert (made.status_code, made.json()["direction"]) == (201, "superior")
    second = await register(admin, card_of(tmp_path, "city2", "city"))
    assert (second.status_code, second.json()["code"]) == (409, "superior_taken")
    party = await register(admin, card_of(tmp_path, "party", "city"), system="party")
    assert (party.status_code, party.json()["system"]) == (201, "party")
    province = await register(admin, card_of(tmp_path, "province", "province"))
    assert (province.status_code, province.json()["lanes"]) == (201, ["urgent"])
    assert [peer["node_id"] for peer in (await admin.get(f"{V1}/peers")).json()["items"]] == [
        "city",
        "party",
        "province",
    ]
    assert (await admin.get(f"{V1}/units/{demo_unit_id('city')}")).status_code == 404


async def test_a_card_that_may_not_be_is_refused(admin: httpx.AsyncClient, tmp_path: Path) -> None:
    own = (await admin.get(f"{V1}/card")).json()
    assert (await register(admin, own["card"])).json()["code"] == "peer_is_this_node"
    assert (await register(admin, card_of(tmp_path, level="county"))).json()["code"] == "peer_on_same_level"
    assert (await register(admin, card_of(tmp_path), fingerprint="0" * 32)).json()["code"] == "fingerprint_differs"
    stolen = card_of(tmp_path)
    stolen["unit"]["unit_id"] = str(WATER)
    assert (await register(admin, stolen)).json()["code"] == "unit_id_taken"
    stolen["unit"] |= {"unit_id": str(uuid4()), "name": "云岭区水利局"}
    assert (await register(admin, stolen)).json()["code"] == "unit_name_taken"
    wrong: list[Any] = [{}, {"card": "x"}, {"card": {}, "fingerprint": "0"}, []]
    for body in wrong:
        assert (await admin.post(f"{V1}/peers", json=body)).status_code == 422
    assert (await admin.get(f"{V1}/peers")).json()["items"] == []


NOBODIES: list[Any] = ["nobody", "%00", "x" * 300, "A B"]


async def test_a_peer_that_is_not_there_is_404(admin: httpx.AsyncClient) -> None:
    for node_id in NOBODIES:
        answer = await admin.get(f"{V1}/peers/{node_id}")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_a_year_is_decided_day_by_day_then_announced(directory: Directory, admin: httpx.AsyncClient) -> None:
    where = f"{V1}/calendar/2027"
    year = await admin.get(where)
    assert (year.json()["is_announced"], year.json()["days"], year.headers["etag"]) == (False, [], '"0"')
    early = await admin.post(f"{where}/announce", headers={"If-Match": '"0"'})
    assert (early.status_code, early.json()["code"]) == (409, "year_has_no_days")
    day = {"kind": "holiday", "name": "元旦"}
    first = await admin.put(f"{where}/days/2027-01-01", json=day, headers={"If-Match": '"0"'})
    assert (first.status_code, first.headers["etag"]) == (200, '"1"')
    late = await admin.put(f"{where}/days/2027-01-02", json=day, headers={"If-Match": '"0"'})
    assert late.status_code == 412
    await admin.put(f"{where}/days/2027-01-03", json={"kind": "makeup_workday"}, headers={"If-Match": '"1"'})
    done = await admin.post(f"{where}/announce", headers={"If-Match": '"2"'})
    assert (done.json()["is_announced"], done.json()["version"]) == (True, 3)
    back = await admin.post(f"{where}/announce", json={"is_announced": False}, headers={"If-Match": '"3"'})
    assert back.json()["is_announced"] is False
    facts = [fact for fact in await told(directory, "calendar.day_set") if fact.day.year == 2027]
    said = [(fact.day.day, fact.is_working, fact.year_announced) for fact in facts]
    assert said == [
        (1, False, False),
        (3, True, False),
        (1, False, True),
        (3, True, True),
        (1, False, False),
        (3, True, False),
    ]


WRONG_DAYS: list[Any] = [
    ("2027/days/2026-01-01", {"kind": "holiday"}, 404),
    ("2027/days/2027-02-30", {"kind": "holiday"}, 404),
    ("99999/days/2027-01-01", {"kind": "holiday"}, 404),
    ("2027/days/2027-01-01", {"kind": "party"}, 422),
    ("2027/days/2027-01-01", {"kind": "holiday", "name": "x" * 61}, 422),
]


async def test_a_day_that_cannot_be_is_refused(admin: httpx.AsyncClient) -> None:
    for path, body, status in WRONG_DAYS:
        answer = await admin.put(f"{V1}/calendar/{path}", json=body, headers={"If-Match": '"0"'})
        assert answer.status_code == status


async def test_seeded_years_are_announced(admin: httpx.AsyncClient) -> None:
    years = (await admin.get(f"{V1}/calendar")).json()["items"]
    assert [year["year"] for year in years] == list(range(2004, 2027))
    assert all(year["is_announced"] for year in years)
    days = {day["day"]: day for day in (await admin.get(f"{V1}/calendar/2026")).json()["days"]}
    assert (days["2026-10-01"]["name"], days["2026-10-10"]["is_working"]) == ("国庆节", True)
