"""Where lines of a history stand: after what caused them, whatever the rank, and in whatever order they came."""

from __future__ import annotations

import itertools
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from services.intake.agents import LISTENS_TO as INTAKE_LISTENS_TO
from services.intake.app import intake_service
from services.intake.model import HistoryRow as IntakeRow
from services.intake.model import Question
from services.kernel.language.envelope import Envelope, dataschema_of
from services.kernel.language.events import FACTS, Fact
from services.kernel.language.events.parts import LAST_ORDINAL, Edition, SubmissionFact
from services.kernel.runtime.passage.asking import list_questions
from services.kernel.runtime.passage.noting import list_history, next_ordinal
from services.kernel.runtime.passage.table import HistoryLine
from services.kernel.runtime.service import Service
from services.kernel.runtime.storing.database import Database
from services.kernel.runtime.storing.migrations import upgrade
from services.kernel.runtime.surroundings.identifiers import new_id
from services.review.agents import LISTENS_TO as REVIEW_LISTENS_TO
from services.review.app import review_service
from services.review.model import HistoryRow as ReviewRow
from tests.contract.test_facts import EXAMPLES
from tests.support.service import NOW, TOWNSHIP, service_database

SERVICES: dict[str, tuple[Callable[[], Service], type[HistoryLine], dict[type[Fact], Any]]] = {
    "intake": (intake_service, IntakeRow, INTAKE_LISTENS_TO["exchange.arrival"]),
    "review": (review_service, ReviewRow, REVIEW_LISTENS_TO["exchange.arrival"]),
}
THE_DAY = ["received", "asked", "answered", "edited", "adopted", "edited", "asked", "answered", "edited"]
"""What the district and the author's unit did with one version, each knowing of all that was before it."""


def example(type_: str, origin_id: UUID, **changes: Any) -> Any:
    fact = FACTS[type_].model_validate_json((EXAMPLES / f"{type_}.1.json").read_text())
    assert isinstance(fact, SubmissionFact)
    item = fact.item.model_copy(update={"origin_id": origin_id})
    return fact.model_copy(update={"item": item, **changes})


def the_day(origin_id: UUID) -> list[SubmissionFact]:
    facts = []
    for n, verb in enumerate(THE_DAY, 1):
        fact = example(f"submission.{verb}", origin_id, ordinal=n)
        if verb in {"asked", "answered"}:
            fact = fact.model_copy(update={"question_id": UUID(int=1 + THE_DAY[: n - 1].count(verb))})
        if verb == "edited":
            edition: Edition = fact.edition.model_copy(update={"number": n})
            fact = fact.model_copy(update={"edition": edition})
        facts.append(fact)
    return facts


def envelope_of(fact: SubmissionFact, event_id: str) -> Envelope:
    return Envelope(
        id=event_id, type=fact.TYPE, source=f"/{fact.node}/review", time=fact.at, subject=fact.key, node=fact.node,
        dataschema=dataschema_of(fact.TYPE, fact.VERSION), level="county", data=fact.model_dump_json().encode(),
    )  # fmt: skip


async def hear(database: Database, handlers: dict[type[Fact], Any], facts: list[tuple[int, SubmissionFact]]) -> None:
    for n, fact in facts:
        async with database.transaction(NOW, cause=envelope_of(fact, f"e-{fact.key}-{n}")) as tx:
            await handlers[type(fact)](tx, fact)


async def verbs(database: Database, table: type[HistoryLine], origin_id: UUID) -> list[str]:
    async with database.reading() as session:
        return [row.type.split(".")[1] for row in await list_history(session, table, origin_id)]


@pytest.mark.parametrize("name", SERVICES)
async def test_the_same_day_reads_the_same_in_whatever_order_it_came(name: str, database_url: str) -> None:
    make, table, handlers = SERVICES[name]
    async with service_database(make(), database_url) as database:
        for seed in range(6):
            origin_id = new_id()
            facts = list(enumerate(the_day(origin_id)))
            random.Random(seed).shuffle(facts)
            await hear(database, handlers, [*facts, *facts[:3]])
            assert await verbs(database, table, origin_id) == THE_DAY


async def test_what_did_not_know_of_each_other_stands_by_rank_at_every_node(database_url: str) -> None:
    make, table, handlers = SERVICES["intake"]
    verbs_ = ("received", "edited", "adopted")
    async with service_database(make(), database_url) as database:
        for order in itertools.permutations(verbs_):
            origin_id = new_id()
            facts = [(n, example(f"submission.{verb}", origin_id, ordinal=5)) for n, verb in enumerate(order)]
            await hear(database, handlers, facts)
            assert await verbs(database, table, origin_id) == list(verbs_)


async def test_a_place_beyond_all_places_moves_nothing_further(database_url: str) -> None:
    make, table, handlers = SERVICES["intake"]
    origin_id = new_id()
    async with service_database(make(), database_url) as database:
        await hear(database, handlers, [(1, example("submission.adopted", origin_id, ordinal=LAST_ORDINAL))])
        async with database.reading() as session:
            assert await next_ordinal(session, table, origin_id) == LAST_ORDINAL


