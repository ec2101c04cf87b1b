"""One item travels township → district → city through three reviews, and what happens to it flows back."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from services.exchange.policy.belonging import Neighbour, Said, belongs, units_named
from services.exchange.policy.routing import Passage, peers_for, route_of, with_way
from services.exchange.store.known_units import known_units
from services.kernel.language.events.meaning import Way
from services.kernel.language.events.parts import Fact
from services.kernel.language.events.review import InstructionRecorded, SubmissionReportedUp, SubmissionReturned
from services.kernel.language.vocabulary import Role, UnitKind
from services.kernel.runtime.surroundings.identifiers import new_id
from tests.integration.review.office import BODY, Office, open_office, submitted, superior_fact, unit_fact
from tests.support.service import CITY, DISTRICT, TOWNSHIP

Offices = dict[str, Office]


@pytest.fixture
async def offices(tmp_path: Path, node_urls: Callable[[], str]) -> AsyncIterator[Offices]:
    async with (
        open_office(TOWNSHIP, tmp_path / "township", database_url=node_urls()) as township,
        open_office(DISTRICT, tmp_path / "district", database_url=node_urls()) as district,
        open_office(CITY, tmp_path / "city", database_url=node_urls()) as city,
    ):
        names = {TOWNSHIP: "龙潭乡党政办", DISTRICT: "云岭区政府办", CITY: "安澜市政府办"}
        for office in (township, district, city):
            head = unit_fact(names[office.node], UnitKind.HEAD_OFFICE, office.node, unit=office.node.node_id)
            await office.hear("directory.unit", head)
        below = unit_fact("龙潭乡", UnitKind.SUBORDINATE, DISTRICT, unit="township", of_node="township")
        await district.hear("directory.unit", below)
        await city.hear(
            "directory.unit", unit_fact("云岭区", UnitKind.SUBORDINATE, CITY, unit="district", of_node="district")
        )
        await township.hear("directory.peer", superior_fact(DISTRICT))
        await district.hear("directory.peer", superior_fact(CITY))
        yield {"township": township, "district": district, "city": city}


async def carry(offices: Offices) -> None:
    """Hand every fact told since to the nodes that exchange would carry it to, hop by hop."""
    for name, office in offices.items():
        for row, fact in await office.told_rows(office.carried_up_to):
            office.carried_up_to = row.id
            await _pass_on(offices, name, fact, row.event_id, ())


async def _pass_on(offices: Offices, at: str, fact: Fact, event_id: str, passed: tuple[str, ...]) -> None:
    """As the exchange does, with what each node knows of the item's ways and of the units that are named."""
    ways = offices[at].ways
    is_sent_now = not passed and Way.UP in fact.ways
    ways[fact.key] = with_way(ways.get(fact.key, ()), route_of(fact), is_newest=is_sent_now)
    passed = (*passed, at)
    for peer in peers_for(fact, Passage(at, frozenset(passed), ways[fact.key][0])):
        crossing = fact.as_others_see_it()
        who = Neighbour(peer, at, list(offices).index(at) > list(offices).index(peer))
        async with offices[peer].context.database.reading() as session:
            known = await known_units(session, units_named(crossing), peer=at)
        said = Said(fact.TYPE, passed[0], passed, fact.key, route_of(fact), crossing)
        assert belongs(said, who, ways=offices[peer].ways.get(fact.key, ()), known=known)
        await offices[peer].hear("exchange.arrival", crossing, from_node=at, event_ids=[event_id])
        await _pass_on(offices, peer, crossing, event_id, passed)


def address(origin_id: UUID, verb: str = "") -> str:
    return f"/review/api/v1/submissions/{origin_id}" + (f"/{verb}" if verb else "")


async def report(offices: Offices, *, version: int = 1, origin_id: UUID | None = None, body: str = BODY) -> UUID:
    origin_id = origin_id or new_id()
    township = offices["township"]
    await township.hear("intake.submission", submitted(TOWNSHIP, origin_id, version=version, body=body))
    assert (await township.client(Role.REVIEWER).post(address(origin_id, "check"))).status_code == 200
    oral = {"signed_by_name": "王乡长", "sign_mode": "oral"}
    answer = await township.client(Role.SIGNER).post(address(origin_id, "sign"), json=oral)
    assert answer.json()["status"] == "reported", answer.text
    await carry(offices)
    return origin_id


