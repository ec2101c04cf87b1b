"""An administrator finds an item, sees where it is, decides once; others have no business there."""

from uuid import UUID

import httpx
import pytest
from sqlalchemy import select

from services.exchange.model import ErasureSaid
from services.exchange.store.erasures import find_erasure, find_said
from services.kernel.language.vocabulary import ErasureGround
from services.kernel.runtime.running.process import NodeProcess
from services.kernel.runtime.storing.tables import AUDIT, COUNTER, OUTBOX
from services.kernel.runtime.surroundings.identifiers import new_id
from services.kernel.runtime.web.insiders import sign_call
from tests.integration.exchange.test_operating import district, signed_in  # noqa: F401 - the fixture
from tests.support.service import client_of

FORM = {"ground": "mistake", "reason": "主任已批准", "confirmed": "1"}
PAGES = "/exchange/erasures"


async def asked(process: NodeProcess, origin_id: UUID) -> None:
    """As if the township had erased an item and told so."""
    context = process.contexts["exchange"]
    async with context.database.transaction(context.clock()) as tx:
        tx.session.add(
            ErasureSaid(
                origin_id=str(origin_id), peer="township", is_declined=False, ground=ErasureGround.STATE_SECRET,
                reason="已报保密局", decided_by="王芳", unit_name="龙潭乡党政办", at=tx.now, arrived_at=tx.now,
            )
        )  # fmt: skip


async def test_an_item_is_found_by_its_number_or_by_the_address_of_its_page(district: NodeProcess) -> None:  # noqa: F811
    origin_id = new_id()
    async with signed_in(district, "admin") as admin:
        for typed in (
            str(origin_id),
            f"  http://10.0.0.1:8102/review/items/{origin_id}?tab=2 ",
            str(origin_id).upper(),
        ):
            found = await admin.get(PAGES, params={"q": typed})
            assert (found.status_code, found.headers["location"]) == (303, f"{PAGES}/{origin_id}")
        context = district.contexts["exchange"]
        async with context.database.transaction(context.clock()) as tx:
            await tx.session.execute(COUNTER.insert().values(topic="x", key=str(origin_id), sequence=1))
        found = await admin.get(PAGES, params={"q": f" {str(origin_id)[-12:].upper()} "})
        assert found.headers["location"] == f"{PAGES}/{origin_id}", "the short number that the item's page shows"
        for typed in ("0123456789ab", "饮水管网", f"{origin_id} {new_id()}", "<script>"):
            again = await admin.get(PAGES, params={"q": typed})
            assert again.status_code == 200
            assert "没有找到这件稿件" in again.text
            assert "<script>" not in again.text.replace("<script src", "")
        shown = (await admin.get(f"{PAGES}/{origin_id}")).text
        assert "本节点没有找到这一件" in shown


async def test_it_is_decided_with_ground_reason_and_one_confirmation(district: NodeProcess) -> None:  # noqa: F811
    origin_id = new_id()
    async with signed_in(district, "admin") as admin:
        for lacking in FORM:
            refused = await admin.post(f"{PAGES}/{origin_id}", data=FORM | {lacking: ""})
            assert refused.status_code == 422
            assert FORM["reason"] in refused.text or lacking == "reason", "what was typed is kept"
        long = await admin.post(f"{PAGES}/{origin_id}", data=FORM | {"reason": "字" * 201})
        assert long.status_code == 422
        done = await admin.post(f"{PAGES}/{origin_id}", data=FORM)
        assert (done.status_code, done.headers["location"]) == (303, f"{PAGES}/{origin_id}")
        again = await admin.post(f"{PAGES}/{origin_id}", data=FORM, headers={"Accept": "application/json"})
        assert again.json()["code"] == "already_erased"
        record = (await admin.get(f"{PAGES}/{origin_id}")).text
        assert "正在清除" in record
        assert FORM["reason"] in record
        assert FORM["reason"] in (await admin.get(PAGES)).text
        listed = await admin.get(f"{PAGES}/export.csv", params={"sort": "by"})
        assert f"{origin_id},误录" in listed.text
    context = district.contexts["exchange"]
    async with context.database.reading() as session:
        told = (await session.execute(select(OUTBOX.c.type).where(OUTBOX.c.key == str(origin_id)))).scalars().all()
        audited = (await session.execute(select(AUDIT).where(AUDIT.c.verb == "erasure.decided"))).one()
        erasure = await find_erasure(session, origin_id)
    assert erasure is not None
    assert told == ["erasure.decided"]
    assert (audited.subject, audited.officer_name, erasure.decided_by) == (
        str(origin_id), erasure.decided_by, audited.officer_name,
    )  # fmt: skip


