"""What hostile or careless hands send: each is refused in Chinese with a stable code, or kept as plain text."""

from typing import Any

import httpx
import pytest

from tests.integration.intake.conftest import COMPLETE, ITEMS

MARKUP = '<script>alert(1)</script>{{ 7 * 7 }}{% raw %}${7*7}<img src=x onerror="x">'


@pytest.mark.parametrize(
    ("given", "field", "code"),
    [
        ({"title": 3}, "title", "string_type"),
        ({"title": ["甲"]}, "title", "string_type"),
        ({"info_type": "gossip"}, "info_type", "enum"),
        ({"non_secret_declared": "yes"}, "non_secret_declared", "bool_type"),
        ({"deaths": "3"}, "deaths", "int_type"),
        ({"deaths": -1}, "deaths", "out_of_range"),
        ({"deaths": 10**40}, "deaths", "out_of_range"),
        ({"occurred_at": "昨天"}, "occurred_at", "datetime_from_date_parsing"),
        ({"occurred_at": "2026-08-12T14:00:00"}, "occurred_at", "timezone_aware"),
        ({"reviewer_of_the_day": "甲"}, "reviewer_of_the_day", "extra_forbidden"),
        ({"title": "长" * 101}, "title", "too_long"),
        ({"author_phone": "1" * 41}, "author_phone", "too_long"),
        ({"authors": [{"name": "甲", "officer_id": "no-id"}]}, "authors.0.officer_id", "uuid_parsing"),
    ],
)
async def test_a_wrong_field_is_named(
    as_clerk: httpx.AsyncClient, given: dict[str, Any], field: str, code: str
) -> None:
    answer = await as_clerk.post(ITEMS, json=given)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert (field, code) in [(error["field"], error["code"]) for error in answer.json()["errors"]]
    assert all(any("一" <= char <= "鿿" for char in error["message"]) for error in answer.json()["errors"])


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b'"x"', b"\xff\xfe", b"{" * 10_000])
async def test_a_body_that_is_no_object_is_refused(as_clerk: httpx.AsyncClient, content: bytes) -> None:
    answer = await as_clerk.post(ITEMS, content=content, headers={"Content-Type": "application/json"})
    assert 400 <= answer.status_code < 500
    assert answer.json()["code"]


async def test_a_lone_surrogate_is_refused(as_clerk: httpx.AsyncClient) -> None:
    content = b'{"title": "\\ud800"}'
    answer = await as_clerk.post(ITEMS, content=content, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422


async def test_control_characters_are_cleaned_away(as_clerk: httpx.AsyncClient) -> None:
    given = {"title": "排涝\x00泵\u202e站\r\n老化", "body": "第一段\r\n\x07第二段\u200b"}
    origin_id = (await as_clerk.post(ITEMS, json=given)).json()["origin_id"]
    shown = (await as_clerk.get(f"{ITEMS}/{origin_id}")).json()
    assert (shown["title"], shown["body"]) == ("排涝泵站 老化", "第一段\n第二段")


async def test_markup_and_template_syntax_stay_plain_text(as_clerk: httpx.AsyncClient) -> None:
    names = ("title", "body", "own_efforts", "help_wanted", "source", "author_name")
    given = {**COMPLETE, **dict.fromkeys(names, f"{MARKUP[:40]}")}
    origin_id = (await as_clerk.post(ITEMS, json=given)).json()["origin_id"]
    assert (await as_clerk.post(f"{ITEMS}/{origin_id}/submit")).status_code == 200
    shown = (await as_clerk.get(f"{ITEMS}/{origin_id}")).json()
    assert shown["title"] == MARKUP[:40]


async def test_a_body_of_two_megabytes_is_refused_by_its_own_code(as_clerk: httpx.AsyncClient) -> None:
    answer = await as_clerk.post(ITEMS, json={"body": "长" * 700_000})
    assert (answer.status_code, answer.json()["code"]) == (422, "body_too_long")
    assert answer.json()["errors"][0]["field"] == "body"


async def test_a_body_at_the_limit_is_kept_and_submitted(as_clerk: httpx.AsyncClient) -> None:
    body = "排涝泵站老化。" * 14_285
    answer = await as_clerk.post(ITEMS, json={**COMPLETE, "body": body})
    assert answer.status_code == 201
    submitted = await as_clerk.post(f"{ITEMS}/{answer.json()['origin_id']}/submit")
    assert submitted.status_code == 200


async def test_a_request_without_end_is_cut_off(as_clerk: httpx.AsyncClient) -> None:
    answer = await as_clerk.post(ITEMS, content=b'{"body": "' + b"x" * 9_000_000 + b'"}')
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


@pytest.mark.parametrize("bad_id", ["1", "x", "00000000-0000-0000-0000-00000000000g", "../../etc"])
async def test_an_id_that_is_no_id_is_not_found(as_clerk: httpx.AsyncClient, bad_id: str) -> None:
    assert (await as_clerk.get(f"{ITEMS}/{bad_id}")).status_code == 404


@pytest.mark.parametrize("cursor", ["x", "W10", "WzEsMl0", "😀", "WyIyMDI2IiwgIngiXQ"])
async def test_a_cursor_that_is_not_ours_is_refused(as_clerk: httpx.AsyncClient, cursor: str) -> None:
    answer = await as_clerk.get(ITEMS, params={"cursor": cursor})
    assert (answer.status_code, answer.json()["code"]) == (422, "cursor_unreadable")


@pytest.mark.parametrize("query", ['"', "*", "《》", "' OR 1=1 --", "NEAR(", "\x00", "-龙", "a:b"])
async def test_a_search_of_signs_does_no_harm(as_clerk: httpx.AsyncClient, query: str) -> None:
    await as_clerk.post(ITEMS, json=COMPLETE)
    answer = await as_clerk.get(ITEMS, params={"q": query})
    assert answer.status_code == 200


async def test_null_clears_a_field(as_clerk: httpx.AsyncClient) -> None:
    origin_id = (await as_clerk.post(ITEMS, json=COMPLETE)).json()["origin_id"]
    given = {"title": None, "own_efforts": None, "non_secret_declared": None, "info_type": None}
    changed = await as_clerk.patch(f"{ITEMS}/{origin_id}", json=given, headers={"If-Match": "1"})
    assert changed.status_code == 200
    shown = (await as_clerk.get(f"{ITEMS}/{origin_id}")).json()
    assert (shown["title"], shown.get("own_efforts"), shown["non_secret_declared"]) == ("", None, False)