async def act(office: Office, role: Role, origin_id: UUID, verb: str, body: object = None) -> dict[str, Any]:
    answer = await office.client(role).post(address(origin_id, verb), json=body)
    assert answer.status_code in {200, 201}, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def read(office: Office, role: Role, origin_id: UUID) -> dict[str, Any]:
    answer = await office.client(role).get(address(origin_id))
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_signing_hands_the_item_to_the_district_with_text_and_signature(offices: Offices) -> None:
    origin_id = await report(offices)
    shown = await read(offices["district"], Role.EDITOR, origin_id)
    assert (shown["status"], shown["hop"], shown["unit_name"]) == ("open", 1, "township")
    assert shown["sign_off"]["signed_by"] == "王乡长"
    assert shown["sign_off"]["sign_mode"] == "oral"
    assert shown["sign_off"]["recorded_by"]["name"] == "签发"
    assert shown["checks"][0] == {
        "label": "传输签名核对无误", "state": "ok", "note": "经 1 段线路传输，入库前已验证",
    }  # fmt: skip
    [fact] = await offices["township"].told(SubmissionReportedUp)
    assert fact.item.hop == 1
    assert (await offices["city"].client(Role.EDITOR).get(address(origin_id))).json()["code"] == "not_here_yet"


async def test_a_question_from_the_city_is_answered_at_the_author_and_comes_back(offices: Offices) -> None:
    origin_id = await report(offices)
    await act(offices["district"], Role.EDITOR, origin_id, "forward", {"title": "龙潭乡反映"})
    await act(offices["district"], Role.CHIEF, origin_id, "forward/sign")
    await carry(offices)
    await act(offices["city"], Role.EDITOR, origin_id, "ask", {"question": "设备型号？"})
    await carry(offices)
    township = await read(offices["township"], Role.CLERK, origin_id)
    assert township["open_questions"] == 1
    await act(offices["township"], Role.CLERK, origin_id, "answer", {"answer": "ZLB 型轴流泵"})
    await carry(offices)
    city = await read(offices["city"], Role.EDITOR, origin_id)
    assert (city["open_questions"], city["questions"][0]["answer"]) == (0, "ZLB 型轴流泵")
    assert (await read(offices["district"], Role.EDITOR, origin_id))["open_questions"] == 0


async def test_a_return_goes_back_one_hop_and_the_resubmission_shows_what_changed(offices: Offices) -> None:
    origin_id = await report(offices)
    await act(offices["district"], Role.EDITOR, origin_id, "return", {"reason_code": "too_thin", "reason": "请补充"})
    await carry(offices)
    assert (await read(offices["township"], Role.CLERK, origin_id))["status"] == "returned"
    assert (await read(offices["township"], Role.CLERK, origin_id))["note"] == "分析不深、建议不实：请补充"
    await report(offices, version=2, origin_id=origin_id, body=BODY + "建议更新。")
    shown = await read(offices["district"], Role.EDITOR, origin_id)
    assert (shown["status"], shown["submission_version"], shown["hop"]) == ("open", 2, 1)
    assert [sent["version"] for sent in shown["sent"]] == [1, 2]
    assert [line["type"] for line in shown["timeline"]][-1] == "submission.reported_up"


async def test_a_return_by_the_city_reopens_the_item_at_the_district_alone(offices: Offices) -> None:
    origin_id = await report(offices)
    district, city = offices["district"], offices["city"]
    await act(district, Role.EDITOR, origin_id, "keep")
    for attempt in (1, 2):
        await act(district, Role.EDITOR, origin_id, "forward", {"title": f"第{attempt}次"})
        await act(district, Role.CHIEF, origin_id, "forward/sign")
        await carry(offices)
        shown = await read(city, Role.EDITOR, origin_id)
        assert (shown["status"], shown["title"], shown["hop"]) == ("open", f"第{attempt}次", 2)
        await act(city, Role.EDITOR, origin_id, "return", {"reason_code": "unclear", "reason": "请核"})
        await carry(offices)
        shown = await read(district, Role.EDITOR, origin_id)
        assert (shown["status"], shown["forward"], shown["note"]) == ("open", "returned", "情况不清、表述不准：请核")
    assert (await read(offices["township"], Role.CLERK, origin_id))["status"] == "reported"
    assert [sent["attempt"] for sent in (await read(city, Role.EDITOR, origin_id))["sent"]] == [1, 2]


