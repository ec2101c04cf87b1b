"""What the broker does not take stands on the event desk, with what can be done about it."""

from __future__ import annotations

import httpx
from sqlalchemy import select, update

from services.kernel.runtime.storing.tables import AUDIT, OUTBOX
from tests.integration.directory.conftest import Directory
from tests.support.service import NOW

DESK = "/directory/events?kind=aside"


async def set_aside(directory: Directory, count: int) -> list[int]:
    """As the relay does with facts that the broker refuses; their ids."""
    newest = select(OUTBOX.c.id).order_by(OUTBOX.c.id.desc()).limit(count)
    async with directory.database.transaction(NOW) as tx:
        ids = list((await tx.session.execute(newest)).scalars())
        change = update(OUTBOX).where(OUTBOX.c.id.in_(ids))
        await tx.session.execute(change.values(aside_reason="MessageSizeTooLargeError <b>", published_at=None))
    return ids


async def test_what_the_broker_does_not_take_is_tried_again_or_given_up(
    directory: Directory, admin: httpx.AsyncClient
) -> None:
    again, dropped = await set_aside(directory, 2)
    shown = (await admin.get(DESK, headers={"Accept": "text/html"})).text
    assert shown.count("消息队列不收这一条") == 2
    assert "<b>" not in shown.split("技术信息")[1].split("</details>")[0]
    assert (await admin.get("/directory/api/v1/progress")).json()["kinds"]["aside"]["count"] == 2
    for row_id, verb in ((again, "retry"), (dropped, "give-up")):
        done = await admin.post(f"/directory/events/aside/{row_id}/{verb}")
        assert (done.status_code, done.headers["location"].split("?")[0]) == (303, "/directory/events")
        assert (await admin.post(f"/directory/events/aside/{row_id}/{verb}")).status_code == 404
    assert "消息队列不收" not in (await admin.get(DESK, headers={"Accept": "text/html"})).text
    assert "aside" not in (await admin.get("/directory/api/v1/progress")).json()["kinds"]
    async with directory.database.reading() as session:
        audited = await session.execute(select(AUDIT).where(AUDIT.c.verb.like("outbox.aside_%")))
        assert [(row.subject, bool(row.officer_id)) for row in audited] == [(str(again), True), (str(dropped), True)]


async def test_nobody_else_gives_a_fact_up(directory: Directory) -> None:
    [row_id] = await set_aside(directory, 1)
    editor = await directory.officer("editor")
    for verb in ("retry", "give-up"):
        assert (await editor.post(f"/directory/events/aside/{row_id}/{verb}")).status_code == 403
    await editor.aclose()
