"""The migrated schema is the one the table classes describe, and new nodes start with their periodicals."""

from pathlib import Path

from services.kernel.language.vocabulary import Role
from services.kernel.runtime.identifiers import new_id
from services.kernel.runtime.migrations import differences
from services.review import metrics
from services.review.app import review_service
from services.review.model import METADATA
from tests.integration.review.office import Office, open_office, submitted
from tests.support.service import DISTRICT, service_database


async def test_migrations_make_what_the_models_say(database_url: str) -> None:
    async with service_database(review_service(), database_url) as database:
        assert await differences(database, METADATA) == []


async def test_starting_again_adds_no_periodical(district: Office) -> None:
    before = (await district.client(Role.EDITOR).get("/review/api/v1/periodicals")).json()
    service = review_service()
    assert service.setup is not None
    await service.setup(district.context)
    assert (await district.client(Role.EDITOR).get("/review/api/v1/periodicals")).json() == before
    assert [one["title"] for one in before["items"]] == ["政务信息", "每日要情"]


async def test_the_queue_is_measured(tmp_path: Path) -> None:
    async with open_office(DISTRICT, tmp_path) as office:
        service = review_service()
        assert service.gauges is not None
        origin_id = new_id()
        await office.hear("intake.submission", submitted(DISTRICT, origin_id))
        await service.gauges(office.context)
    waiting = {sample.labels["status"]: sample.value for sample in metrics.WAITING.collect()[0].samples}
    assert (waiting["to_check"], waiting["open"]) == (1, 0)
