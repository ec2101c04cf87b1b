"""What reviewers, editors and leaders did, arriving in any order, twice, before the item itself."""

import itertools
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.intake import store
from services.intake.actions import change_draft, create_draft, submit
from services.intake.agents import LISTENS_TO
from services.intake.app import intake_service
from services.intake.model import SubmissionChange
from services.intake.model.erasing import TEXTS
from services.kernel.language.events import Fact
from services.kernel.language.events.exchange import SubmissionDelivered
from services.kernel.language.events.intake import SubmissionAmended
from services.kernel.language.events.parts import Attachment, Content, Edition, Hop, Item, OfficerRef, SignOff
from services.kernel.language.events.review import (
    InstructionRecorded,
    SubmissionAdopted,
    SubmissionAnswered,
    SubmissionAsked,
    SubmissionChecked,
    SubmissionDeclined,
    SubmissionEdited,
    SubmissionForwardedUp,
    SubmissionReceived,
    SubmissionReportedUp,
    SubmissionReturned,
)
from services.kernel.language.vocabulary import (
    AdoptionMode,
    InfoType,
    LeaderRank,
    Level,
    PeriodicalKind,
    Share,
    SignMode,
    System,
)
from services.kernel.runtime.keeping.erasure.texts import erase_texts
from services.kernel.runtime.storing.database import Database
from services.kernel.runtime.surroundings.identifiers import derived_id
from tests.integration.intake.conftest import CLERK, COMPLETE
from tests.support.hearing import Ear
from tests.support.service import DISTRICT, NOW, TOWNSHIP, service_database, unit_id

AT = datetime(2026, 8, 12, 12, 0, tzinfo=UTC)
EDITOR = OfficerRef(officer_id=derived_id("e"), name="孙采编", unit_id=unit_id("district"), unit_name="云岭区政府办")
HOP_1 = Hop(
    n=1, from_node="township", from_unit_id=unit_id("township"), from_unit_name="龙潭乡", to_node="district",
    to_level=Level.COUNTY,
)  # fmt: skip
HOP_2 = Hop(
    n=2, from_node="district", from_unit_id=unit_id("district"), from_unit_name="云岭区", to_node="city",
    to_level=Level.CITY,
)  # fmt: skip
SIGN_OFF = SignOff(signed_by="周乡长", sign_mode=SignMode.ONLINE, recorded_by=EDITOR, signed_at=AT)


def story(origin_id: UUID) -> list[Any]:
    """An item's way: reported, asked about, returned, amended, adopted, forwarded, adopted above, instructed on.

    Each was told by somebody who knew of all before it.
    """
    ids = iter(derived_id(origin_id, n) for n in range(100))

    def item(hop: int, version: int, *hops: Hop) -> Item:
        return Item(
            origin_id=origin_id, info_type=InfoType.PROBLEM, title="标题", origin_node="township",
            unit_id=unit_id("township"), unit_name="龙潭乡", version=version, hop=hop, hops=hops,
        )  # fmt: skip

    def content(node: str, number: int, body: str) -> Content:
        edition = Edition(node=node, number=number, title="标题", body=body, edited_by="李四", edited_at=AT)
        file = Attachment(
            attachment_id=derived_id(origin_id, "file"), sha256="a" * 64, filename="甲.pdf",
            media_type="application/pdf", size=3,
        )  # fmt: skip
        return Content(
            edition=edition, author_name="李四", author_phone="1", non_secret_declared=True, attachments=(file,)
        )

    clock = iter(AT + timedelta(minutes=n) for n in range(100))
    ordinals = itertools.count(2)  # what intake told itself is the first

    def said(kind: type[Any], node: str, of: Item, **more: Any) -> Any:
        return kind(item=of, at=next(clock), node=node, ordinal=next(ordinals), **more)

    def delivered(hop: int, version: int, from_node: str, to_node: str) -> SubmissionDelivered:
        return SubmissionDelivered(
            origin_id=origin_id, info_type=InfoType.PROBLEM, hop=hop, version=version, from_node=from_node,
            to_node=to_node, at=next(clock), ordinal=next(ordinals),
        )  # fmt: skip

    def adopted(node: str, of: Item, level: Level) -> Any:
        return said(
            SubmissionAdopted, node, of, adoption_id=next(ids), level=level, mode=AdoptionMode.SINGLE,
            periodical_id=derived_id("p"), periodical_title="政务信息", periodical_kind=PeriodicalKind.BRIEF,
            periodical_system=System.GOVERNMENT, issue_id=derived_id("i"), issue_no=16, issue_year=2026,
            adopted_on=date(2026, 8, 12),
        )  # fmt: skip

    question = next(ids)
    first, second = item(1, 1, HOP_1), item(1, 2, HOP_1)
    above = item(2, 2, HOP_1, HOP_2)
    edition = Edition(node="district", number=1, title="标题", body="区稿", edited_by="孙采编", edited_at=AT)
    reviewed = {"reviewer_name": "王五", "sign_off": SIGN_OFF}
    return [
        said(SubmissionChecked, "township", item(0, 1), by=EDITOR),
        said(SubmissionReportedUp, "township", first, content=content("township", 1, "第一稿"), **reviewed),
        delivered(1, 1, "township", "district"),
        said(SubmissionReceived, "district", first, by=EDITOR),
        said(SubmissionAsked, "district", first, question_id=question, question="转移人数以哪个为准？", by=EDITOR),
        said(
            SubmissionAnswered, "township", first, question_id=question, answer="431人", to_node="district", by=EDITOR
        ),
        said(SubmissionReturned, "district", first, reason_code="missing_elements", reason="补写时间", by=EDITOR),
        said(SubmissionReportedUp, "township", second, content=content("township", 2, "第二稿"), **reviewed),
        delivered(1, 2, "township", "district"),
        said(SubmissionEdited, "district", second, edition=edition, changes=6, by=EDITOR),
        adopted("district", second, Level.COUNTY),
        said(
            SubmissionForwardedUp, "district", above, content=content("district", 2, "转报稿"), proposed_by=EDITOR,
            sign_off=SIGN_OFF,
        ),
        delivered(2, 2, "district", "city"),
        adopted("city", above, Level.CITY),
        said(
            InstructionRecorded, "city", above, instruction_id=next(ids), level=Level.CITY, leader_name="吴市长",
            leader_rank=LeaderRank.PRINCIPAL, given_on=date(2026, 8, 13), share=Share.FACT,
        ),
    ]  # fmt: skip


