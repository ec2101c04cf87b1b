"""A new fact about an item is made once: its class says all that routing, contract, topics, histories and pages ask."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID

import pytest
from sqlalchemy import MetaData

from services.exchange.policy.belonging import Known, Neighbour, Said, belongs
from services.exchange.policy.routing import Passage, lane_of, peers_for, route_of
from services.kernel.language.catalogue import asyncapi, json_schemas
from services.kernel.language.envelope import Envelope, dataschema_of
from services.kernel.language.events import FACTS, marks, open_fact, topic_names, urgent_twins
from services.kernel.language.events.meaning import Line, Tone, Way
from services.kernel.language.events.parts import Hop, Item, SubmissionFact
from services.kernel.language.timeline import timeline_entry
from services.kernel.language.vocabulary import InfoType, Lane, Level
from services.kernel.runtime.pages.event_desk.reading import type_label
from services.kernel.runtime.passage.showing import timeline_groups
from services.kernel.runtime.service import Service
from services.kernel.runtime.storing.outbox import is_urgent_topic
from services.node import build_services
from tests.architecture.source import SERVICES, place, python_files

ID = UUID(int=7)
TO_DISTRICT = Hop(
    n=1, from_node="township", from_unit_id=ID, from_unit_name="龙潭乡", to_node="district", to_level=Level.COUNTY
)


class SubmissionRemarked(SubmissionFact):
    """Somebody of the office remarked on the item."""

    TYPE: ClassVar[str] = "submission.remarked"
    LABEL: ClassVar[str] = "已批注"
    TOPIC: ClassVar[str] = "remarks.item"
    URGENT_TOPIC: ClassVar[str] = "remarks.item_at_once"
    WAYS: ClassVar[frozenset[Way]] = frozenset({Way.BACK})
    RANK: ClassVar[int] = 65
    TONE: ClassVar[Tone] = Tone.KEY
    remark: str

    def line(self) -> Line:
        """What was remarked."""
        return Line(self.LABEL, note=self.remark)


@pytest.fixture(autouse=True)
def _registered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(FACTS, SubmissionRemarked.TYPE, SubmissionRemarked)


def remarked(info_type: InfoType = InfoType.PROBLEM) -> SubmissionRemarked:
    item = Item(
        origin_id=ID, info_type=info_type, title="题", origin_node="township", unit_id=ID, unit_name="龙潭乡",
        version=1, hop=1, hops=(TO_DISTRICT,),
    )  # fmt: skip
    return SubmissionRemarked(item=item, at=datetime(2026, 11, 24, tzinfo=UTC), node="district", remark="数字要核")


def envelope_of(fact: SubmissionRemarked) -> Envelope:
    return Envelope(
        id="e-1", type=fact.TYPE, source="/district/remarks", time=fact.at, subject=fact.key, node="district",
        dataschema=dataschema_of(fact.TYPE, fact.VERSION), level="county", data=fact.model_dump_json().encode(),
    )  # fmt: skip


def test_it_is_opened_and_has_its_topics_in_both_lanes() -> None:
    assert open_fact(envelope_of(remarked())) == remarked()
    assert {"remarks.item", "remarks.item_at_once"} <= set(topic_names())
    assert (remarked().topic, remarked(InfoType.EMERGENCY).topic) == ("remarks.item", "remarks.item_at_once")
    assert is_urgent_topic("district.remarks.item_at_once")
    assert not is_urgent_topic("district.remarks.item")
    assert lane_of(remarked(InfoType.EMERGENCY)) is Lane.URGENT


def test_the_contract_has_it() -> None:
    document = asyncapi()
    for topic in ("remarks.item", "remarks.item_at_once", "exchange.arrival", "exchange.arrival_urgent"):
        assert "submission.remarked" in document["channels"][topic]["messages"]
    assert document["components"]["messages"]["submission.remarked"]["x-crosses"] == ["back"]
    assert "submission.remarked.1" in json_schemas()
    assert {"code": "submission.remarked", "label": "已批注"} in marks()
    assert type_label("submission.remarked") == "已批注"


def test_it_crosses_as_it_says_and_is_taken_from_those_whose_it_is_to_tell() -> None:
    fact = remarked()
    assert peers_for(fact, Passage("district", frozenset({"district"}))) == ["township"]
    said = Said(fact.TYPE, "district", ("district",), fact.key, route_of(fact), fact)
    above, below = Neighbour("township", "district", is_above=True), Neighbour("township", "district", is_above=False)
    assert belongs(said, above, ways=(("township", "district"),), known=Known())
    assert not belongs(said, below, ways=(("township", "district"),), known=Known())


def test_it_has_its_line_in_the_history_and_on_the_page() -> None:
    entry: Any = timeline_entry(remarked())
    assert entry is not None
    assert (entry.text, entry.note, entry.rank, entry.hop) == ("已批注", "数字要核", 65, 1)
    (group,) = timeline_groups([entry], [], {})
    assert [(one["what"], one["tone"]) for one in group["events"]] == [("已批注", "key")]


async def note(*_: object) -> None:
    """Nothing."""


def test_one_row_serves_both_lanes_and_what_comes_back_is_taken_back() -> None:
    service = Service(
        name="remarks", title="批注", metadata=MetaData(), migrations=Path(), tells=(SubmissionRemarked,),
        listens_to={"remarks.item": {SubmissionRemarked: note}, "exchange.arrival": {SubmissionRemarked: note}},
    )  # fmt: skip
    assert service.urgent_topics == ["remarks.item_at_once", "exchange.arrival_urgent", "exchange.returned_urgent"]
    assert service.routine_topics == ["remarks.item", "exchange.arrival", "exchange.returned"]
    for routine, urgent in zip(service.routine_topics, service.urgent_topics, strict=True):
        assert service.listens_to[routine] == service.listens_to[urgent]


@pytest.mark.parametrize("service", build_services(), ids=lambda service: service.name)
def test_no_service_does_something_else_in_the_urgent_lane(service: Service) -> None:
    heard = {routine: twin for routine, twin in urgent_twins().items() if {routine, twin} & service.listens_to.keys()}
    assert {twin: service.listens_to[routine] for routine, twin in heard.items()} == {
        twin: service.listens_to[twin] for twin in service.urgent_topics
    }


def test_nothing_that_serves_all_facts_names_one_of_them() -> None:
    """Kernel, contract and routing ask the fact; only its own module, tellers and handlers name it."""
    names = {fact.__name__ for fact in FACTS.values() if fact.RANK} - {SubmissionRemarked.__name__}
    said_of_all = [
        *(path for path in python_files("services/kernel") if not {"events", "asking.py"} & {*path.parts}),
        *python_files("services/exchange/policy"),
        SERVICES / "contracts.py",
    ]
    pattern = re.compile(rf"\b({'|'.join(sorted(names))})\b")
    assert [place(path) for path in said_of_all if pattern.search(path.read_text())] == []
