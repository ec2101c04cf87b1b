"""What waits in one service is seen by those whom it concerns: the administrator at home, the clerk on the item."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import delete, select, update

from services.kernel.language.envelope import to_headers
from services.kernel.language.vocabulary import Role
from services.kernel.runtime.running.process import NodeProcess
from services.kernel.runtime.storing.outbox import envelope_of
from services.kernel.runtime.storing.tables import INBOX_WAITING, OUTBOX
from services.kernel.runtime.telling.inbox import Inbox, Message
from services.kernel.runtime.telling.progress import Watcher, following
from services.kernel.runtime.telling.progress.judging import Reason
from services.node import build_service, build_services
from services.review.agents import LISTENS_TO
from tests.integration.intake.conftest import CLERK, COMPLETE, ITEMS
from tests.support.service import TOWNSHIP, client_of, officer, running_node, settings_for
from tests.support.waiting import eventually

HTML = {"Accept": "text/html"}
ADMIN = officer(Role.ADMIN, name="周管理", unit="township")


@dataclass
class Waiting:
    """A node in whose review the second fact about an item waits for the first."""

    process: NodeProcess
    origin_id: str


@pytest.fixture
async def waiting(node_database_url: str, tmp_path: Path) -> AsyncIterator[Waiting]:
    settings = settings_for(TOWNSHIP, tmp_path, database_url=node_database_url)
    async with running_node(build_services(), settings) as process:
        async with client_of(process, CLERK) as clerk:
            origin_id = (await clerk.post(ITEMS, json=COMPLETE)).json()["origin_id"]
            assert (await clerk.post(f"{ITEMS}/{origin_id}/submit")).status_code == 200
        await hear_out_of_turn(process)
        yield Waiting(process, origin_id)


async def hear_out_of_turn(process: NodeProcess) -> None:
    """Let review hear the submission as number 2, while number 1 has not come."""
    async with process.contexts["intake"].database.reading() as session:
        row = (await session.execute(select(OUTBOX))).one()
    second = replace(envelope_of(row), sequence=2)
    review = process.contexts["review"]
    inbox = Inbox(review.database, LISTENS_TO, consumer="review.routine", prefix=TOWNSHIP.node_id, clock=review.clock)
    await inbox.receive([Message(row.topic, "0:1", to_headers(second), second.data)])


def shows(client: httpx.AsyncClient, address: str, text: str) -> Callable[[], Any]:
    """Whether a page shows a text; services have a budget for their part of it, so a busy machine asks again."""

    async def look() -> bool:
        return text in (await client.get(address, headers=HTML)).text

    return look


async def test_the_clerk_sees_on_the_item_that_a_notice_waits(waiting: Waiting) -> None:
    async with client_of(waiting.process, CLERK) as clerk:
        item = f"/intake/submissions/{waiting.origin_id}"
        for address in (item, f"{item}/flow", f"{item}?view=text", f"/intake/delay/{waiting.origin_id}"):
            await eventually(shows(clerk, address, "关于这件稿件有 1 条通知还没有生效"))
        said = (await clerk.get(f"/review/api/v1/waiting/{waiting.origin_id}")).json()
        assert said["count"] == 1
        assert (await clerk.get("/review/api/v1/waiting/another")).json() == {"count": 0, "since": None}
    async with client_of(waiting.process) as nobody:
        assert (await nobody.get(f"/review/api/v1/waiting/{waiting.origin_id}")).status_code == 401


async def test_a_page_that_is_open_asks_by_itself_whether_a_notice_waits(waiting: Waiting) -> None:
    """A notice that does not come changes nothing that a page would hear of."""
    async with client_of(waiting.process, CLERK) as clerk:
        for view in ("flow", "text", "compare", "files"):
            shown = (await clerk.get(f"/intake/submissions/{waiting.origin_id}?view={view}", headers=HTML)).text
            line = re.search(r'hx-get="(/intake/delay/[^"]+)" hx-trigger="every 30s"', shown)
            assert line, view
            await eventually(shows(clerk, line[1], "关于这件稿件有 1 条通知还没有生效"))
    async with client_of(waiting.process) as nobody:
        asked = await nobody.get(f"/intake/delay/{waiting.origin_id}", headers={"Accept": "application/json"})
        assert asked.status_code == 401


async def test_an_odd_key_is_asked_for_as_it_is_written(waiting: Waiting) -> None:
    async with client_of(waiting.process, CLERK) as clerk:
        for odd in (f"{waiting.origin_id}%3Fx=1", f"{waiting.origin_id}%23", "%00", "规则", "x" * 4_000):
            shown = await clerk.get(f"/intake/delay/{odd}", headers=HTML)
            assert (shown.status_code, "还没有生效" in shown.text) == (200, False), odd


async def test_a_notice_is_seen_to_wait_however_many_wait_before_it(
    waiting: Waiting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "MOST_UNAPPLIED", 0)  # no room for one more in view
    intake = waiting.process.contexts["intake"]
    async with intake.database.transaction(intake.clock()) as tx:
        await tx.session.execute(update(OUTBOX).values(told_at=intake.clock() - timedelta(minutes=2)))
    async with waiting.process.contexts["review"].database.transaction(intake.clock()) as tx:
        await tx.session.execute(delete(INBOX_WAITING))
    watcher = Watcher(build_service("review"), waiting.process.contexts["review"])
    assert not list(watcher.list_behind(waiting.origin_id))
    [late] = await watcher.find_behind(waiting.origin_id)
    assert (late.told.key, late.reason) == (waiting.origin_id, Reason.UNPUBLISHED)


async def test_the_clerk_sees_that_a_notice_does_not_leave_while_the_broker_is_away(
    node_database_url: str, tmp_path: Path
) -> None:
    settings = settings_for(TOWNSHIP, tmp_path, database_url=node_database_url)
    settings = settings.model_copy(update={"progress_every_s": 0.5})
    async with (
        running_node(build_services(), settings, with_agents=True) as process,
        client_of(process, CLERK) as clerk,
    ):
        origin_id = (await clerk.post(ITEMS, json=COMPLETE)).json()["origin_id"]
        assert (await clerk.post(f"{ITEMS}/{origin_id}/submit")).status_code == 200
        assert "还没有生效" not in (await clerk.get(f"/intake/delay/{origin_id}", headers=HTML)).text
        intake = process.contexts["intake"]
        async with intake.database.transaction(intake.clock()) as tx:
            await tx.session.execute(update(OUTBOX).values(told_at=intake.clock() - timedelta(minutes=2)))
        await eventually(shows(clerk, f"/intake/delay/{origin_id}", "条通知还没有生效"))
        await eventually(shows(clerk, f"/intake/submissions/{origin_id}", "条通知还没有生效"))


async def test_an_item_about_which_all_is_known_says_nothing_of_it(waiting: Waiting) -> None:
    async with client_of(waiting.process, CLERK) as clerk:
        other = (await clerk.post(ITEMS, json=COMPLETE)).json()["origin_id"]
        shown = await clerk.get(f"/intake/submissions/{other}", headers=HTML)
        assert (shown.status_code, "还没有生效" in shown.text) == (200, False)


async def test_the_administrator_sees_at_home_what_does_not_take_effect(waiting: Waiting) -> None:
    async with client_of(waiting.process, ADMIN) as admin:
        for address in ("/", "/todo/standing"):
            await eventually(shows(admin, address, "1 条在等前一条"))
            await eventually(shows(admin, address, "/review/events?kind=held"))
    async with client_of(waiting.process, CLERK) as clerk:
        assert "信息生效情况" not in (await clerk.get("/", headers=HTML)).text
        assert (await clerk.get("/todo/standing", headers=HTML)).status_code == 403


async def test_the_desk_names_the_item_and_the_number_that_is_missing(waiting: Waiting) -> None:
    async with client_of(waiting.process, ADMIN) as admin:
        listed = (await admin.get("/review/events?kind=held", headers=HTML)).text
        assert COMPLETE["title"] in listed
        assert "还缺第 1 条。" in listed
        [item] = (await admin.get("/review/api/v1/events")).json()["items"]
        assert (item["cause"], item["missing"]) == ("predecessor", "第 1 条")
        shown = await admin.get(f"/review/events/{item['id']}", headers=HTML)
        assert "前一条还没有到" in shown.text
        assert COMPLETE["title"] not in (await admin.get("/review/events?kind=parked", headers=HTML)).text


async def test_at_a_node_where_all_takes_effect_home_says_so(node_database_url: str, tmp_path: Path) -> None:
    settings = settings_for(TOWNSHIP, tmp_path, database_url=node_database_url)
    async with running_node(build_services(), settings) as process, client_of(process, ADMIN) as admin:
        await eventually(shows(admin, "/", "信息都已生效"))


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [
        ("IntegrityError：(sqlite3.IntegrityError) UNIQUE constraint failed: review_item.origin_id [SQL: INSERT INTO", "处理这条信息时程序出错"),
        ("error：unpack requires a buffer of 4 bytes", "处理这条信息时程序出错"),
        ("not_theirs：这不是他们的稿件。", "按规定不能处理：这不是他们的稿件"),
    ],
)  # fmt: skip
async def test_what_is_parked_is_on_the_administrators_home_in_a_sentence(
    waiting: Waiting, reason: str, sentence: str
) -> None:
    review = waiting.process.contexts["review"]
    async with review.database.transaction(review.clock()) as tx:
        await tx.session.execute(update(INBOX_WAITING).values(kind="parked", reason=reason))
    async with client_of(waiting.process, ADMIN) as admin:
        await eventually(shows(admin, "/", f"1 条处理不了，等您处理：{sentence}"))
        home, todo = (await admin.get("/")).text, (await admin.get("/todo")).text
    assert "没有待办" not in home + todo
    assert "SQL" not in home
    assert "unpack" not in home
