"""Two people at once, one request twice, and facts in any order that the topics allow."""

import asyncio
import random
from typing import Any
from uuid import UUID

import pytest

from services.kernel.language.events.exchange import SubmissionDelivered
from services.kernel.language.events.parts import Fact, OfficerRef, SignOff
from services.kernel.language.events.review import (
    SubmissionAdopted,
    SubmissionAsked,
    SubmissionReceived,
    SubmissionReportedUp,
    SubmissionReturned,
)
from services.kernel.language.vocabulary import AdoptionMode, Level, PeriodicalKind, Role, SignMode, System, UnitKind
from services.kernel.runtime.surroundings.identifiers import new_id
from services.review.policy import first_hop
from tests.integration.review.office import Office, submitted
from tests.support.service import DISTRICT, NOW, TOWNSHIP, unit_id

WATER: dict[str, Any] = {"unit": "water", "kind": UnitKind.BUREAU}
ITEMS = "/review/api/v1/submissions"


async def reported(district: Office, **more: Any) -> UUID:
    origin_id = new_id()
    await district.hear("intake.submission", submitted(DISTRICT, origin_id, unit="water", unit_name="区水利局", **more))
    await district.client(Role.REVIEWER, **WATER).post(f"{ITEMS}/{origin_id}/check")
    await district.client(Role.SIGNER, **WATER).post(f"{ITEMS}/{origin_id}/sign")
    return origin_id


async def selected(district: Office, issue_id: str | None = None) -> dict[str, Any]:
    origin_id = await reported(district)
    editor = district.client(Role.EDITOR)
    periodicals = (await editor.get("/review/api/v1/periodicals")).json()["items"]
    wanted = {"periodical_id": periodicals[0]["periodical_id"], "mode": "single", "issue_id": issue_id}
    answer = await editor.post(f"{ITEMS}/{origin_id}/adopt", json=wanted)
    assert answer.status_code == 200, answer.text
    return {**answer.json(), **wanted, "issue_id": answer.json()["issue_id"]}


async def test_two_chiefs_signing_the_same_issue_at_once_give_it_one_number(district: Office) -> None:
    issue = f"/review/api/v1/issues/{(await selected(district))['issue_id']}/sign"
    chiefs = [district.client(Role.CHIEF, name=name) for name in ("甲", "乙")]
    answers = await asyncio.gather(*(chief.post(issue) for chief in chiefs))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert len(await district.told(SubmissionAdopted)) == 1


async def test_two_issues_signed_at_once_get_one_number_each(district: Office) -> None:
    first = await selected(district)
    editor = district.client(Role.EDITOR)
    begun = await editor.post("/review/api/v1/issues", json={"periodical_id": first["periodical_id"]})
    assert begun.status_code == 201
    second = await selected(district, begun.json()["issue_id"])
    assert second["issue_id"] != first["issue_id"]
    chiefs = [district.client(Role.CHIEF, name=name) for name in ("甲", "乙")]
    pairs = zip(chiefs, (first, second), strict=True)
    answers = await asyncio.gather(
        *(chief.post(f"/review/api/v1/issues/{one['issue_id']}/sign") for chief, one in pairs)
    )
    assert sorted(answer.json()["issue_no"] for answer in answers) == [1, 2]


