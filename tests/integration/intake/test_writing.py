"""Writing by API: drafts of any subset of fields, versions, submission."""

from contextlib import suppress
from typing import Any
from uuid import UUID

import httpx
import pytest
from prometheus_client import REGISTRY
from sqlalchemy import select

from services.intake.actions.submitting import submit
from services.intake.store import lock_submission
from services.kernel.language.events import open_fact
from services.kernel.language.events.directory import OfficerAppointed
from services.kernel.language.events.intake import SubmissionSubmitted
from services.kernel.language.vocabulary import IntakeStatus, Role, UnitKind
from services.kernel.runtime.heard.organisation import keep_officer, keep_unit
from services.kernel.runtime.running.process import NodeProcess
from services.kernel.runtime.storing.outbox import envelope_of
from services.kernel.runtime.storing.tables import OUTBOX
from services.kernel.runtime.surroundings.clock import utc_now
from services.kernel.runtime.surroundings.identifiers import new_id
from tests.integration.intake.conftest import CLERK, COMPLETE, EDITOR, ITEMS, REVIEWER, STRANGER
from tests.integration.review.office import unit_fact
from tests.support.service import DISTRICT, TOWNSHIP, client_of, officer, unit_id


async def _draft(client: httpx.AsyncClient, **fields: Any) -> Any:
    answer = await client.post(ITEMS, json=fields)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_a_draft_accepts_any_subset_of_the_fields(as_clerk: httpx.AsyncClient) -> None:
    answer = await as_clerk.post(ITEMS, json={"title": "只有标题"})
    assert answer.status_code == 201
    assert answer.json()["status"] == "draft"
    assert answer.json()["version"] == 1
    assert answer.headers["etag"] == '"1"'
    assert "body" in {error["field"] for error in answer.json()["lacking"]}


async def test_a_change_needs_the_version_it_is_based_on(as_clerk: httpx.AsyncClient) -> None:
    origin_id = (await _draft(as_clerk))["origin_id"]
    without = await as_clerk.patch(f"{ITEMS}/{origin_id}", json={"title": "甲"})
    first = await as_clerk.patch(f"{ITEMS}/{origin_id}", json={"title": "甲"}, headers={"If-Match": '"1"'})
    late = await as_clerk.patch(f"{ITEMS}/{origin_id}", json={"title": "乙"}, headers={"If-Match": '"1"'})
    assert (without.status_code, first.status_code, late.status_code) == (428, 200, 412)
    assert first.headers["etag"] == '"2"'
    assert late.json()["code"] == "stale_version"
    assert (await as_clerk.get(f"{ITEMS}/{origin_id}")).json()["title"] == "甲"


async def test_an_incomplete_item_is_not_submitted_and_says_what_is_missing(as_clerk: httpx.AsyncClient) -> None:
    origin_id = (await _draft(as_clerk, info_type="problem", title="甲"))["origin_id"]
    answer = await as_clerk.post(f"{ITEMS}/{origin_id}/submit")
    assert answer.status_code == 409
    assert answer.json()["code"] == "submission_incomplete"
    fields = [error["field"] for error in answer.json()["errors"]]
    assert fields == ["body", "author_name", "author_phone", "non_secret_declared"]


async def test_a_complete_item_is_submitted_once(as_clerk: httpx.AsyncClient, process: NodeProcess) -> None:
    origin_id = (await _draft(as_clerk, **COMPLETE))["origin_id"]
    answer = await as_clerk.post(f"{ITEMS}/{origin_id}/submit")
    again = await as_clerk.post(f"{ITEMS}/{origin_id}/submit")
    assert (answer.status_code, answer.json()["status"]) == (200, "submitted")
    assert (again.status_code, again.json()["code"]) == (409, "submission_not_editable")
    shown = (await as_clerk.get(f"{ITEMS}/{origin_id}")).json()
    assert [line["type"] for line in shown["timeline"]] == ["submission.submitted"]
    assert shown["declared_by"] == "李四"
    assert [(one["node"], one["number"]) for one in shown["editions"]] == [("township", 1)]


