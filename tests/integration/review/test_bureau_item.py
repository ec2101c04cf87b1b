"""An item of a bureau goes through the district's own review, and never jumps to the city."""

from typing import Any
from uuid import UUID

import pytest

from services.kernel.language.events.issues import IssuePublished
from services.kernel.language.events.parts import UnitRef
from services.kernel.language.events.review import (
    SubmissionAdopted,
    SubmissionAnswered,
    SubmissionAsked,
    SubmissionChecked,
    SubmissionDeclined,
    SubmissionEdited,
    SubmissionForwardedUp,
    SubmissionReceived,
    SubmissionReportedUp,
    SubmissionReturned,
)
from services.kernel.language.vocabulary import AdoptionMode, Role, UnitKind
from services.kernel.runtime.surroundings.identifiers import new_id
from tests.integration.review.office import BODY, Office, submitted
from tests.support.service import DISTRICT, unit_id
from tests.unit.kernel.test_manuscripts import words_of

BUREAU: dict[str, Any] = {"unit": "water", "kind": UnitKind.BUREAU}


def address(origin_id: UUID, verb: str = "") -> str:
    return f"/review/api/v1/submissions/{origin_id}" + (f"/{verb}" if verb else "")


async def hand_in(district: Office, **more: Any) -> UUID:
    origin_id = new_id()
    await district.hear("intake.submission", submitted(DISTRICT, origin_id, unit="water", unit_name="区水利局", **more))
    return origin_id


async def report(district: Office, origin_id: UUID) -> None:
    for role, verb in ((Role.REVIEWER, "check"), (Role.SIGNER, "sign")):
        answer = await district.client(role, **BUREAU).post(address(origin_id, verb))
        assert answer.status_code == 200, answer.text


async def periodical(district: Office) -> str:
    answer = await district.client(Role.EDITOR).get("/review/api/v1/periodicals")
    return next(one["periodical_id"] for one in answer.json()["items"] if one["title"] == "政务信息")


async def test_a_bureaus_item_is_checked_signed_and_stands_before_the_own_editors(district: Office) -> None:
    origin_id = await hand_in(district)
    reviewer, editor = district.client(Role.REVIEWER, **BUREAU), district.client(Role.EDITOR)
    assert (await reviewer.get(address(origin_id))).json()["status"] == "to_check"
    assert (await editor.get(address(origin_id))).status_code == 403
    await report(district, origin_id)
    opened = (await editor.get(address(origin_id))).json()
    assert (opened["status"], opened["hop"]) == ("open", 1)
    assert opened["hops"][0]["to_node"] == opened["hops"][0]["from_node"] == "district"
    [fact] = await district.told(SubmissionReportedUp)
    assert fact.reviewer_name == "审核"
    assert fact.sign_off.signed_by == "签发"
    assert len(await district.told(SubmissionChecked)) == 1
    listed = (await editor.get("/review/api/v1/submissions", params={"status": "open", "q": "泵站"})).json()["items"]
    assert [row["origin_id"] for row in listed] == [str(origin_id)]
    assert listed[0]["due_at"] is None


async def test_receiving_is_idempotent_and_any_decision_implies_it(district: Office) -> None:
    first, second = await hand_in(district), await hand_in(district)
    editor = district.client(Role.EDITOR)
    for origin_id in (first, second):
        await report(district, origin_id)
    for _ in range(3):
        assert (await editor.post(address(first, "receive"))).status_code == 200
    assert (await editor.post(address(second, "keep"))).json()["status"] == "kept"
    assert [fact.item.origin_id for fact in await district.told(SubmissionReceived)] == [first, second]


async def test_the_editor_edits_and_is_told_of_changed_figures(district: Office) -> None:
    origin_id = await hand_in(district)
    await report(district, origin_id)
    editor = district.client(Role.EDITOR)
    opened = await editor.get(address(origin_id))
    version = opened.headers["etag"]
    change = {"title": "泵站老化亟待更新", "body": BODY.replace("126户", "142户")}
    saved = await editor.patch(address(origin_id), json=change, headers={"If-Match": version})
    assert saved.status_code == 200
    stale = await editor.patch(address(origin_id), json={"title": "另一个"}, headers={"If-Match": version})
    assert (stale.status_code, stale.json()["code"]) == (412, "stale_version")
    assert (await editor.patch(address(origin_id), json=change)).status_code == 428
    [fact] = await district.told(SubmissionEdited)
    assert "126户→142户" in fact.figures_changed
    shown = (await editor.get(address(origin_id))).json()
    assert shown["text"] == {**change, "is_own": True}
    assert shown["sent"][0]["title"] == "泵站老化"