async def tell(database: Database, facts: list[Fact], order: list[int]) -> None:
    """Let facts come in this order of their numbers, every message twice; a repeated number is told again."""
    ear = Ear(intake_service(), database, NOW)
    for n in order:
        fact = facts[n]
        topic = "exchange.arrival" if type(fact) in LISTENS_TO["exchange.arrival"] else "review.submission"
        await ear.hear(topic, fact, event_id=str(derived_id(fact.key, n)))


async def end_state(database: Database, origin_id: UUID) -> dict[str, Any]:
    """Everything intake knows of the item, local row ids left out."""
    async with database.reading() as session:
        submission = await store.find_submission(session, origin_id)
        history = await store.list_history(session, origin_id)
        questions = await store.list_questions(session, origin_id)
        files = await store.list_attachments(session, origin_id)
        editions = await store.list_editions(session, origin_id)
    assert submission is not None
    rows = [{**row.model_dump(exclude={"id", "event_id"})} for row in history]
    return {
        "item": submission.model_dump(exclude={"version"}),
        "history": rows,
        "questions": [one.model_dump() for one in questions],
        "files": [one.model_dump() for one in files],
        "editions": sorted((one.node, one.number, one.body) for one in editions),
    }


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with service_database(intake_service(), database_url, TOWNSHIP) as database:
        yield database


def _renamed(state: dict[str, Any]) -> str:
    """The state as text without the ids that differ from one item to the next."""
    text = repr(state)
    for one in (state["item"]["origin_id"], *(q["question_id"] for q in state["questions"])):
        text = text.replace(str(one), "?")
    for row in state["history"]:
        for key in ("adoption_id", "instruction_id", "question_id"):
            text = text.replace(row["data"].get(key, "?"), "?")
    for file in state["files"]:
        text = text.replace(str(file["attachment_id"]), "?")
    return text


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations(range(15)), doubled=st.lists(st.integers(0, 14), max_size=6))
async def test_facts_in_any_order_and_twice_end_in_the_same_state(
    database: Database, order: list[int], doubled: list[int]
) -> None:
    straight, shuffled = uuid4(), uuid4()
    await tell(database, story(straight), list(range(15)))
    await tell(database, story(shuffled), [*order, *doubled])
    assert _renamed(await end_state(database, shuffled)) == _renamed(await end_state(database, straight))


async def test_an_item_of_another_node_fills_in_from_a_stub(database: Database) -> None:
    origin_id = uuid4()
    facts = story(origin_id)
    await tell(database, facts, [2])
    state = await end_state(database, origin_id)
    assert (state["item"]["is_stub"], len(state["history"])) == (True, 1)
    await tell(database, facts, [1])
    state = await end_state(database, origin_id)
    assert (state["item"]["is_stub"], state["item"]["status"], state["item"]["body"]) == (False, "reported", "第一稿")
    assert [row["type"] for row in state["history"]] == ["submission.reported_up", "submission.delivered"]


async def _submitted(database: Database) -> UUID:
    async with database.transaction(NOW) as tx:
        origin_id = (await create_draft(tx, SubmissionChange.model_validate(COMPLETE).values, by=CLERK)).origin_id
        await submit(tx, origin_id, by=CLERK)
    return origin_id


