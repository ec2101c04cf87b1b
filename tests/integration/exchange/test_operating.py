"""An administrator operates links; the directory confirms who that is."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from services.directory.actions.demo import seed_demo
from services.directory.app import directory_service
from services.directory.policy.sign_in import DEMO_PASSWORD
from services.exchange import actions
from services.exchange.app import exchange_service
from services.exchange.policy.chain import Chain
from services.exchange.policy.permissions import Act, blocker_of
from services.kernel.language.events.directory import PeerRegistered
from services.kernel.language.refusal import NotPermitted
from services.kernel.language.vocabulary import ErasureGround, Lane, Level, Role, System
from services.kernel.runtime.heard.organisation import keep_peer
from services.kernel.runtime.running.process import NodeProcess
from services.kernel.runtime.storing.tables import AUDIT
from services.kernel.runtime.storing.transaction import Transaction
from services.kernel.runtime.surroundings.identifiers import new_id
from services.kernel.runtime.web.tokens import public_key_text
from tests.support.service import DISTRICT, client_of, officer, running_node, settings_for


@pytest.fixture
async def district(tmp_path: Path, node_urls: Callable[[], str]) -> AsyncIterator[NodeProcess]:
    """A district with its directory, its exchange and one township registered."""
    settings = settings_for(DISTRICT, tmp_path, database_url=node_urls())
    async with running_node([directory_service(), exchange_service()], settings) as process:
        directory, exchange = process.contexts["directory"], process.contexts["exchange"]
        async with directory.database.transaction(directory.clock()) as tx:
            await seed_demo(tx, settings)
        keys = exchange.node_keys
        card = PeerRegistered(
            peer="township", name="龙潭乡", level=Level.TOWNSHIP, system=System.GOVERNMENT, direction="subordinate",
            public_key=public_key_text(keys.public), key_id=keys.key_id, unit_id=new_id(),
        )  # fmt: skip
        async with exchange.database.transaction(exchange.clock()) as tx:
            await keep_peer(tx, card)
        yield process


@asynccontextmanager
async def signed_in(process: NodeProcess, username: str) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(process) as client:
        said = {"username": username, "password": DEMO_PASSWORD}
        answer = await client.post("/directory/api/v1/tokens", json=said)
        client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        yield client


async def test_the_administrator_pauses_and_resumes_a_link(district: NodeProcess) -> None:
    async with signed_in(district, "admin") as client:
        for verb, state, paused in (("pause", "paused", True), ("pause", "paused", True), ("resume", "down", False)):
            answer = await client.post(f"/exchange/api/v1/links/township/{verb}")
            assert answer.status_code == 200
            assert (answer.json()["state"], answer.json()["is_paused"]) == (state, paused)
        states = {item["state"] for item in (await client.get("/exchange/api/v1/links")).json()["items"]}
        assert states == {"down"}
    context = district.contexts["exchange"]
    async with context.database.reading() as session:
        verbs = [row.verb for row in await session.execute(AUDIT.select().order_by(AUDIT.c.id))]
    assert verbs == ["link.paused", "link.resumed"]


async def test_nobody_else_may_operate_links(district: NodeProcess) -> None:
    async with signed_in(district, "editor") as client:
        assert (await client.post("/exchange/api/v1/links/township/pause")).status_code == 403
        body = {"lane": "routine", "direction": "sent", "agreed_seq": 0, "reason": "x"}
        assert (await client.post("/exchange/api/v1/links/township/epochs", json=body)).status_code == 403
    async with client_of(district) as stranger:
        assert (await stranger.post("/exchange/api/v1/links/township/pause")).status_code == 401


async def test_the_action_itself_refuses_who_is_no_administrator_with_the_sentence_of_the_page(
    district: NodeProcess,
) -> None:
    context, editor = district.contexts["exchange"], officer(Role.EDITOR)
    chain = Chain("district>township", Lane.ROUTINE.value)
    acts: list[Callable[[Transaction], Awaitable[object]]] = [
        lambda tx: actions.pause_link(tx, "township", by=editor),
        lambda tx: actions.resume_link(tx, "township", by=editor),
        lambda tx: actions.settle_refusals(tx, "township", by=editor),
        lambda tx: actions.give_up_file(tx, "a" * 64, by=editor, reason="x"),
        lambda tx: actions.open_epoch(tx, chain, agreed_n=0, by=editor, reason="x"),
        lambda tx: actions.decide_erasure(tx, new_id(), ground=ErasureGround.MISTAKE, reason="x", by=editor),
        lambda tx: actions.decline_erasure(tx, new_id(), "township", reason="x", by=editor),
        lambda tx: actions.erase_again(tx, new_id(), by=editor),
    ]
    for act in acts:
        with pytest.raises(NotPermitted) as refused:
            async with context.database.transaction(context.clock()) as tx:
                await act(tx)
        assert "管理员" in str(refused.value)
    async with signed_in(district, "editor") as client:
        page = (await client.get("/exchange/links/township")).text
    assert str(blocker_of(editor.roles, Act.OPERATE_LINKS)) in page
    assert "暂停链路" not in page


async def test_an_epochs_form_says_what_is_wrong_once_with_the_fields_label(district: NodeProcess) -> None:
    async with signed_in(district, "admin") as client:
        form = {"lane": "bulk", "direction": "received", "agreed_seq": "-1", "reason": " "}
        for wrong, sentence in (
            ({}, "一致行不能小于 0。"),
            ({"agreed_seq": ""}, "一致行请填整数。"),
            ({"reason": "字" * 401}, "经办人、时间和原因最多 400 字，现有 401 字，请删减。"),
            ({"agreed_seq": "0"}, "请写明对端经办人、核对时间和原因。"),
        ):
            page = (await client.post("/exchange/links/township/epoch", data=form | wrong)).text
            assert page.count(sentence) == 2, "in the list of what is wrong, and at its field"
            assert "填写有误" not in page
        form |= {"agreed_seq": "5", "reason": "核对"}
        page = (await client.post("/exchange/links/township/epoch", data=form)).text
    assert "本节点没有这一行" in page


async def test_an_unknown_link_is_not_found(district: NodeProcess) -> None:
    async with signed_in(district, "admin") as client:
        assert (await client.post("/exchange/api/v1/links/nowhere/pause")).status_code == 404


async def test_an_epoch_is_opened_with_the_agreed_row_and_a_reason(district: NodeProcess) -> None:
    async with signed_in(district, "admin") as client:
        body = {"lane": "routine", "direction": "sent", "agreed_seq": 0, "reason": "与龙潭乡管理员电话核对"}
        answer = await client.post("/exchange/api/v1/links/township/epochs", json=body)
        assert (answer.status_code, answer.json()["epoch"]) == (201, 2)
        wrong = await client.post("/exchange/api/v1/links/township/epochs", json=body | {"agreed_seq": 5})
        assert (wrong.status_code, wrong.json()["code"]) == (409, "agreed_row_not_held")
        for bad in ({"agreed_seq": -1}, {"reason": ""}, {"lane": "slow"}, {"direction": "up"}, {"agreed_seq": "x"}):
            assert (await client.post("/exchange/api/v1/links/township/epochs", json=body | bad)).status_code == 422


async def test_the_forms_of_the_page_do_the_same(district: NodeProcess) -> None:
    async with signed_in(district, "admin") as client:
        paused = await client.post("/exchange/links/township/pause", data={})
        assert (paused.status_code, paused.headers["location"]) == (303, "/exchange/links/township")
        page = await client.get("/exchange/links/township")
        assert "恢复链路" in page.text
        await client.post("/exchange/links/township/resume", data={})
        assert "暂停链路" in (await client.get("/exchange/links/township")).text
        assert (await client.post("/exchange/links/township/settle", data={})).status_code == 303
        form = {"lane": "bulk", "direction": "received", "agreed_seq": "七", "reason": ""}
        refused = await client.post("/exchange/links/township/epoch", data=form)
        assert refused.status_code == 422
        assert "七" in refused.text
        opened = await client.post("/exchange/links/township/epoch", data=form | {"agreed_seq": "0", "reason": "核对"})
        assert opened.status_code == 303


async def test_odd_text_in_the_reason_is_kept_as_text(district: NodeProcess) -> None:
    async with signed_in(district, "admin") as client:
        for text in ("<script>alert(1)</script>", "{{ 7 * 7 }}", "\x00\x07", "字" * 500):
            form = {"lane": "bulk", "direction": "sent", "agreed_seq": "99", "reason": text}
            answer = await client.post("/exchange/links/township/epoch", data=form)
            assert answer.status_code in {409, 422}
            assert "<script>alert" not in answer.text
