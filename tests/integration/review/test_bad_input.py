"""Whatever is sent is refused in Chinese with a stable code, or kept as the plain text it is."""

from typing import Any
from uuid import UUID

import pytest

from services.kernel.language.vocabulary import Role, UnitKind
from services.kernel.runtime.surroundings.identifiers import new_id
from tests.integration.review.office import Office, submitted
from tests.support.service import DISTRICT

ITEMS = "/review/api/v1/submissions"
WATER: dict[str, Any] = {"unit": "water", "kind": UnitKind.BUREAU}


@pytest.fixture
def database_kind() -> str:
    """What is refused before it reaches a database is refused alike: once is enough."""
    return "sqlite"


async def reported(district: Office, title: str = "泵站老化") -> UUID:
    origin_id = new_id()
    await district.hear(
        "intake.submission", submitted(DISTRICT, origin_id, unit="water", unit_name="区水利局", title=title)
    )
    await district.client(Role.REVIEWER, **WATER).post(f"{ITEMS}/{origin_id}/check")
    await district.client(Role.SIGNER, **WATER).post(f"{ITEMS}/{origin_id}/sign")
    return origin_id


@pytest.mark.parametrize(
    ("verb", "body"),
    [
        ("ask", {"question": ""}),
        ("ask", {"question": "问" * 2001}),
        ("ask", {"question": 7}),
        ("ask", b'{"question": "\\ud800"}'),
        ("ask", b"{not json"),
        ("ask", []),
        ("return", {"reason_code": "unclear"}),
        ("return", {"reason_code": None, "reason": "x"}),
        ("decline", {"reason_code": "'; DROP TABLE review_item; --", "reason": ""}),
        ("adopt", {"periodical_id": "seven", "mode": "single"}),
        ("adopt", {"mode": "single"}),
        ("instructions", {"leader_name": "甲", "leader_rank": "principal", "text": "阅", "given_on": "yesterday"}),
        ("instructions", {"leader_name": "", "leader_rank": "principal", "text": "阅", "given_on": "2026-01-05"}),
        ("forward", {"to": 5}),
    ],
)
async def test_malformed_bodies_are_refused_and_change_nothing(district: Office, verb: str, body: Any) -> None:
    origin_id = await reported(district)
    editor = district.client(Role.EDITOR)
    before = (await editor.get(f"{ITEMS}/{origin_id}")).json()
    raw = (
        {"content": body, "headers": {"content-type": "application/json"}}
        if isinstance(body, bytes)
        else {"json": body}
    )
    answer = await editor.post(f"{ITEMS}/{origin_id}/{verb}", **raw)
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"]
    assert (await editor.get(f"{ITEMS}/{origin_id}")).json() == before


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"title": ""}, 422),
        ({"title": "题" * 201}, 422),
        ({"body": "长" * 100_001}, 422),
        ({"title": ["题"]}, 422),
        ({"title": "<b>题</b>{{ 7*7 }}"}, 200),
        ({"body": "正\u0000文\u202e\u0007"}, 200),
    ],
)
async def test_editions_are_bounded_and_plain(district: Office, change: dict[str, Any], status: int) -> None:
    origin_id = await reported(district)
    editor = district.client(Role.EDITOR)
    version = (await editor.get(f"{ITEMS}/{origin_id}")).headers["etag"]
    answer = await editor.patch(f"{ITEMS}/{origin_id}", json=change, headers={"If-Match": version})
    assert answer.status_code == status, answer.text
    text = (await editor.get(f"{ITEMS}/{origin_id}")).json()["text"]
    if status == 200:
        assert text["title"] == change.get("title", "泵站老化")
        assert text["body"] == "正文" or "body" not in change


@pytest.mark.parametrize("given", ["", "*", '"one"', "-1", '"99999999999999999999"'])
async def test_a_change_needs_a_version_it_is_based_on(district: Office, given: str) -> None:
    origin_id = await reported(district)
    answer = await district.client(Role.EDITOR).patch(
        f"{ITEMS}/{origin_id}", json={"title": "新"}, headers={"If-Match": given}
    )
    assert (answer.status_code, answer.json()["code"]) == (428, "version_required")


@pytest.mark.parametrize(
    "path",
    [
        f"{ITEMS}/not-an-id",
        f"{ITEMS}/{UUID(int=5)}",
        f"/review/api/v1/issues/{UUID(int=5)}",
        f"/review/api/v1/issues/{UUID(int=5)}.pdf",
        "/review/api/v1/issues/nothing.docx",
        f"{ITEMS}/{UUID(int=5)}/attachments/{UUID(int=6)}",
    ],
)
async def test_unknown_ids_name_nothing(district: Office, path: str) -> None:
    answer = await district.client(Role.EDITOR).get(path)
    assert answer.status_code == 404
    assert answer.json()["code"] in {"not_found", "not_here_yet", "issue_not_found"}


async def test_an_issue_takes_no_foreign_adoptions_and_no_stale_version(district: Office) -> None:
    origin_id = await reported(district)
    editor = district.client(Role.EDITOR)
    periodical = (await editor.get("/review/api/v1/periodicals")).json()["items"][0]["periodical_id"]
    chosen = (await editor.post(f"{ITEMS}/{origin_id}/adopt", json={"periodical_id": periodical})).json()
    twice = await editor.post(f"{ITEMS}/{origin_id}/adopt", json={"periodical_id": periodical})
    assert (twice.status_code, twice.json()["code"]) == (409, "already_in_periodical")
    issue = f"/review/api/v1/issues/{chosen['issue_id']}"
    version = (await editor.get(issue)).headers["etag"]
    foreign = await editor.patch(issue, json={"adoption_ids": [str(new_id())]}, headers={"If-Match": version})
    assert foreign.status_code == 422
    opened = await editor.get(f"{ITEMS}/{origin_id}")
    await editor.patch(f"{ITEMS}/{origin_id}", json={"title": "改题"}, headers={"If-Match": opened.headers["etag"]})
    stale = await editor.patch(issue, json={"note": "按语"}, headers={"If-Match": version})
    assert stale.status_code == 412, "an edited item makes the issue somebody looked at an older one"
    emptied = await editor.patch(
        issue, json={"adoption_ids": []}, headers={"If-Match": (await editor.get(issue)).headers["etag"]}
    )
    assert emptied.json()["entries"] == []
    chief = district.client(Role.CHIEF)
    unready = await chief.post(f"{issue}/sign")
    assert (unready.status_code, unready.json()["code"]) == (409, "issue_not_ready")
    assert (await editor.get(f"{ITEMS}/{origin_id}")).json()["status"] == "open"
