"""Who guesses passwords is slowed down where he guesses; nobody is locked out by others, least of all from a known browser."""

from __future__ import annotations

import httpx
import pytest

from services.directory.actions.browsers import KNOWN_COOKIE
from services.directory.policy.sign_in import AT_ANY_NAME, FROM_ANYWHERE
from services.kernel.runtime.web.identity import CSRF_COOKIE
from tests.integration.directory.conftest import PASSWORD, Directory

HERE, ELSEWHERE = "10.0.0.1", "10.0.0.2"


def at(directory: Directory, address: str) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=directory.process.app, client=(address, 1), raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://node.test")


async def sign_in(client: httpx.AsyncClient, username: str = "editor", password: str = PASSWORD) -> int:
    form = {"username": username, "password": password}
    return (await client.post("/login", data=form)).status_code


async def guess(directory: Directory, address: str, times: int = 6, username: str = "editor") -> int:
    async with at(directory, address) as client:
        return [await sign_in(client, username, "wrong-password") for _ in range(times)][-1]


async def test_guesses_at_one_address_slow_nobody_down_at_another(directory: Directory) -> None:
    assert await guess(directory, HERE) == 429
    async with at(directory, HERE) as same, at(directory, ELSEWHERE) as other:
        assert await sign_in(same) == 429
        assert await sign_in(other) == 303


async def test_a_known_browser_lets_the_right_password_through_whatever_others_try(directory: Directory) -> None:
    async with at(directory, HERE) as known, at(directory, HERE) as stranger:
        assert await sign_in(known) == 303
        await known.post("/logout", data={"csrf_token": known.cookies[CSRF_COOKIE]})
        assert await guess(directory, HERE) == 429
        assert await sign_in(stranger) == 429
        assert await sign_in(known) == 303


async def test_guesses_in_a_known_browser_are_slowed_down_too(directory: Directory) -> None:
    async with at(directory, HERE) as known:
        assert await sign_in(known) == 303
        cookie = known.cookies[KNOWN_COOKIE]
        known.cookies.clear()
        known.cookies.set(KNOWN_COOKIE, cookie)
        assert [await sign_in(known, password="wrong-password") for _ in range(6)][-1] == 429
        assert await sign_in(known) == 429


@pytest.mark.parametrize("of", ["another officer", "nobody", "garbage"])
async def test_a_cookie_that_proves_nothing_helps_nothing(of: str, directory: Directory) -> None:
    async with at(directory, ELSEWHERE) as known:
        assert await sign_in(known, "clerk") == 303
        cookie = known.cookies[KNOWN_COOKIE]
    assert await guess(directory, HERE) == 429
    async with at(directory, HERE) as client:
        given = {"another officer": cookie, "nobody": cookie[:-4] + "0000", "garbage": "." * 3000}[of]
        client.cookies.set(KNOWN_COOKIE, given)
        assert await sign_in(client) == 429


async def test_one_name_guessed_from_many_addresses_and_many_names_from_one_are_slowed_down(
    directory: Directory,
) -> None:
    async with at(directory, HERE) as known:
        assert await sign_in(known) == 303
        for number in range(FROM_ANYWHERE.free + 1):
            await guess(directory, f"10.0.1.{number}", 1)
        async with at(directory, ELSEWHERE) as stranger:
            assert await sign_in(stranger) == 429
            directory.clock.pass_by(seconds=30)
            assert await sign_in(stranger) == 303
        known.cookies.pop("shangda_session"), known.cookies.pop("shangda_token")
        for number in range(AT_ANY_NAME.free + 1):
            await guess(directory, ELSEWHERE, 1, f"nobody{number}")
        async with at(directory, ELSEWHERE) as stranger:
            assert await sign_in(stranger, "clerk") == 429
        assert await sign_in(known) == 303


async def test_the_token_of_forms_is_another_one_after_signing_in(directory: Directory) -> None:
    async with at(directory, HERE) as client:
        client.cookies.set(CSRF_COOKIE, "planted")
        assert await sign_in(client) == 303
        tokens = {str(one.value) for one in client.cookies.jar if one.name == CSRF_COOKIE} - {"planted"}
        assert len(tokens) == 1
        client.cookies.delete(CSRF_COOKIE)
        client.cookies.set(CSRF_COOKIE, tokens.pop())
        refused = await client.post("/logout", data={"csrf_token": "planted"})
        assert refused.status_code == 403