async def asked_on_home(admin: httpx.AsyncClient) -> list[int]:
    cards = (await admin.get("/exchange/api/v1/agenda")).json()["cards"]
    return [card["count"] for card in cards if card["what"] == "决定是否清除"]


async def test_what_a_neighbour_asks_stands_on_the_page_and_on_the_home_until_it_is_answered(
    district: NodeProcess,  # noqa: F811
) -> None:
    agreed, kept = new_id(), new_id()
    for origin_id in (agreed, kept):
        await asked(district, origin_id)
    async with signed_in(district, "admin") as admin:
        listed = (await admin.get(PAGES)).text
        assert listed.count("要求我们也清除") == 2
        assert await asked_on_home(admin) == [2]
        shown = (await admin.get(f"{PAGES}/{kept}")).text
        assert "已报保密局" in shown
        unsaid = await admin.post(f"{PAGES}/{kept}/decline", data={"peer": "township", "reason": " "})
        assert unsaid.status_code == 422
        declined = await admin.post(f"{PAGES}/{kept}/decline", data={"peer": "township", "reason": "不涉密"})
        assert declined.status_code == 303
        await admin.post(f"{PAGES}/{agreed}", data=FORM | {"ground": "state_secret"})
        assert "要求我们也清除" not in (await admin.get(PAGES)).text
        assert await asked_on_home(admin) == []
        stranger = await admin.post(f"{PAGES}/{new_id()}/decline", data={"peer": "township", "reason": "不涉密"})
        assert stranger.status_code == 404
    async with district.contexts["exchange"].database.reading() as session:
        both = [await find_said(session, one, "township") for one in (agreed, kept)]
    assert [one and one.answer for one in both] == ["erased", "declined"]


@pytest.mark.parametrize("username", ["editor", "leader", "secrecy", "clerk"])
async def test_nobody_but_an_administrator_comes_near(district: NodeProcess, username: str) -> None:  # noqa: F811
    origin_id = new_id()
    async with signed_in(district, username) as officer:
        answers = [
            await officer.get(place) for place in (PAGES, f"{PAGES}/{origin_id}", f"{PAGES}/{origin_id}/standing")
        ]
        answers += [await officer.post(f"{PAGES}/{origin_id}", data=FORM)]
        answers += [await officer.post(f"{PAGES}/{origin_id}/decline", data={"peer": "township", "reason": "x"})]
        answers += [await officer.post(f"{PAGES}/{origin_id}/again", data={})]
    assert {answer.status_code for answer in answers} == {403}


async def test_what_services_ask_each_other_does_not_exist_for_anybody_else(district: NodeProcess) -> None:  # noqa: F811
    inside = "/exchange/internal/erasure"
    body = {"origin_id": str(new_id()), "reason": "x"}
    async with signed_in(district, "admin") as admin:
        for verb in ("erase", "rewrite"):
            assert (await admin.post(f"{inside}/{verb}", json=body)).status_code == 404
        assert (await admin.get(f"{inside}/copies/{new_id()}")).status_code == 404
    async with client_of(district) as service:
        said = await service.get(f"{inside}/copies/{new_id()}", headers=sign_call(district.contexts["directory"]))
    assert said.json()["facts"] == 0