OLDER = ["reported_up", "received", "asked", "adopted", "edited", "answered", "forwarded_up"]
"""Rows of before in the order in which they came: the edition was saved after the adoption, and stood before it."""
_NODES = dict.fromkeys(OLDER, "district") | {"reported_up": "township", "answered": "township"}


@asynccontextmanager
async def older_database(service: Service, url: str, origin_id: UUID) -> AsyncIterator[Database]:
    """A database of the first release, with an item and its history."""
    database = Database(url, service=service.name, node=TOWNSHIP)
    try:
        await upgrade(database, service.migrations, to=["kernel_0001", f"{service.name}_0001"])
        async with database.engine.begin() as connection:
            await connection.run_sync(lambda sync: _fill(sync, service.name, origin_id))
        yield database
    finally:
        await database.close()


def _fill(connection: sa.Connection, name: str, origin_id: UUID) -> None:
    def table(name: str) -> sa.Table:
        key = sa.Column("origin_id", sa.Uuid(), primary_key=name == "intake_submission")
        return sa.Table(name, sa.MetaData(), key, autoload_with=connection)

    if name == "intake":
        item = table("intake_submission")
        plain = {"INTEGER": 1, "BOOLEAN": False, "JSON": [], "DATETIME": NOW, "TIMESTAMP": NOW}
        wanted = {one.name: type(one.type).__name__.upper() for one in item.columns if not one.nullable}
        values = {column: plain.get(kind, "") for column, kind in wanted.items()}
        connection.execute(item.insert().values(values | {"origin_id": origin_id}))
    history = table(f"{name}_history")
    for n, verb in enumerate(OLDER, 1):
        row = {
            "origin_id": origin_id, "event_id": f"old-{n}", "type": f"submission.{verb}", "version": 1,
            "hop": 2 if verb == "forwarded_up" else 1, "rank": FACTS[f"submission.{verb}"].RANK, "node": _NODES[verb],
            "at": NOW, "text": verb, "by": "", "unit": "", "note": "", "data": {},
        }  # fmt: skip
        connection.execute(history.insert().values(row | ({} if name == "intake" else {"is_inside": False})))


@pytest.mark.parametrize("name", SERVICES)
async def test_a_history_of_before_is_put_in_order_and_goes_on(name: str, empty_database_url: str) -> None:
    make, table, handlers = SERVICES[name]
    service, origin_id = make(), new_id()
    async with older_database(service, empty_database_url, origin_id) as database:
        await upgrade(database, service.migrations)
        expected = ["reported_up", "received", "asked", "answered", "adopted", "edited", "forwarded_up"]
        assert await verbs(database, table, origin_id) == expected
        async with database.reading() as session:
            assert await next_ordinal(session, table, origin_id) == 1
        fact = replace_item(example("submission.edited", origin_id, ordinal=1), hop=1)
        await hear(database, handlers, [(99, fact)])
        assert await verbs(database, table, origin_id) == [*expected[:-1], "edited", expected[-1]]


def replace_item(fact: Any, **changes: Any) -> Any:
    return fact.model_copy(update={"item": fact.item.model_copy(update=changes)})


async def test_questions_of_before_name_their_officers_in_parts(empty_database_url: str) -> None:
    service, origin_id = intake_service(), new_id()
    async with older_database(service, empty_database_url, origin_id) as database:
        async with database.engine.begin() as connection:
            halves = [("142户由谁核实？", "龙潭乡党政办 周文"), (None, "龙潭乡党政办 周文"), ("完了吗？", "")]
            for n, (question, answered_by) in enumerate(halves):
                asked_by = "云岭区政府办 林悦" if question else ""
                values = {"n": UUID(int=n + 1), "o": origin_id, "q": question, "by": asked_by, "ab": answered_by}
                types: dict[str, Any] = {"n": sa.Uuid(), "o": sa.Uuid(), "at": sa.DateTime(timezone=True)}
                statement = sa.text(
                    "INSERT INTO intake_question (question_id, origin_id, node, question, asked_by, asked_at, answered_by) "
                    "VALUES (:n, :o, 'district', :q, :by, :at, :ab)"
                ).bindparams(*(sa.bindparam(name, type_=kind) for name, kind in types.items()))
                await connection.execute(statement, values | {"at": NOW})
        await upgrade(database, service.migrations)
        async with database.reading() as session:
            found = {one.question: one for one in await list_questions(session, Question, origin_id)}
    assert set(found) == {"142户由谁核实？", "完了吗？"}
    first = found["142户由谁核实？"]
    assert first.asked_by is not None
    assert (first.asked_by.unit_name, first.asked_by.name, first.asked_node) == ("云岭区政府办", "林悦", "district")
    assert first.answered_by is not None
    assert found["完了吗？"].answered_by is None
