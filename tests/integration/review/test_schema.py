"""The migrated schema is the one the table classes describe, and new nodes start with their periodicals."""

from datetime import timedelta
from pathlib import Path

from services.kernel.language.calendar import local_date
from services.kernel.language.vocabulary import InfoType, Role
from services.kernel.runtime.rulebooks import Draft, Hooks, read_apart, save_version
from services.kernel.runtime.storing.migrations import differences
from services.kernel.runtime.surroundings.identifiers import new_id
from services.review import metrics
from services.review.app import review_service
from services.review.model import METADATA
from services.review.policy.rulebooks import PERIODICALS, REVIEW_RULES
from services.review.store.items import find_item
from tests.integration.review.office import Office, open_office, submitted
from tests.support.service import DISTRICT, NOW, service_database


async def test_migrations_make_what_the_models_say(database_url: str) -> None:
    async with service_database(review_service(), database_url) as database:
        assert await differences(database, METADATA) == []


async def test_saved_periodicals_add_what_is_missing_and_leave_what_is_there(district: Office) -> None:
    editor = district.client(Role.EDITOR)
    before = (await editor.get("/review/api/v1/periodicals")).json()
    assert [one["title"] for one in before["items"]] == ["政务信息", "每日要情"]
    text = PERIODICALS.default.read_text("utf-8").replace("title: 每日要情", "title: 每日快报")
    text = text.replace("city:", "  - {code: diaoyan, title: 调研参考, kind: reference}\n\ncity:", 1)
    rules = await read_apart(PERIODICALS, text)
    hooks = review_service().hooks_of(PERIODICALS)
    async with district.context.database.transaction(NOW) as tx:
        await save_version(tx, PERIODICALS, hooks, Draft(text), by=None, rules=rules)
    after = (await editor.get("/review/api/v1/periodicals")).json()
    assert sorted(one["title"] for one in after["items"]) == ["政务信息", "每日要情", "调研参考"]


async def test_an_emergency_is_due_by_the_rule_of_its_day_and_those_before_keep_their_time(district: Office) -> None:
    before, after = new_id(), new_id()
    await district.hear("intake.submission", submitted(DISTRICT, before, info_type=InfoType.EMERGENCY))
    text = REVIEW_RULES.default.read_text("utf-8").replace("emergency_due_minutes: 60", "emergency_due_minutes: 30")
    rules, context = await read_apart(REVIEW_RULES, text), district.context
    async with context.database.transaction(context.clock()) as tx:
        await save_version(tx, REVIEW_RULES, Hooks(), Draft(text, local_date(tx.now)), by=None, rules=rules)
    await district.hear("intake.submission", submitted(DISTRICT, after, info_type=InfoType.EMERGENCY))
    async with context.database.reading() as session:
        items = [await find_item(session, origin_id) for origin_id in (before, after)]
    assert [item.due_at - item.arrived_at for item in items if item and item.due_at] == [
        timedelta(minutes=60), timedelta(minutes=30),
    ]  # fmt: skip


async def test_the_queue_is_measured(tmp_path: Path) -> None:
    async with open_office(DISTRICT, tmp_path) as office:
        service = review_service()
        assert service.gauges is not None
        origin_id = new_id()
        await office.hear("intake.submission", submitted(DISTRICT, origin_id))
        await service.gauges(office.context)
    waiting = {sample.labels["status"]: sample.value for sample in metrics.WAITING.collect()[0].samples}
    assert (waiting["to_check"], waiting["open"]) == (1, 0)