async def test_a_returned_item_is_amended_and_goes_on_as_the_same_item(database: Database) -> None:
    origin_id = await _submitted(database)
    facts = story(origin_id)
    await tell(database, facts, [0, 1, 2, 3, 6])
    state = await end_state(database, origin_id)
    assert state["item"]["status"] == "returned"
    assert state["item"]["returned"]["reason"] == "补写时间"
    assert state["item"]["body"] == COMPLETE["body"]

    async with database.transaction(NOW) as tx:
        current = await store.find_submission(tx.session, origin_id)
        assert current is not None
        changed = await change_draft(tx, origin_id, {"body": "补写后的正文"}, by=CLERK, version=current.version)
        assert (changed.status, changed.submission_version) == ("draft", 2)
        await submit(tx, origin_id, by=CLERK)
        told = tx.told[-1]
    assert told.envelope.type == SubmissionAmended.TYPE
    amended = SubmissionAmended.model_validate_json(told.envelope.data)
    assert (amended.item.version, amended.content.edition.number) == (2, 2)
    assert [hop.n for hop in amended.item.hops] == [1]

    await tell(database, facts, [7, 8, 10, 4])
    state = await end_state(database, origin_id)
    assert (state["item"]["status"], state["item"]["submission_version"]) == ("adopted", 2)
    places = [(row["hop"], row["version"], row["rank"]) for row in state["history"]]
    assert places == sorted(places)
    assert state["history"][-1]["type"] == "submission.adopted"


async def test_an_office_edits_a_bureaus_item_beside_the_bureaus_own_text(database: Database) -> None:
    origin_id = await _submitted(database)
    edited = story(origin_id)[9]
    at_home = edited.model_copy(
        update={"node": "township", "edition": edited.edition.model_copy(update={"node": "township"})}
    )
    await tell(database, [at_home], [0])
    async with database.reading() as session:
        editions = await store.list_editions(session, origin_id)
    assert {(one.by_author, one.number, one.body) for one in editions} == {
        (True, 1, COMPLETE["body"]),
        (False, 1, "区稿"),
    }


async def test_an_older_version_adds_history_and_changes_nothing(database: Database) -> None:
    origin_id = uuid4()
    facts = story(origin_id)
    await tell(database, facts, [7, 6])
    assert (await end_state(database, origin_id))["item"]["status"] == "reported"


async def test_a_question_waits_until_it_is_answered(database: Database) -> None:
    origin_id = await _submitted(database)
    facts = story(origin_id)
    await tell(database, facts, [4])
    async with database.reading() as session:
        assert [one.answer for one in await store.list_questions(session, origin_id)] == [None]
    await tell(database, facts, [5])
    async with database.reading() as session:
        assert None not in [one.answer for one in await store.list_questions(session, origin_id)]


async def test_a_question_about_an_erased_item_waits_for_nobody(database: Database) -> None:
    origin_id = await _submitted(database)
    await tell(database, story(origin_id), [4])
    async with database.transaction(NOW) as tx:
        await erase_texts(tx.session, TEXTS, origin_id)
    async with database.reading() as session:
        [question] = await store.list_questions(session, origin_id)
    assert "转移人数" not in f"{question.question}{question.answer}"


async def test_what_was_reported_is_undelivered_until_its_receipt_comes(database: Database) -> None:
    origin_id = await _submitted(database)
    facts = story(origin_id)
    await tell(database, facts, [1])
    async with database.reading() as session:
        assert await store.count_undelivered(session, store.Listing(CLERK), NOW) == 1
        figures = await store.node_figures(session, NOW)
    assert figures["undelivered_age_s"] == (NOW - facts[1].at).total_seconds()
    await tell(database, facts, [2])
    async with database.reading() as session:
        assert await store.count_undelivered(session, store.Listing(CLERK), NOW) == 0


async def test_a_decline_further_up_is_history_for_the_author(database: Database) -> None:
    origin_id = await _submitted(database)
    facts = story(origin_id)
    declined = {"reason_code": "too_local", "reason": "情况不具代表性", "by": EDITOR, "at": AT}
    above = SubmissionDeclined(item=facts[11].item.model_copy(update={"version": 1}), node="city", **declined)
    here = SubmissionDeclined(item=facts[1].item, node="district", **declined)
    await tell(database, [facts[1], above, here], [0, 1])
    assert (await end_state(database, origin_id))["item"]["status"] == "reported"
    await tell(database, [facts[1], above, here], [2])
    assert (await end_state(database, origin_id))["item"]["status"] == "declined"


async def test_an_instruction_that_is_not_shared_leaves_no_trace(database: Database) -> None:
    origin_id = await _submitted(database)
    instruction = story(origin_id)[14].model_copy(update={"share": Share.NONE, "text": "请速办"})
    await tell(database, [instruction], [0])
    assert [row["type"] for row in (await end_state(database, origin_id))["history"]] == ["submission.submitted"]


async def test_the_schema_is_what_the_tables_say(database_url: str) -> None:
    from services.intake.model import METADATA
    from services.kernel.runtime.storing.migrations import differences

    async with service_database(intake_service(), database_url, DISTRICT) as database:
        assert await differences(database, METADATA) == []
