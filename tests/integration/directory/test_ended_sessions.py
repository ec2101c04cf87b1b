"""A sign-in that ends, in whichever way, ends at once: its token of minutes ago opens nothing and writes nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from services.directory.actions.demo import demo_officer_id, demo_unit_id
from services.kernel.language.events.directory import SessionEnded
from services.kernel.runtime.storing.tables import ENDED_SESSION
from tests.integration.directory.conftest import PASSWORD, Directory
from tests.support.replaying import told_after

V1 = "/directory/api/v1"
EDITOR = f"{V1}/officers/{demo_officer_id('district', 'editor')}"
NEW_PASSWORD = "换个口令试试-2026"

End = Callable[[httpx.AsyncClient, httpx.AsyncClient], Awaitable[httpx.Response]]
"""What ends the editor's sign-in: by the editor's own client, or by the administrator's."""


async def _by_signing_out(editor: httpx.AsyncClient, _admin: httpx.AsyncClient) -> httpx.Response:
    return await editor.post(f"{V1}/tokens/revoke")


async def _by_a_new_password_of_the_administrator(
    _editor: httpx.AsyncClient, admin: httpx.AsyncClient
) -> httpx.Response:
    return await admin.post(f"{EDITOR}/password", json={"password": NEW_PASSWORD})


async def _by_release(_editor: httpx.AsyncClient, admin: httpx.AsyncClient) -> httpx.Response:
    return await admin.patch(EDITOR, json={"is_active": False}, headers={"If-Match": "1"})


@pytest.mark.parametrize("end", [_by_signing_out, _by_a_new_password_of_the_administrator, _by_release])
async def test_a_token_is_refused_as_soon_as_its_sign_in_has_ended(
    end: End, directory: Directory, admin: httpx.AsyncClient
) -> None:
    editor = await directory.officer("editor")
    assert (await editor.get(f"{V1}/units")).status_code == 200
    assert (await end(editor, admin)).is_success
    assert (await editor.get(f"{V1}/units")).status_code == 401
    assert (await admin.get(f"{V1}/units")).status_code == 200


TO_ANOTHER_UNIT = {"unit_id": str(demo_unit_id("district", "water")), "roles": ["clerk"]}


@pytest.mark.parametrize("change", [{"roles": ["clerk"]}, {"roles": ["editor", "chief"]}, TO_ANOTHER_UNIT])
async def test_with_another_role_or_unit_a_sign_in_goes_on_and_its_tokens_end(
    change: dict[str, Any], directory: Directory, admin: httpx.AsyncClient
) -> None:
    signed_in = (await directory.sign_in("editor")).json()
    client, other = directory.stranger(), await directory.officer("clerk")
    client.headers["Authorization"] = f"Bearer {signed_in['access_token']}"
    assert (await client.patch(EDITOR, json=change, headers={"If-Match": "1"})).status_code == 403
    assert (await admin.patch(EDITOR, json=change, headers={"If-Match": "1"})).status_code == 200
    for method, path in (("GET", "/units"), ("GET", "/officers/me"), ("POST", "/units")):
        assert (await client.request(method, f"{V1}{path}", json={})).status_code == 401, path
    assert (await other.get(f"{V1}/units")).status_code == 200

    renewed = await client.post(f"{V1}/tokens/renew", json={"session": signed_in["session"]})
    client.headers["Authorization"] = f"Bearer {renewed.json()['access_token']}"
    standing = (await client.get(f"{V1}/officers/me")).json()
    assert {name: standing[name] for name in change} == change
    assert (await client.post(f"{V1}/tokens/revoke")).status_code == 204
    assert (await client.post(f"{V1}/tokens/renew", json={"session": signed_in["session"]})).status_code == 401


async def test_a_browser_goes_on_with_the_new_role_at_the_next_request(
    directory: Directory, admin: httpx.AsyncClient
) -> None:
    async with directory.stranger() as browser:
        await browser.post("/login", data={"username": "editor", "password": PASSWORD})
        assert (await browser.get("/directory/officers/new")).status_code == 403
        change = {"roles": ["editor", "admin"]}
        assert (await admin.patch(EDITOR, json=change, headers={"If-Match": "1"})).status_code == 200
        assert (await browser.get("/directory/officers/new")).status_code == 200
        back = {"roles": ["editor"]}
        assert (await admin.patch(EDITOR, json=back, headers={"If-Match": "2"})).status_code == 200
        written = await browser.post("/directory/units", data={"name": "某局", "kind": "bureau"})
        assert written.status_code == 403


async def test_a_change_that_gives_no_other_role_leaves_the_tokens(
    directory: Directory, admin: httpx.AsyncClient
) -> None:
    editor = await directory.officer("editor")
    assert (await admin.patch(EDITOR, json={"section": "二科"}, headers={"If-Match": "1"})).status_code == 200
    assert (await editor.get(f"{V1}/units")).status_code == 200


async def test_an_own_new_password_ends_the_others_and_keeps_the_one_it_was_set_from(directory: Directory) -> None:
    here, elsewhere = await directory.officer("editor"), await directory.officer("editor")
    body = {"old_password": PASSWORD, "password": NEW_PASSWORD}
    assert (await here.post(f"{V1}/officers/me/password", json=body)).status_code == 204
    assert (await elsewhere.get(f"{V1}/units")).status_code == 401
    assert (await here.get(f"{V1}/units")).status_code == 200


async def test_what_ended_is_told_and_forgotten_when_no_token_can_be_in_force(directory: Directory) -> None:
    first = await directory.officer("clerk")
    await first.post(f"{V1}/tokens/revoke")
    directory.clock.pass_by(minutes=16)
    second = await directory.officer("clerk")
    await second.post(f"{V1}/tokens/revoke")
    told = [one for one in await told_after(directory.database) if one.type == SessionEnded.TYPE]
    assert len(told) == 2
    async with directory.database.reading() as session:
        kept = list((await session.execute(select(ENDED_SESSION.c.session_id))).scalars())
    assert kept == [str(SessionEnded.model_validate_json(told[1].data).session_ids[0])]
