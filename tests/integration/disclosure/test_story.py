"""Step 8 of the story: a reviewed text reaches the portal with number and header, and nothing internal does."""

from __future__ import annotations

from typing import Any

import pytest
from sqlmodel import select

from services.disclosure.model import METADATA, PublicInformation
from services.kernel.language.vocabulary import InfoType
from services.kernel.runtime.storing.migrations import differences
from services.kernel.runtime.surroundings.identifiers import new_id
from tests.integration.disclosure.conftest import (
    API,
    BOTH,
    CLERK,
    COMPLETE,
    HOSTED_PUBLISHER,
    PUBLISHER,
    SECOND_PUBLISHER,
    SECRECY,
    World,
)
from tests.integration.disclosure.items import INTERNAL, edited, reported_up, submitted

REFUSED_TYPES = [InfoType.PROBLEM, InfoType.EARLY_WARNING, InfoType.EMERGENCY, InfoType.PUBLIC_OPINION]


async def test_the_migrated_schema_is_the_one_of_the_table_classes(world: World) -> None:
    assert await differences(world.database, METADATA) == []


async def test_a_public_text_of_an_item_reaches_the_portal_and_is_found_by_two_characters(world: World) -> None:
    origin_id = new_id()
    await world.arrive(reported_up(origin_id))
    prepared = await world.client(PUBLISHER).post(API, json=COMPLETE | {"origin_id": str(origin_id)})
    assert prepared.status_code == 201
    assert prepared.json()["status"] == "in_review"
    information_id = prepared.json()["information_id"]
    review = {"outcome": "open", "opinion": "不涉密，同意公开"}
    reviewed = await world.client(SECRECY).post(f"{API}/{information_id}/confidentiality-review", json=review)
    assert (reviewed.status_code, reviewed.json()["status"]) == (200, "approved")
    published = await world.client(PUBLISHER).post(f"{API}/{information_id}/publish")
    assert published.status_code == 200
    assert published.json()["index_no"] == "00410100/2026-00001"
    await world.deliver()

    found = (await world.client().get("/open/api/v1/information", params={"q": "塘坝"})).json()
    assert [one["index_no"] for one in found["items"]] == ["00410100/2026-00001"]
    header = {row["label"]: row["text"] for row in found["items"][0]["header"]}
    assert header["发文机关"] == "云岭区人民政府办公室"
    assert header["信息分类"] == "工作动态"
    assert header["成文日期"] == "2026年11月24日"
    assert published.json()["url"] == found["items"][0]["url"]
    whole = (await world.client().get(f"/open/api/v1/information/{information_id}")).json()
    assert whole["body"] == COMPLETE["body"]
    nothing = (await world.client().get("/open/api/v1/information", params={"q": "高铁"})).json()
    assert nothing["items"] == []


@pytest.mark.parametrize("info_type", REFUSED_TYPES, ids=lambda word: word.value)
@pytest.mark.parametrize("way", ["own unit", "other node"])
async def test_items_of_kinds_that_stay_inside_are_refused(world: World, info_type: InfoType, way: str) -> None:
    origin_id = new_id()
    if way == "own unit":
        await world.tell(submitted(origin_id, info_type))
    else:
        await world.arrive(reported_up(origin_id, info_type))
    publisher = HOSTED_PUBLISHER if way == "own unit" else PUBLISHER
    answer = await world.client(publisher).post(API, json=COMPLETE | {"origin_id": str(origin_id)})
    assert (answer.status_code, answer.json()["code"]) == (409, "type_not_disclosable")
    assert info_type.label in answer.json()["title"]


async def test_an_item_that_is_not_known_yet_is_asked_for_again(world: World) -> None:
    answer = await world.client(PUBLISHER).post(API, json=COMPLETE | {"origin_id": str(new_id())})
    assert (answer.status_code, answer.json()["code"]) == (404, "not_here_yet")
    assert answer.headers["retry-after"]


