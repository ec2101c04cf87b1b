"""An erased item asks nobody anything: its open questions are no longer open."""

from __future__ import annotations

from services.kernel.runtime.keeping.erasure.texts import erase_texts
from services.kernel.runtime.storing.database import Database
from services.review.actions import editing
from services.review.model import ReviewItem
from services.review.model.erasing import TEXTS
from services.review.store.items import next_open_question
from tests.integration.review.passage import ADOPTED, EDITOR, SERVICE, Day, reported
from tests.support.service import DISTRICT, service_database


async def open_questions(database: Database) -> tuple[bool, int]:
    async with database.reading() as session:
        item = await session.get_one(ReviewItem, ADOPTED)
        return await next_open_question(session, ADOPTED) is not None, item.open_questions


async def test_a_question_about_an_erased_item_is_not_open(database_url: str) -> None:
    async with service_database(SERVICE, database_url, DISTRICT) as database:
        day = Day(database)
        await day.hear("exchange.arrival", reported(ADOPTED))
        await day.do(lambda tx: editing.ask_author(tx, ADOPTED, by=EDITOR, question="多少户？"))
        assert await open_questions(database) == (True, 1)
        await day.do(lambda tx: erase_texts(tx.session, TEXTS, ADOPTED))
        assert await open_questions(database) == (False, 0)