async def test_a_question_is_answered_in_place_by_the_bureau(district: Office) -> None:
    origin_id = await hand_in(district)
    await report(district, origin_id)
    editor, clerk = district.client(Role.EDITOR), district.client(Role.CLERK, **BUREAU)
    asked = await editor.post(address(origin_id, "ask"), json={"question": "126户有无第二来源？"})
    assert asked.json()["status"] == "open"
    answered = await clerk.post(address(origin_id, "answer"), json={"answer": "与镇村台账一致。"})
    assert answered.status_code == 200, answered.text
    assert (await clerk.post(address(origin_id, "answer"), json={"answer": "再答"})).json()[
        "code"
    ] == "no_open_question"
    [question], [answer] = await district.told(SubmissionAsked), await district.told(SubmissionAnswered)
    assert answer.question_id == question.question_id
    assert (answer.to_node, answer.item.hop) == ("district", 1)


async def test_a_returned_item_goes_through_its_unit_again_as_the_same_item(district: Office) -> None:
    origin_id = await hand_in(district)
    await report(district, origin_id)
    editor = district.client(Role.EDITOR)
    returned = await editor.post(address(origin_id, "return"), json={"reason_code": "too_thin", "reason": "请补充建议"})
    assert returned.json()["status"] == "returned"
    [fact] = await district.told(SubmissionReturned)
    assert (fact.item.hop, fact.item.version) == (1, 1)
    early = await district.client(Role.REVIEWER, **BUREAU).post(address(origin_id, "check"))
    assert (early.status_code, early.json()["code"], early.headers["retry-after"]) == (404, "not_here_yet", "2")
    amended = submitted(
        DISTRICT, origin_id, unit="water", unit_name="区水利局", version=2, body=BODY + "建议更新设备。"
    )
    await district.hear("intake.submission", amended)
    await report(district, origin_id)
    shown = (await editor.get(address(origin_id))).json()
    assert (shown["status"], shown["submission_version"], shown["hop"]) == ("open", 2, 1)
    assert [sent["version"] for sent in shown["sent"]] == [1, 2]
    assert shown["text"]["body"].endswith("建议更新设备。")


async def test_each_desk_returns_what_lies_on_it(district: Office) -> None:
    """What one role gives is done where that role works: another role's desk shows nothing of it and returns nothing."""
    with_office, own = await hand_in(district), new_id()
    await report(district, with_office)
    await district.hear("intake.submission", submitted(DISTRICT, own))
    sent = {"reason_code": "unclear", "reason": "时间不清"}
    for roles, item, elsewhere, here in (
        ((Role.CLERK, Role.EDITOR), with_office, "answers", "queue"),
        ((Role.REVIEWER, Role.CHIEF), own, "queue", "check"),
    ):
        officer = district.client(*roles)
        paths = [f"/review/{desk}/{item}/return" for desk in (elsewhere, here)]
        assert [(await officer.post(path, data=sent)).status_code for path in paths] == [404, 303]
    assert [fact.item.origin_id for fact in await district.told(SubmissionReturned)] == [with_office, own]


async def test_a_return_inside_the_unit_happens_at_hop_zero(district: Office) -> None:
    origin_id = await hand_in(district)
    reviewer = district.client(Role.REVIEWER, **BUREAU)
    refused = await reviewer.post(address(origin_id, "return"), json={"reason_code": "unclear", "reason": ""})
    assert refused.status_code == 422
    await reviewer.post(address(origin_id, "return"), json={"reason_code": "unclear", "reason": "时间不清"})
    [fact] = await district.told(SubmissionReturned)
    assert fact.item.hop == 0


async def test_what_stays_inside_the_office_is_not_seen_by_the_unit(district: Office) -> None:
    origin_id = await hand_in(district)
    await report(district, origin_id)
    editor, clerk = district.client(Role.EDITOR), district.client(Role.CLERK, **BUREAU)
    await editor.post(address(origin_id, "keep"))
    assert (await clerk.get(address(origin_id))).json()["status"] == "open"
    assert "review.kept" not in {line["type"] for line in (await clerk.get(address(origin_id))).json()["timeline"]}
    assert "review.kept" in {line["type"] for line in (await editor.get(address(origin_id))).json()["timeline"]}
    listed = "/review/api/v1/submissions"
    assert (await clerk.get(listed, params={"status": "kept"})).json()["items"] == []
    assert [row["status"] for row in (await clerk.get(listed, params={"status": "open"})).json()["items"]] == ["open"]
    assert [row["status"] for row in (await editor.get(listed, params={"status": "kept"})).json()["items"]] == ["kept"]
    clerk.headers["accept"] = "text/html"
    assert "备用" not in (await clerk.get(f"/review/answers/{origin_id}?show=sent")).text
    assert (await editor.post(address(origin_id, "reopen"))).json()["status"] == "open"