async def test_a_repeated_request_with_one_key_makes_one_item(as_clerk: httpx.AsyncClient) -> None:
    answers = [await as_clerk.post(ITEMS, json={"title": "甲"}, headers={"Idempotency-Key": "k-1"}) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert len((await as_clerk.get(ITEMS)).json()["items"]) == 1


async def test_grouped_and_flat_fields_say_the_same(as_clerk: httpx.AsyncClient) -> None:
    given = {
        "problem": {"own_efforts": "甲", "responsible_level": "city"},
        "also_reported_to": ["区水利局", "区应急局"],
    }
    origin_id = (await _draft(as_clerk, **given))["origin_id"]
    shown = (await as_clerk.get(f"{ITEMS}/{origin_id}")).json()
    assert (shown["own_efforts"], shown["responsible_level"]) == ("甲", "city")
    assert shown["also_reported_to"] == ["区水利局", "区应急局"]


async def test_another_units_item_does_not_exist_for_a_stranger(
    as_clerk: httpx.AsyncClient, process: NodeProcess
) -> None:
    origin_id = (await _draft(as_clerk, **COMPLETE))["origin_id"]
    stranger = client_of(process, STRANGER)
    for answer in (
        await stranger.get(f"{ITEMS}/{origin_id}"),
        await stranger.patch(f"{ITEMS}/{origin_id}", json={"title": "乙"}, headers={"If-Match": "1"}),
        await stranger.post(f"{ITEMS}/{origin_id}/submit"),
        await stranger.delete(f"{ITEMS}/{origin_id}"),
    ):
        assert answer.status_code == 404
    assert (await stranger.get(ITEMS)).json()["items"] == []


async def test_a_reviewer_reads_what_his_unit_handed_in_but_does_not_write_it(
    as_clerk: httpx.AsyncClient, process: NodeProcess
) -> None:
    origin_id = (await _draft(as_clerk, **COMPLETE))["origin_id"]
    reviewer = client_of(process, REVIEWER)
    assert (await reviewer.get(f"{ITEMS}/{origin_id}")).status_code == 404
    await as_clerk.post(f"{ITEMS}/{origin_id}/submit")
    assert (await reviewer.get(f"{ITEMS}/{origin_id}")).status_code == 200
    refused = await reviewer.patch(f"{ITEMS}/{origin_id}", json={"title": "乙"}, headers={"If-Match": "1"})
    assert (refused.status_code, refused.json()["code"]) == (403, "not_permitted")
    assert (await client_of(process, EDITOR).post(ITEMS, json={})).status_code == 403


async def test_a_stranger_without_token_is_asked_to_sign_in(process: NodeProcess) -> None:
    assert (await client_of(process).post(ITEMS, json={})).status_code == 401


async def test_an_unknown_item_is_not_here_yet(as_clerk: httpx.AsyncClient) -> None:
    answer = await as_clerk.get(f"{ITEMS}/01890a5d-ac96-774b-bcce-b302099a8057")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_here_yet")
    assert answer.headers["retry-after"]


async def test_a_discarded_draft_is_gone_and_can_be_taken_back(as_clerk: httpx.AsyncClient) -> None:
    origin_id = (await _draft(as_clerk, title="排涝泵站"))["origin_id"]
    assert (await as_clerk.delete(f"{ITEMS}/{origin_id}")).status_code == 204
    assert (await as_clerk.get(f"{ITEMS}/{origin_id}")).status_code == 404
    assert (await as_clerk.get(ITEMS, params={"q": "排涝"})).json()["items"] == []
    assert (await as_clerk.post(f"{ITEMS}/{origin_id}/restore")).status_code == 200
    assert len((await as_clerk.get(ITEMS, params={"q": "排涝"})).json()["items"]) == 1


async def test_taking_back_what_was_never_thrown_away_changes_nothing(
    as_clerk: httpx.AsyncClient, process: NodeProcess
) -> None:
    draft, returned = [(await _draft(as_clerk, **COMPLETE))["origin_id"] for _ in range(2)]
    await as_clerk.post(f"{ITEMS}/{returned}/submit")
    async with process.contexts["intake"].database.transaction(utc_now()) as tx:
        submission = await lock_submission(tx.session, UUID(returned))
        assert submission is not None
        submission.status = IntakeStatus.RETURNED
        tx.session.add(submission)
    for origin_id in (draft, returned):
        before = (await as_clerk.get(f"{ITEMS}/{origin_id}")).json()
        assert (await as_clerk.post(f"{ITEMS}/{origin_id}/restore")).status_code == 200
        after = (await as_clerk.get(f"{ITEMS}/{origin_id}")).json()
        kept = ("status", "version", "submission_version", "touched_at")
        assert [after[name] for name in kept] == [before[name] for name in kept]


async def test_a_submitted_item_is_kept(as_clerk: httpx.AsyncClient) -> None:
    origin_id = (await _draft(as_clerk, **COMPLETE))["origin_id"]
    await as_clerk.post(f"{ITEMS}/{origin_id}/submit")
    answer = await as_clerk.delete(f"{ITEMS}/{origin_id}")
    assert (answer.status_code, answer.json()["code"]) == (409, "submission_not_discardable")


async def test_a_copy_is_a_new_draft_with_the_same_text(as_clerk: httpx.AsyncClient) -> None:
    origin_id = (await _draft(as_clerk, **COMPLETE))["origin_id"]
    answer = await as_clerk.post(f"{ITEMS}/{origin_id}/copy")
    copied = (await as_clerk.get(f"{ITEMS}/{answer.json()['origin_id']}")).json()
    assert copied["origin_id"] != origin_id
    assert (copied["title"], copied["own_efforts"]) == (COMPLETE["title"], COMPLETE["own_efforts"])
    assert copied["non_secret_declared"] is False


@pytest.mark.parametrize("query", ["泵站", "泵", "龙潭 排涝", "68.4"])
async def test_items_are_found_by_two_characters_and_by_one(as_clerk: httpx.AsyncClient, query: str) -> None:
    await _draft(as_clerk, **COMPLETE)
    await _draft(as_clerk, title="春耕备耕情况")
    found = (await as_clerk.get(ITEMS, params={"q": query})).json()["items"]
    assert [item["title"] for item in found] == [COMPLETE["title"]]


async def test_a_list_is_paged_by_the_last_row_and_filtered_by_status(as_clerk: httpx.AsyncClient) -> None:
    for n in range(5):
        await _draft(as_clerk, title=f"第{n}件")
    first = (await as_clerk.get(ITEMS, params={"limit": 2})).json()
    second = (await as_clerk.get(ITEMS, params={"limit": 2, "cursor": first["next"]})).json()
    third = (await as_clerk.get(ITEMS, params={"limit": 2, "cursor": second["next"]})).json()
    titles = [item["title"] for page in (first, second, third) for item in page["items"]]
    assert titles == ["第4件", "第3件", "第2件", "第1件", "第0件"]
    assert third["next"] is None
    assert (await as_clerk.get(ITEMS, params={"status": "adopted"})).json()["items"] == []


async def test_who_writes_is_in_the_audit_chain(as_clerk: httpx.AsyncClient, process: NodeProcess) -> None:
    from sqlalchemy import select

    from services.kernel.runtime.storing.tables import AUDIT

    origin_id = (await _draft(as_clerk, **COMPLETE))["origin_id"]
    await as_clerk.post(f"{ITEMS}/{origin_id}/submit")
    async with process.contexts["intake"].database.reading() as session:
        rows = (await session.execute(select(AUDIT.c.verb, AUDIT.c.officer_name))).all()
    assert ("submission.submit", CLERK.name) in [tuple(row) for row in rows]


async def test_a_duty_officer_does_not_make_his_draft_one_that_he_may_not_write(process: NodeProcess) -> None:
    duty = client_of(process, officer(Role.DUTY, name="郑十一", unit="township"))
    item = f"{ITEMS}/{(await _draft(duty, info_type='emergency', title='甲'))['origin_id']}"
    for info_type in ("dynamic", None):
        refused = await duty.patch(item, json={"info_type": info_type}, headers={"If-Match": "1"})
        assert (refused.status_code, refused.json()["code"]) == (403, "not_permitted"), info_type
    kept = await duty.patch(item, json={"info_type": "emergency", "title": "乙"}, headers={"If-Match": "1"})
    assert (kept.status_code, (await duty.get(item)).json()["title"]) == (200, "乙")


async def test_the_missing_of_an_emergency_are_people_and_what_it_lacks_has_a_name_of_its_own(
    process: NodeProcess,
) -> None:
    duty = client_of(process, officer(Role.DUTY, name="郑十一", unit="township"))
    draft = await _draft(duty, info_type="emergency", title="甲", missing=3)
    shown = (await duty.get(f"{ITEMS}/{draft['origin_id']}")).json()
    assert shown["missing"] == 3
    assert shown["lacking"] == draft["lacking"] != []


async def test_only_what_was_committed_counts_as_submitted(as_clerk: httpx.AsyncClient, process: NodeProcess) -> None:
    def counted() -> float:
        labels = {"node": "township", "info_type": "problem"}
        return REGISTRY.get_sample_value("shangda_intake_submitted_items_total", labels) or 0

    origin_id, before = UUID((await _draft(as_clerk, **COMPLETE))["origin_id"]), counted()
    database = process.contexts["intake"].database
    with suppress(InterruptedError):
        async with database.transaction(utc_now()) as tx:
            await submit(tx, origin_id, by=CLERK)
            raise InterruptedError
    assert counted() == before
    async with database.transaction(utc_now()) as tx:
        await submit(tx, origin_id, by=CLERK)
    assert counted() == before + 1


async def test_who_relieves_a_duty_officer_goes_on_with_what_that_one_handed_in(process: NodeProcess) -> None:
    first, second = (
        client_of(process, officer(Role.DUTY, name=name, unit="township")) for name in ("郑十一", "王十二")
    )
    form = (await first.get("/intake/submissions/new")).text
    assert "紧急信息" in form
    assert "动态" not in form
    item = f"{ITEMS}/{(await _draft(first, **COMPLETE | {'info_type': 'emergency'}))['origin_id']}"
    assert (await second.get(item)).status_code == 404
    assert (await first.post(f"{item}/submit")).status_code == 200
    assert (await second.get(item)).json()["status"] == "submitted"
    assert len((await second.get(ITEMS)).json()["items"]) == 1
    ordinary = client_of(process, CLERK)
    dynamic = f"{ITEMS}/{(await _draft(ordinary, **COMPLETE))['origin_id']}"
    assert (await ordinary.post(f"{dynamic}/submit")).status_code == 200
    assert (await second.get(dynamic)).status_code == 404


async def test_an_emergency_takes_the_urgent_topic_with_all_it_says(
    as_clerk: httpx.AsyncClient, process: NodeProcess
) -> None:
    from sqlalchemy import select

    from services.kernel.language.events.intake import SubmissionSubmitted
    from services.kernel.runtime.storing.tables import OUTBOX

    said = {
        "info_type": "emergency", "occurred_at": "2026-11-24T08:00:00+08:00", "learned_at": "2026-11-24T08:10:00+08:00",
        "place": "龙潭村", "deaths": 0, "injured": 2, "report_stage": "initial", "event_grade": "general",
        "also_reported_to": "区应急局、区水利局",
    }  # fmt: skip
    base = {name: COMPLETE[name] for name in ("title", "body", "author_name", "author_phone", "non_secret_declared")}
    origin_id = (await _draft(as_clerk, **base, **said))["origin_id"]
    assert (await as_clerk.post(f"{ITEMS}/{origin_id}/submit")).status_code == 200
    async with process.contexts["intake"].database.reading() as session:
        row = (await session.execute(select(OUTBOX))).one()
    fact: Any = SubmissionSubmitted.model_validate_json(bytes(row.body))
    assert row.topic == "township.intake.emergency"
    assert (fact.content.emergency.injured, fact.content.emergency.deaths) == (2, 0)
    assert fact.content.emergency.also_reported_to == ("区应急局", "区水利局")
    assert fact.content.emergency.occurred_at.isoformat() == "2026-11-24T08:00:00+08:00"


async def test_an_author_names_who_writes_with_him(as_clerk: httpx.AsyncClient, process: NodeProcess) -> None:
    colleague, other = (officer(Role.CLERK, name=name, unit="township") for name in ("孙八", "周九"))
    reviewer = officer(Role.REVIEWER, name="吴十", unit="township")
    async with process.contexts["intake"].database.transaction(utc_now()) as tx:
        for one in (CLERK, colleague, other, reviewer):
            await keep_officer(
                tx,
                OfficerAppointed(officer_id=one.officer_id, name=one.name, unit_id=one.unit_id, roles=tuple(one.roles)),
            )
    named = [{"name": "外单位专家", "officer_id": None, "section_id": None}]
    origin_id = (await _draft(as_clerk, **COMPLETE, authors=named))["origin_id"]
    page = f"/intake/submissions/{origin_id}"
    form = (await as_clerk.get(f"{page}/edit", headers={"Accept": "text/html"})).text
    assert [name in form for name in ("孙八", "周九", "吴十")] == [True, True, False]
    ticked = {"writers": [str(colleague.officer_id), str(reviewer.officer_id), "没有这个人"]}
    answer = await as_clerk.post(f"{page}/writers", data=ticked, headers={"Accept": "text/html"})
    assert answer.status_code == 303
    seen = [
        (await client_of(process, one).get(f"{ITEMS}/{origin_id}")).status_code for one in (colleague, other, reviewer)
    ]
    assert seen == [200, 404, 404]
    authors = (await as_clerk.get(f"{ITEMS}/{origin_id}")).json()["authors"]
    assert [one["name"] for one in authors] == ["外单位专家", "孙八"]
    assert (await client_of(process, other).post(f"{page}/writers", data=ticked)).status_code == 404
    await as_clerk.post(f"{page}/writers", data={}, headers={"Accept": "text/html"})
    assert (await client_of(process, colleague).get(f"{ITEMS}/{origin_id}")).status_code == 404


async def test_an_item_is_reported_together_with_other_units_of_the_node(
    as_clerk: httpx.AsyncClient, process: NodeProcess
) -> None:
    beside = [("党建办", UnitKind.BUREAU, TOWNSHIP), ("某区", UnitKind.SUBORDINATE, DISTRICT)]
    async with process.contexts["intake"].database.transaction(utc_now()) as tx:
        for name, kind, node in beside:
            await keep_unit(tx, unit_fact(name, kind, node, unit=name))
    party, other_node = str(unit_id("党建办")), str(unit_id("某区"))
    page = f"/intake/submissions/{(origin_id := (await _draft(as_clerk, **COMPLETE))['origin_id'])}"
    form = (await as_clerk.get(f"{page}/edit", headers={"Accept": "text/html"})).text
    assert [name in form for name in ("党建办", "某区")] == [True, False]
    answer = await as_clerk.post(f"{page}/units", data={"co_units": [party]}, headers={"Accept": "text/html"})
    assert answer.status_code == 303
    kept = await as_clerk.get(f"{ITEMS}/{origin_id}")
    assert kept.json()["co_units"] == [{"unit_id": party, "name": "党建办"}]
    for wrong in (other_node, str(CLERK.unit_id), str(new_id())):
        refused = await as_clerk.patch(
            f"{ITEMS}/{origin_id}", json={"co_units": [party, wrong]}, headers={"If-Match": kept.headers["etag"]}
        )
        assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "unknown_unit")
    assert (await as_clerk.post(f"{ITEMS}/{origin_id}/submit")).status_code == 200
    async with process.contexts["intake"].database.reading() as session:
        [row] = list(await session.execute(select(OUTBOX)))
    fact = open_fact(envelope_of(row))
    assert isinstance(fact, SubmissionSubmitted)
    assert [one.name for one in fact.item.co_units] == ["党建办"]
    assert "联合报送单位" in (await as_clerk.get(page, headers={"Accept": "text/html"})).text
