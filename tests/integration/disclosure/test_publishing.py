"""Numbers, versions, revocation, files: what must hold when several officers work at once."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from prometheus_client import REGISTRY

from services.disclosure.actions.refusals import CategoryInUse
from services.disclosure.policy.rulebooks import CATEGORIES, INDEX_NUMBER
from services.kernel.language.events.disclosure import InformationRevoked
from services.kernel.runtime.surroundings.identifiers import new_id
from tests.integration.disclosure.conftest import (
    API,
    COMPLETE,
    OFFICE,
    PUBLISHER,
    SECOND_PUBLISHER,
    SECRECY,
    World,
    put_in_force,
)
from tests.support.dirty import pdf
from tests.support.service import DISTRICT, NOW

PDF = pdf(text="Roads")


async def test_racing_publishers_never_get_one_number_twice(world: World) -> None:
    ids = [await world.approved(title=f"第{n}条公开信息") for n in range(12)]
    both = (world.client(PUBLISHER), world.client(SECOND_PUBLISHER))
    # Two publishers press the button for each text at the same time.
    answers = await asyncio.gather(*(client.post(f"{API}/{one}/publish") for one in ids for client in both))
    won = [answer.json()["index_no"] for answer in answers if answer.status_code == 200]
    lost = [answer.json()["code"] for answer in answers if answer.status_code != 200]
    assert sorted(won) == [f"00410100/2026-{n:05d}" for n in range(1, 13)]
    assert set(lost) == {"step_not_possible"}


async def test_one_key_publishes_once(world: World) -> None:
    information_id = await world.approved()
    key = {"Idempotency-Key": "p1"}
    answers = [await world.client(PUBLISHER).post(f"{API}/{information_id}/publish", headers=key) for _ in range(3)]
    assert {answer.json()["index_no"] for answer in answers} == {"00410100/2026-00001"}


@pytest.mark.parametrize("page", [False, True], ids=["api", "page"])
async def test_one_key_adds_a_file_once_and_is_refused_for_another(world: World, page: bool) -> None:
    information_id, publisher = await world.prepared(), world.client(PUBLISHER)
    address = f"{API.replace('/api/v1', '') if page else API}/{information_id}/attachments"
    key = {"Idempotency-Key": "f1", "Accept": "text/html" if page else "application/json"}
    answers = [await publisher.post(address, files={"file": ("a.pdf", PDF)}, headers=key) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303 if page else 201] * 2
    other = await publisher.post(address, files={"file": ("b.pdf", PDF)}, headers=key)
    assert other.status_code == 422
    shown = (await publisher.get(f"{API}/{information_id}")).json()
    assert [one["filename"] for one in shown["attachments"]] == ["a.pdf"]


async def test_a_number_is_not_given_again_after_a_revocation(world: World) -> None:
    before = _counted()
    first = await world.published()
    await world.client(PUBLISHER).post(f"{API}/{first['information_id']}/revoke", json={"reason": "数据有误"})
    assert (await world.published())["index_no"] == "00410100/2026-00002"
    assert [now - then for now, then in zip(_counted(), before, strict=True)] == [2, 1]


def _counted() -> list[float]:
    """How many texts went to the portal, and how many were taken off it, as the metrics say."""
    names = ("shangda_disclosure_published_total", "shangda_disclosure_revoked_total")
    return [REGISTRY.get_sample_value(name, {"node": DISTRICT.node_id}) or 0 for name in names]


async def test_a_new_template_never_meets_an_old_number(world: World) -> None:
    await world.published()
    await put_in_force(world.database, INDEX_NUMBER, 'template: "00410100/{yyyy}-{serial:05d}"')
    assert (await world.published())["index_no"] == "00410100/2026-00002"


async def test_without_the_code_that_the_number_needs_nothing_is_published(world: World) -> None:
    await world.tell(OFFICE.model_copy(update={"org_code": ""}))
    information_id = await world.approved()
    answer = await world.client(PUBLISHER).post(f"{API}/{information_id}/publish")
    assert (answer.status_code, answer.json()["code"]) == (409, "index_code_missing")
    await world.tell(OFFICE)
    assert (await world.client(PUBLISHER).post(f"{API}/{information_id}/publish")).status_code == 200


async def test_a_stale_version_loses_and_a_missing_one_is_asked_for(world: World) -> None:
    information_id = await world.prepared()
    address, change = f"{API}/{information_id}", {"title": "第二个标题"}
    none = await world.client(PUBLISHER).patch(address, json=change)
    assert (none.status_code, none.json()["code"]) == (428, "version_required")
    first = await world.client(PUBLISHER).patch(address, json=change, headers={"If-Match": '"2"'})
    assert (first.status_code, first.headers["etag"]) == (200, '"3"')
    late = await world.client(SECOND_PUBLISHER).patch(address, json={"title": "别的"}, headers={"If-Match": '"2"'})
    assert (late.status_code, late.json()["code"]) == (412, "stale_version")


async def test_a_reviewer_who_saw_another_version_does_not_decide(world: World) -> None:
    information_id = await world.prepared()
    await world.client(PUBLISHER).patch(
        f"{API}/{information_id}", json={"body": "新的正文"}, headers={"If-Match": '"2"'}
    )
    review = {"outcome": "open", "opinion": "同意"}
    answer = await world.client(SECRECY).post(
        f"{API}/{information_id}/confidentiality-review", json=review, headers={"If-Match": '"2"'}
    )
    assert (answer.status_code, answer.json()["code"]) == (412, "stale_version")


async def test_a_revoked_text_leaves_a_tombstone_and_nothing_else(world: World) -> None:
    published = await world.published(title="将被撤销的公示", body="不该公开的内容")
    before = (await world.client().get("/open/api/v1/information", params={"q": "撤销"})).json()["items"]
    assert len(before) == 1
    answer = await world.client(PUBLISHER).post(
        f"{API}/{published['information_id']}/revoke", json={"reason": "数据有误"}
    )
    assert answer.status_code == 200
    await world.deliver()
    gone = await world.client().get(f"/open/api/v1/information/{published['information_id']}")
    assert (gone.status_code, gone.json()["code"]) == (410, "information_revoked")
    assert gone.json()["index_no"] == published["index_no"]
    page = await world.client().get(published["url"], headers={"Accept": "text/html"})
    assert page.status_code == 410
    assert "数据有误" in page.text
    assert published["index_no"] in page.text
    assert "不该公开" not in page.text + gone.text
    assert "将被撤销" not in page.text + gone.text
    after = (await world.client().get("/open/api/v1/information", params={"q": "撤销"})).json()["items"]
    assert after == []


async def test_a_tombstone_stays_when_an_old_publication_is_told_again(world: World) -> None:
    published = await world.published()
    await world.client(PUBLISHER).post(f"{API}/{published['information_id']}/revoke", json={"reason": "数据有误"})
    await world.deliver()
    await world.deliver()
    answer = await world.client().get(f"/open/api/v1/information/{published['information_id']}")
    assert answer.status_code == 410


async def test_a_revocation_of_a_text_that_never_came_leaves_a_tombstone_too(world: World) -> None:
    revoked = InformationRevoked(
        information_id=new_id(), node="district", index_no="00410100/2025-00009", reason="有误", revoked_at=NOW
    )
    await world.tell(revoked)
    assert (await world.client().get(f"/open/api/v1/information/{revoked.information_id}")).status_code == 410


@pytest.mark.parametrize("reason", ["", "长" * 501])
async def test_a_revocation_needs_a_reason_of_a_readable_length(world: World, reason: str) -> None:
    published = await world.published()
    answer = await world.client(PUBLISHER).post(f"{API}/{published['information_id']}/revoke", json={"reason": reason})
    assert answer.status_code == 422


async def test_files_go_out_with_the_text_and_go_with_it(world: World) -> None:
    information_id = await world.prepared()
    files = {"file": ("养护路段表.pdf", PDF, "application/pdf")}
    attached = await world.client(PUBLISHER).post(f"{API}/{information_id}/attachments", files=files)
    assert attached.status_code == 201
    await world.client(SECRECY).post(
        f"{API}/{information_id}/confidentiality-review", json={"outcome": "open", "opinion": "同意"}
    )
    await world.client(PUBLISHER).post(f"{API}/{information_id}/publish")
    await world.deliver()
    shown = (await world.client().get(f"/open/api/v1/information/{information_id}")).json()["attachments"]
    download = await world.client().get(shown[0]["url"])
    assert download.content.startswith(b"%PDF")
    assert download.headers["content-disposition"].startswith("attachment;")
    await world.client(PUBLISHER).post(f"{API}/{information_id}/revoke", json={"reason": "有误"})
    await world.deliver()
    assert (await world.client().get(shown[0]["url"])).status_code == 404


async def test_nothing_is_published_whose_file_is_not_here(world: World) -> None:
    information_id = await world.prepared()
    files = {"file": ("表.pdf", PDF, "application/pdf")}
    attached = (await world.client(PUBLISHER).post(f"{API}/{information_id}/attachments", files=files)).json()
    await world.client(SECRECY).post(
        f"{API}/{information_id}/confidentiality-review", json={"outcome": "open", "opinion": "同意"}
    )
    world.process.contexts["disclosure"].files.delete(attached["sha256"])
    answer = await world.client(PUBLISHER).post(f"{API}/{information_id}/publish")
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (409, "file_not_here")


async def test_a_new_file_takes_the_approval_away(world: World) -> None:
    information_id = await world.approved()
    files = {"file": ("表.pdf", PDF, "application/pdf")}
    await world.client(PUBLISHER).post(f"{API}/{information_id}/attachments", files=files)
    shown = (await world.client(PUBLISHER).get(f"{API}/{information_id}")).json()
    assert shown["status"] == "in_review"


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("表.pdf", b"MZ\x90\x00 not a pdf", "attachment_content_mismatch"),
        ("木马.exe", b"MZ", "attachment_type_not_allowed"),
        ("空.pdf", b"", "attachment_empty"),
    ],
)
async def test_a_file_that_is_not_what_it_says_is_refused(world: World, name: str, content: bytes, code: str) -> None:
    information_id = await world.prepared()
    answer = await world.client(PUBLISHER).post(
        f"{API}/{information_id}/attachments", files={"file": (name, content, "application/pdf")}
    )
    assert answer.json()["code"] == code


async def test_a_publisher_who_was_released_meanwhile_does_not_publish(world: World) -> None:
    information_id = await world.approved()
    world.released.add(PUBLISHER.officer_id)  # his token still says publisher
    answer = await world.client(PUBLISHER).post(f"{API}/{information_id}/publish")
    assert (answer.status_code, answer.json()["code"]) == (403, "not_permitted")


async def test_the_list_is_paged_filtered_and_searched(world: World) -> None:
    for n in range(5):
        await world.prepared(title=f"第{n}条公开信息")
    await world.approved(title="已通过的信息")
    client = world.client(PUBLISHER)
    seen: list[str] = []
    cursor: Any = ""
    while cursor is not None:
        answer = (await client.get(API, params={"limit": 2, "cursor": cursor})).json()
        seen += [one["title"] for one in answer["items"]]
        cursor = answer["next"]
    assert len(seen) == len(set(seen)) == 6
    approved = (await client.get(API, params={"status": "approved"})).json()["items"]
    assert [one["title"] for one in approved] == ["已通过的信息"]
    assert len((await client.get(API, params={"q": "通过"})).json()["items"]) == 1
    assert (await client.get(API, params={"cursor": "%%%"})).json()["code"] == "cursor_unreadable"


async def test_the_catalogue_is_there_and_a_wrong_category_is_named(world: World) -> None:
    items = (await world.client(PUBLISHER).get("/disclosure/api/v1/categories")).json()["items"]
    assert {"category_id": "0502", "name": "工作动态"}.items() <= items[13].items()
    answer = await world.client(PUBLISHER).post(API, json=COMPLETE | {"category_id": "9999"})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "category_id")


async def test_a_catalogue_that_drops_a_category_in_use_is_refused(world: World) -> None:
    await world.prepared()
    small = """
category_set: {id: small, version: 1}
statutory_limit: {count: 20, unit: working_days}
classes: [{code: "01", name: 概况, owner: office, reviewers: [principal], trigger: formed, items: [{code: "0101", name: 概况}]}]
"""
    with pytest.raises(CategoryInUse, match="0502"):
        await put_in_force(world.database, CATEGORIES, small)
