"""Signing in, renewing, being locked out and signing out, by API."""

from __future__ import annotations

import asyncio

from services.kernel.runtime.web.tokens import verify_token
from tests.integration.directory.conftest import PASSWORD, Directory

ROLES = [
    "clerk",
    "reviewer",
    "signer",
    "editor",
    "chief",
    "leader",
    "duty",
    "secrecy",
    "publisher",
    "statistician",
    "admin",
]


async def test_every_demo_account_gets_a_token_of_ten_minutes(directory: Directory) -> None:
    context = directory.process.contexts["directory"]
    for username in (*ROLES, "bureau_clerk", "bureau_reviewer", "bureau_signer"):
        answer = await directory.sign_in(username)
        assert answer.status_code == 200
        assert answer.json()["expires_in"] == 600
        token = answer.json()["access_token"]
        claims = verify_token(token, context.token_keys.public, directory.clock(), "district")
        assert claims.username == username
        assert {role.value for role in claims.roles} == {username.removeprefix("bureau_")}
        assert claims.unit_name == ("云岭区水利局" if username.startswith("bureau") else "云岭区人民政府办公室")


async def test_wrong_passwords_are_counted_then_slowed_down_then_forgotten(directory: Directory) -> None:
    for left in (4, 3, 2, 1):
        answer = await directory.sign_in("editor", "wrong-password")
        assert (answer.status_code, answer.json()["code"]) == (401, "credentials_wrong")
        assert answer.json()["tries_left"] == left
        assert f"再错 {left} 次" in answer.json()["title"]
    locked = await directory.sign_in("editor", "wrong-password")
    assert (locked.status_code, locked.json()["code"]) == (429, "sign_in_locked")
    assert locked.headers["retry-after"] == "30"
    assert (await directory.sign_in("editor")).status_code == 429
    assert (await directory.sign_in("clerk")).status_code == 200
    directory.clock.pass_by(seconds=29)
    assert (await directory.sign_in("editor")).status_code == 429
    directory.clock.pass_by(seconds=1)
    assert (await directory.sign_in("editor")).status_code == 200


async def test_a_right_password_starts_the_count_anew(directory: Directory) -> None:
    for _ in range(2):
        for _ in range(4):
            await directory.sign_in("editor", "wrong-password")
        assert (await directory.sign_in("editor")).status_code == 200


async def test_an_unknown_username_is_answered_like_a_wrong_password(directory: Directory) -> None:
    for wanted in (401, 401, 401, 401, 429, 429):
        known = await directory.sign_in("editor", "wrong-password")
        unknown = await directory.sign_in("nobody.here", "wrong-password")
        assert known.status_code == unknown.status_code == wanted
        assert known.json() == unknown.json()


async def test_many_guesses_at_once_are_no_more_than_five(directory: Directory) -> None:
    guesses = [directory.sign_in("editor", f"wrong-password-{number}") for number in range(12)]
    codes = sorted(answer.json()["code"] for answer in await asyncio.gather(*guesses))
    assert codes == ["credentials_wrong"] * 4 + ["sign_in_locked"] * 8


MALFORMED: list[object] = [
    None,
    {},
    [],
    "editor",
    {"username": "editor"},
    {"username": 7, "password": "x"},
    {"username": ["editor"], "password": "x"},
    {"username": "editor", "password": None},
    {"username": "e" * 10_000, "password": "x"},
    {"username": "editor", "password": "x" * 100_000},
    {"username": "edi\x00tor", "password": "x"},
    {"username": "编辑", "password": "x"},
    {"username": "a' OR 1=1 --", "password": "x"},
    {"username": "editor", "password": "nul\x00l"},
]


async def test_malformed_sign_ins_are_422_and_never_500(directory: Directory) -> None:
    async with directory.stranger() as client:
        for body in MALFORMED:
            answer = await client.post("/directory/api/v1/tokens", json=body)
            assert answer.status_code == 422, body
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.json()["code"] == "invalid_input"
            assert answer.json()["errors"]


async def test_bytes_that_are_no_text_are_refused(directory: Directory) -> None:
    lone = [b'{"username": "editor", "password": "\\ud800abc"}', b'{"username": "\\udfff", "password": "x"}']
    async with directory.stranger() as client:
        for raw in (*lone, b"{", b"\xff\xfe", b"[" * 100_000):
            answer = await client.post(
                "/directory/api/v1/tokens", content=raw, headers={"content-type": "application/json"}
            )
            assert answer.status_code in {400, 422}
            assert answer.json()["code"] in {"invalid_input", "request_malformed"}


async def test_a_session_renews_its_token_and_ends_after_twelve_hours(directory: Directory) -> None:
    session = (await directory.sign_in("editor")).json()["session"]
    async with directory.stranger() as client:
        for _ in range(71):
            directory.clock.pass_by(minutes=10)
            answer = await client.post("/directory/api/v1/tokens/renew", json={"session": session})
            assert answer.status_code == 200
        directory.clock.pass_by(minutes=5)
        last = await client.post("/directory/api/v1/tokens/renew", json={"session": session})
        assert last.json()["expires_in"] == 300
        assert last.json()["session"] is None
        directory.clock.pass_by(minutes=5)
        over = await client.post("/directory/api/v1/tokens/renew", json={"session": session})
    assert (over.status_code, over.json()["code"]) == (401, "session_over")


async def test_a_session_that_nobody_has_is_refused(directory: Directory) -> None:
    async with directory.stranger() as client:
        for session in ("", "x", "\x00", "a" * 200, "会话"):
            answer = await client.post("/directory/api/v1/tokens/renew", json={"session": session})
            assert (answer.status_code, answer.json()["code"]) == (401, "session_over")


async def test_the_live_check_fails_closed_after_signing_out(directory: Directory) -> None:
    client = await directory.officer("signer")
    assert (await client.get("/directory/api/v1/officers/me")).json()["roles"] == ["signer"]
    assert (await client.post("/directory/api/v1/tokens/revoke")).status_code == 204
    answer = await client.get("/directory/api/v1/officers/me")
    assert (answer.status_code, answer.json()["code"]) == (401, "session_over")


async def test_the_live_check_refuses_strangers_and_forged_tokens(directory: Directory) -> None:
    async with directory.stranger() as client:
        assert (await client.get("/directory/api/v1/officers/me")).status_code == 401
        client.headers["Authorization"] = "Bearer not.a.token"
        assert (await client.get("/directory/api/v1/officers/me")).status_code == 401


async def test_the_secret_of_a_session_is_not_kept(directory: Directory) -> None:
    from sqlalchemy import text

    secret = (await directory.sign_in("editor")).json()["session"]
    async with directory.database.reading() as session:
        kept = (await session.execute(text("SELECT secret_digest FROM directory_session"))).scalars().all()
        audit = (await session.execute(text("SELECT details FROM audit"))).scalars().all()
    assert kept
    assert all(secret not in text_ and PASSWORD not in text_ for text_ in [*kept, *audit])


async def test_public_keys_are_public(directory: Directory) -> None:
    async with directory.stranger() as client:
        items = (await client.get("/directory/api/v1/keys")).json()["items"]
    assert {item["use"] for item in items} == {"token", "node"}
    assert all(item["algorithm"] == "Ed25519" and item["public_key"] for item in items)