async def test_an_item_that_turns_into_a_problem_after_the_review_is_not_published(world: World) -> None:
    origin_id = new_id()
    await world.arrive(reported_up(origin_id))
    information_id = await world.approved(origin_id=str(origin_id))
    await world.arrive(reported_up(origin_id, InfoType.PROBLEM, version=2))
    answer = await world.client(PUBLISHER).post(f"{API}/{information_id}/publish")
    assert (answer.status_code, answer.json()["code"]) == (409, "type_not_disclosable")


async def test_nothing_internal_stands_in_what_the_portal_reads(world: World) -> None:
    origin_id = new_id()
    await world.arrive(reported_up(origin_id))
    published = await world.published(origin_id=str(origin_id))
    async with world.database.reading() as session:
        shown = [row.model_dump(mode="json") for row in await session.exec(select(PublicInformation))]
    answers = [
        await world.client().get(path)
        for path in (
            "/open/", "/open/feed.xml", "/open/guide", "/open/rules", "/open/reports", "/open/requests",
            "/open/sitemap.xml", published["url"], "/open/api/v1/information",
            f"/open/api/v1/information/{published['information_id']}", "/open/?q=" + INTERNAL[:2],
        )
    ]  # fmt: skip
    everything = str(shown) + "".join(answer.text for answer in answers)
    internal = [INTERNAL, str(origin_id), "龙潭乡", "不涉密", SECRECY.name, PUBLISHER.name, "writers", "reviewed_body"]
    assert [word for word in internal if word in everything] == []


async def test_the_same_person_never_prepares_and_reviews(world: World) -> None:
    mine = await world.client(BOTH).post(API, json=COMPLETE)
    review = {"outcome": "open", "opinion": "同意"}
    own = await world.client(BOTH).post(f"{API}/{mine.json()['information_id']}/confidentiality-review", json=review)
    assert (own.status_code, own.json()["code"]) == (409, "reviewer_is_preparer")

    others = await world.prepared()
    changed = await world.client(BOTH).patch(
        f"{API}/{others}", json={"title": "改过的标题"}, headers={"If-Match": '"2"'}
    )
    assert changed.status_code == 200
    after_writing = await world.client(BOTH).post(f"{API}/{others}/confidentiality-review", json=review)
    assert (after_writing.status_code, after_writing.json()["code"]) == (409, "reviewer_is_preparer")


async def test_whoever_reviewed_a_text_does_not_publish_it(world: World) -> None:
    information_id = await world.prepared()
    review = {"outcome": "open", "opinion": "同意"}
    await world.client(BOTH).post(f"{API}/{information_id}/confidentiality-review", json=review)
    own = await world.client(BOTH).post(f"{API}/{information_id}/publish")
    assert (own.status_code, own.json()["code"]) == (409, "publisher_is_reviewer")
    other = await world.client(SECOND_PUBLISHER).post(f"{API}/{information_id}/publish")
    assert other.status_code == 200


@pytest.mark.parametrize(
    ("who", "path", "body"),
    [
        (CLERK, "", COMPLETE),
        (SECRECY, "", COMPLETE),
        (PUBLISHER, "/confidentiality-review", {"outcome": "open", "opinion": ""}),
        (SECRECY, "/publish", None),
        (SECRECY, "/revoke", {"reason": "有误"}),
    ],
)
async def test_every_step_needs_its_role(world: World, who: Any, path: str, body: Any) -> None:
    address = f"{API}/{await world.approved()}{path}" if path else API
    answer = await world.client(who).post(address, json=body)
    assert (answer.status_code, answer.json()["code"]) == (403, "not_permitted")


async def test_a_text_without_review_is_not_published(world: World) -> None:
    answer = await world.client(PUBLISHER).post(f"{API}/{await world.prepared()}/publish")
    assert (answer.status_code, answer.json()["code"]) == (409, "not_reviewed_yet")


async def test_a_change_after_the_review_needs_a_new_review(world: World) -> None:
    information_id = await world.approved()
    changed = await world.client(PUBLISHER).patch(
        f"{API}/{information_id}", json={"body": "另外的话"}, headers={"If-Match": '"3"'}
    )
    assert (changed.status_code, changed.json()["status"]) == (200, "in_review")
    answer = await world.client(PUBLISHER).post(f"{API}/{information_id}/publish")
    assert answer.json()["code"] == "not_reviewed_yet"