async def test_the_city_adopts_and_its_leaders_instruction_is_shared_as_a_fact(offices: Offices) -> None:
    origin_id = await report(offices)
    await act(offices["district"], Role.EDITOR, origin_id, "forward")
    await act(offices["district"], Role.CHIEF, origin_id, "forward/sign")
    await carry(offices)
    city = offices["city"]
    periodicals = (await city.client(Role.EDITOR).get("/review/api/v1/periodicals")).json()["items"]
    selected = await act(
        city, Role.EDITOR, origin_id, "adopt", {"periodical_id": periodicals[0]["periodical_id"], "mode": "single"}
    )
    signed = await city.client(Role.CHIEF).post(f"/review/api/v1/issues/{selected['issue_id']}/sign")
    assert (signed.json()["issue_no"], signed.json()["entries"][0]["unit_name"]) == (1, "云岭区")
    instruction = {
        "leader_name": "陈市长", "leader_rank": "principal", "text": "请水利局牵头解决。", "given_on": "2026-01-05",
    }  # fmt: skip
    await act(city, Role.EDITOR, origin_id, "instructions", instruction)
    await carry(offices)
    [fact] = await city.told(InstructionRecorded)
    assert fact.text is None
    below = await read(offices["township"], Role.CLERK, origin_id)
    assert [line["type"] for line in below["timeline"]][-2:] == ["submission.adopted", "instruction.recorded"]
    assert "请水利局" not in str(below)
    assert below["instructions"][0]["share"] == "fact"


async def test_an_edition_saved_after_an_adoption_stands_after_it_at_both_nodes(offices: Offices) -> None:
    origin_id = await report(offices)
    editor, chief = (offices["district"].client(role) for role in (Role.EDITOR, Role.CHIEF))
    periodicals = (await editor.get("/review/api/v1/periodicals")).json()["items"]
    wanted = {"periodical_id": periodicals[0]["periodical_id"], "mode": "single"}
    selected = await act(offices["district"], Role.EDITOR, origin_id, "adopt", wanted)
    assert (await chief.post(f"/review/api/v1/issues/{selected['issue_id']}/sign")).status_code == 200
    shown = await read(offices["district"], Role.EDITOR, origin_id)
    headers = {"If-Match": f'"{shown["version"]}"'}
    assert (await editor.patch(address(origin_id), json={"title": "刊后另改"}, headers=headers)).status_code == 200
    await carry(offices)
    for name, role in (("district", Role.EDITOR), ("township", Role.CLERK)):
        kinds = [line["type"] for line in (await read(offices[name], role, origin_id))["timeline"]]
        assert [kind for kind in kinds if kind.split(".")[1] in {"received", "adopted", "edited"}] == [
            "submission.received", "submission.adopted", "submission.edited",
        ]  # fmt: skip


async def test_an_instruction_that_is_not_shared_is_not_told(offices: Offices) -> None:
    origin_id = await report(offices)
    instruction = {
        "leader_name": "李区长", "leader_rank": "other", "text": "阅。", "given_on": "2026-01-05", "share": "none",
    }  # fmt: skip
    await act(offices["district"], Role.LEADER, origin_id, "instructions", instruction)
    assert await offices["district"].told(InstructionRecorded) == []
    assert (await read(offices["district"], Role.EDITOR, origin_id))["instructions"][0]["text"] == "阅。"


async def test_a_return_of_an_older_version_changes_nothing(offices: Offices) -> None:
    origin_id = await report(offices)
    await act(offices["district"], Role.EDITOR, origin_id, "return", {"reason_code": "stale", "reason": "过时"})
    [returned] = await offices["district"].told(SubmissionReturned)
    township = offices["township"]
    await township.hear("intake.submission", submitted(TOWNSHIP, origin_id, version=2))
    await township.hear("exchange.arrival", returned, from_node="district")
    shown = await read(township, Role.CLERK, origin_id)
    assert (shown["status"], shown["submission_version"]) == ("to_check", 2)
    assert "submission.returned" in [line["type"] for line in shown["timeline"]]