async def test_a_decision_sent_twice_with_one_key_is_made_once(district: Office) -> None:
    origin_id = await reported(district)
    editor = district.client(Role.EDITOR)
    body, headers = {"reason_code": "too_thin", "reason": "请补充"}, {"Idempotency-Key": "k-1"}
    answers = [await editor.post(f"{ITEMS}/{origin_id}/return", json=body, headers=headers) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    assert len(await district.told(SubmissionReturned)) == 1


async def test_two_editors_deciding_at_once_decide_once(district: Office) -> None:
    origin_id = await reported(district)
    editors = [district.client(Role.EDITOR, name=name) for name in ("甲", "乙")]
    answers = await asyncio.gather(
        editors[0].post(f"{ITEMS}/{origin_id}/keep"),
        editors[1].post(f"{ITEMS}/{origin_id}/decline", json={"reason_code": "low_value"}),
    )
    assert len(await district.told(SubmissionReceived)) == 1
    assert {answer.status_code for answer in answers} <= {200, 409}
    assert answers[1].status_code == 200  # a kept item may still be declined, a declined one not be kept


@pytest.mark.parametrize(
    ("role", "where", "verb", "body"),
    [
        (Role.EDITOR, {}, "check", None),
        (Role.CLERK, WATER, "sign", None),
        (Role.REVIEWER, WATER, "keep", None),
        (Role.CHIEF, {}, "return", {"reason_code": "unclear", "reason": "x"}),
        (Role.REVIEWER, {"unit": "education", "kind": UnitKind.BUREAU}, "check", None),
        (Role.EDITOR, WATER, "keep", None),
        (Role.STATISTICIAN, {}, "receive", None),
    ],
)
async def test_nobody_does_what_is_not_theirs(
    district: Office, role: Role, where: dict[str, Any], verb: str, body: dict[str, str] | None
) -> None:
    origin_id = await reported(district)
    answer = await district.client(role, **where).post(f"{ITEMS}/{origin_id}/{verb}", json=body)
    assert (answer.status_code, answer.json()["code"]) == (403, "not_permitted")


async def test_another_units_item_is_neither_listed_nor_opened(district: Office) -> None:
    origin_id = await reported(district)
    stranger = district.client(Role.CLERK, unit="education", kind=UnitKind.BUREAU)
    assert (await stranger.get(ITEMS)).json()["items"] == []
    assert (await stranger.get(f"{ITEMS}/{origin_id}")).status_code == 403
    unknown = await stranger.get(f"{ITEMS}/{new_id()}")
    assert (unknown.status_code, unknown.json()["code"], unknown.headers["retry-after"]) == (404, "not_here_yet", "2")


async def test_the_submitter_checks_alone_only_with_a_reason(district: Office) -> None:
    origin_id = new_id()
    reviewer = district.client(Role.REVIEWER, **WATER)
    me = OfficerRef(officer_id=_officer_id(district), name="审核", unit_id=unit_id("water"), unit_name="区水利局")
    await district.hear("intake.submission", submitted(DISTRICT, origin_id, unit="water", by=me))
    alone = await reviewer.post(f"{ITEMS}/{origin_id}/check")
    assert (alone.status_code, alone.json()["code"]) == (409, "second_reader_needed")
    told = await reviewer.post(f"{ITEMS}/{origin_id}/check", json={"alone_reason": "本科室仅一人在岗"})
    assert told.json()["status"] == "to_sign"


def _officer_id(district: Office) -> UUID:
    from tests.support.service import officer

    return officer(Role.REVIEWER, name="审核", unit="water", kind=UnitKind.BUREAU).officer_id


@pytest.mark.parametrize("seed", range(6))
async def test_facts_in_any_order_of_topics_come_to_the_same_end(district: Office, seed: int) -> None:
    """The township's item at the district, and its own history: order holds within a topic only."""
    expected = await _end_state(district, None)
    assert await _end_state(district, seed) == expected


async def _end_state(district: Office, seed: int | None) -> dict[str, Any]:
    origin_id = new_id()
    streams = _streams(origin_id)
    queue = [(topic, facts) for topic, facts in streams.items() for _ in facts]
    if seed is not None:
        random.Random(seed).shuffle(queue)
    given = {topic: iter(facts) for topic, facts in streams.items()}
    for topic, _ in queue:
        await district.hear(topic, next(given[topic]), from_node="city")
    clerk = district.client(Role.CLERK, **WATER)
    shown = (await clerk.get(f"{ITEMS}/{origin_id}")).json()
    kept = ("status", "submission_version", "title", "open_questions", "note", "text")
    lines = [(line["hop"], line["version"], line["type"], line["text"]) for line in shown["timeline"]]
    return {name: shown[name] for name in kept} | {"timeline": lines}


def _streams(origin_id: UUID) -> dict[str, list[Fact]]:
    """What one node hears of an item that its unit wrote: from intake, from the city, and receipts."""
    first = submitted(DISTRICT, origin_id, unit="water", unit_name="区水利局")
    second = submitted(DISTRICT, origin_id, unit="water", unit_name="区水利局", version=2, title="泵站老化（补充）")
    by = OfficerRef(officer_id=UUID(int=1), name="市采编", unit_id=unit_id("city"), unit_name="市政府办")
    head = first.item.model_copy(update={"hop": 1})
    common = {"item": head, "at": NOW, "node": "city"}
    asked = SubmissionAsked(**common, question_id=new_id(), question="数据来源？", by=by)
    above: list[Fact] = [
        SubmissionReceived(**common, by=by),
        asked,
        SubmissionReturned(**common, reason_code="unclear", reason="请核", by=by),
        SubmissionAdopted(
            **{**common, "item": head.model_copy(update={"version": 2})},
            adoption_id=new_id(), level=Level.CITY, mode=AdoptionMode.SINGLE, periodical_id=new_id(),
            periodical_title="安澜政务信息", periodical_kind=PeriodicalKind.BRIEF, periodical_system=System.GOVERNMENT,
            issue_id=new_id(), issue_no=3, issue_year=2026, adopted_on=NOW.date(),
        ),
    ]  # fmt: skip
    delivery = SubmissionDelivered(
        origin_id=origin_id, info_type=head.info_type, hop=1, version=1, from_node="district", to_node="city", at=NOW
    )
    return {"intake.submission": [first, second], "exchange.arrival": above, "exchange.delivery": [delivery]}


async def test_an_arrival_told_twice_under_its_id_opens_once(district: Office) -> None:
    origin_id = new_id()
    content = submitted(TOWNSHIP, origin_id)
    by = OfficerRef(officer_id=UUID(int=2), name="签发", unit_id=unit_id("township"), unit_name="龙潭乡")
    hops = first_hop(
        node="township", unit_id=unit_id("township"), unit_name="龙潭乡", to_node="district", to_level=Level.COUNTY
    )
    fact = SubmissionReportedUp(
        item=content.item.model_copy(update={"hop": 1, "hops": hops}),
        at=NOW, node="township", content=content.content, reviewer_name="王五",
        sign_off=SignOff(signed_by="王乡长", sign_mode=SignMode.ONLINE, recorded_by=by, signed_at=NOW),
    )  # fmt: skip
    event_id = str(new_id())
    await district.hear("exchange.arrival", fact, fact, from_node="township", event_ids=[event_id, event_id])
    shown = (await district.client(Role.EDITOR).get(f"{ITEMS}/{origin_id}")).json()
    assert (len(shown["sent"]), len(shown["timeline"]), shown["version"]) == (1, 1, 1)