async def test_what_was_to_be_cut_must_be_cut_and_the_cut_text_is_confirmed(world: World) -> None:
    information_id = await world.prepared(body="负责人张三，电话13800000000，欢迎监督。")
    review = {"outcome": "open_after_redaction", "opinion": "请隐去手机号"}
    await world.client(SECRECY).post(f"{API}/{information_id}/confidentiality-review", json=review)
    too_early = await world.client(PUBLISHER).post(f"{API}/{information_id}/publish")
    assert (too_early.status_code, too_early.json()["code"]) == (409, "not_ready_to_publish")
    assert too_early.json()["errors"][0]["code"] == "redaction_missing"
    cut = await world.client(PUBLISHER).patch(
        f"{API}/{information_id}", json={"body": "负责人张三，电话*****，欢迎监督。"}, headers={"If-Match": '"3"'}
    )
    assert cut.json()["status"] == "in_review"
    unconfirmed = await world.client(PUBLISHER).post(f"{API}/{information_id}/publish")
    assert (unconfirmed.status_code, unconfirmed.json()["code"]) == (409, "not_reviewed_yet")
    confirmed = {"outcome": "open", "opinion": "已隐去"}
    await world.client(SECRECY).post(f"{API}/{information_id}/confidentiality-review", json=confirmed)
    assert (await world.client(PUBLISHER).post(f"{API}/{information_id}/publish")).status_code == 200


async def test_not_opening_needs_a_ground_and_sends_the_text_back(world: World) -> None:
    information_id = await world.prepared()
    address = f"{API}/{information_id}/confidentiality-review"
    bare = await world.client(SECRECY).post(address, json={"outcome": "not_open", "opinion": "不宜公开"})
    assert (bare.status_code, bare.json()["code"]) == (409, "ground_missing")
    full = {"outcome": "not_open", "opinion": "过程性信息", "ground": "process_info"}
    answer = await world.client(SECRECY).post(address, json=full)
    assert (answer.json()["status"], answer.json()["attribute"]) == ("draft", "not_open")
    again = await world.client(PUBLISHER).post(f"{API}/{information_id}/send-to-review")
    assert (again.status_code, again.json()["code"]) == (409, "not_proactive")


async def test_a_referred_text_waits_on(world: World) -> None:
    information_id = await world.prepared()
    address = f"{API}/{information_id}/confidentiality-review"
    referred = await world.client(SECRECY).post(address, json={"outcome": "refer", "opinion": "报区保密局确定"})
    assert referred.json()["status"] == "in_review"
    opened = await world.client(SECRECY).post(address, json={"outcome": "open", "opinion": "保密局意见：可以公开"})
    assert opened.json()["status"] == "approved"
    shown = (await world.client(PUBLISHER).get(f"{API}/{information_id}")).json()
    assert [review["outcome"] for review in shown["reviews"]] == ["refer", "open"]


async def test_this_offices_edition_is_the_ground_unless_the_senders_text_is_newer(world: World) -> None:
    origin_id = new_id()
    await world.arrive(reported_up(origin_id))
    await world.tell(edited(origin_id, number=1), edited(origin_id, number=2))
    page = await world.client(PUBLISHER).get(f"/disclosure/information/new?origin_id={origin_id}")
    assert "本级稿正文2" in page.text
    await world.arrive(reported_up(origin_id, version=2))
    page = await world.client(PUBLISHER).get(f"/disclosure/information/new?origin_id={origin_id}")
    assert "龙潭乡第2版正文" in page.text


async def test_the_publisher_finds_an_item_by_words_of_its_title(world: World) -> None:
    origin_id = new_id()
    await world.arrive(reported_up(origin_id))
    publisher, address = world.client(PUBLISHER), "/disclosure/information/new"
    link = f"{address}?origin_id={origin_id}"
    assert link in (await publisher.get(f"{address}?q=龙潭")).text
    assert link not in (await publisher.get(f"{address}?q=%25")).text
    assert link not in (await publisher.get(f"{address}?q=青石%00")).text