async def test_adoption_is_told_only_when_the_chief_signs_the_issue(district: Office) -> None:
    first, second, third = [await hand_in(district, title=f"第{n}件") for n in (1, 2, 3)]
    editor, chief = district.client(Role.EDITOR), district.client(Role.CHIEF)
    where = {"periodical_id": await periodical(district), "mode": "single"}
    chosen = []
    for origin_id in (first, second, third):
        await report(district, origin_id)
        answer = (await editor.post(address(origin_id, "adopt"), json=where)).json()
        assert answer["status"] == "selected"
        chosen.append(answer)
    assert await district.told(SubmissionAdopted) == []
    issue = f"/review/api/v1/issues/{chosen[0]['issue_id']}"
    read = await chief.get(issue)
    order = [chosen[2]["adoption_id"], chosen[0]["adoption_id"]]
    arranged = await chief.patch(issue, json={"adoption_ids": order}, headers={"If-Match": read.headers["etag"]})
    assert [entry["title"] for entry in arranged.json()["entries"]] == ["第3件", "第1件"]
    assert (await editor.get(address(second))).json()["status"] == "open"
    assert (await editor.post(f"{issue}/sign")).status_code == 403
    signed = await chief.post(f"{issue}/sign")
    assert (signed.status_code, signed.json()["issue_no"]) == (200, 1)
    assert [fact.item.title for fact in await district.told(SubmissionAdopted)] == ["第3件", "第1件"]
    [published] = await district.told(IssuePublished)
    assert [entry.title for entry in published.entries] == ["第3件", "第1件"]
    assert published.entries[0].unit_name == "区水利局"
    assert (await chief.post(f"{issue}/sign")).json()["code"] == "issue_already_signed"
    assert (await editor.get(address(first))).json()["status"] == "adopted"
    again = await editor.post(address(second, "adopt"), json=where)
    next_issue = f"/review/api/v1/issues/{again.json()['issue_id']}"
    assert (await chief.post(f"{next_issue}/sign")).json()["issue_no"] == 2


async def test_what_units_report_together_is_adopted_printed_and_told_as_theirs(district: Office) -> None:
    origin_id = await hand_in(district, co_units=(UnitRef(unit_id=unit_id("emergency"), name="区应急局"),))
    await report(district, origin_id)
    editor, chief = district.client(Role.EDITOR), district.client(Role.CHIEF)
    assert (await editor.get(address(origin_id))).json()["co_units"][0]["name"] == "区应急局"
    page = (await editor.get(f"/review/queue/{origin_id}", headers={"Accept": "text/html"})).text
    assert "联合报送单位" in page
    assert '<option value="joint" selected>' in page
    where = {"periodical_id": await periodical(district)}
    chosen = (await editor.post(address(origin_id, "adopt"), json=where)).json()
    issue = f"/review/api/v1/issues/{chosen['issue_id']}"
    assert (await chief.get(issue)).json()["entries"][0]["unit_name"] == "区水利局、区应急局"
    assert (await chief.post(f"{issue}/sign")).status_code == 200
    [fact] = await district.told(SubmissionAdopted)
    assert (fact.mode, [one.name for one in fact.item.co_units]) == (AdoptionMode.JOINT, ["区应急局"])


async def test_forwarding_is_proposed_by_an_editor_and_signed_by_a_chief(district: Office) -> None:
    origin_id = await hand_in(district)
    await report(district, origin_id)
    editor, chief = district.client(Role.EDITOR), district.client(Role.CHIEF)
    proposed = await editor.post(address(origin_id, "forward"), json={"title": "区水利局反映：泵站老化"})
    assert (proposed.status_code, proposed.json()["to"]) == (200, "city")
    assert (await editor.post(address(origin_id, "forward"))).json()["code"] == "already_forwarded"
    assert (await editor.post(address(origin_id, "forward/sign"))).status_code == 403
    signed = await chief.post(address(origin_id, "forward/sign"))
    assert (signed.json()["hop"], signed.json()["status"]) == (2, "open")
    [fact] = await district.told(SubmissionForwardedUp)
    assert [(hop.n, hop.from_node, hop.to_node) for hop in fact.item.hops] == [
        (1, "district", "district"),
        (2, "district", "city"),
    ]
    assert fact.content.edition.title == "区水利局反映：泵站老化"
    assert fact.content.author_name == "李四"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"reason_code": "nonsense", "reason": "x"}, "invalid_input"),
        ({"reason_code": "other", "reason": ""}, "invalid_input"),
    ],
)
async def test_a_malformed_refusal_is_refused(district: Office, body: dict[str, str], code: str) -> None:
    origin_id = await hand_in(district)
    await report(district, origin_id)
    answer = await district.client(Role.EDITOR).post(address(origin_id, "decline"), json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert await district.told(SubmissionDeclined) == []


async def test_an_item_leaves_as_a_document_with_its_sheet_for_those_who_may_read_it(district: Office) -> None:
    origin_id = await hand_in(district)
    await report(district, origin_id)
    editor, other = district.client(Role.EDITOR), district.client(Role.CLERK, unit="roads", kind=UnitKind.BUREAU)
    word = await editor.get(address(origin_id, "manuscript.docx"))
    assert word.status_code == 200
    said = words_of(word.content)
    assert "网上签发" in said
    assert BODY.split("。", maxsplit=1)[0] in said
    assert (await other.get(address(origin_id, "manuscript.docx"))).status_code == 403
    page = (await editor.get(f"/review/queue/{origin_id}?view=original", headers={"Accept": "text/html"})).text
    assert "manuscript.pdf" in page
