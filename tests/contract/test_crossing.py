"""What the contract says about crossing is what the router does with every golden example."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from services.exchange.policy.routing import Passage, peers_for
from services.kernel.language.events import ARRIVAL_TOPIC, ARRIVAL_URGENT_TOPIC, FACTS, Fact

CONTRACT: dict[str, Any] = json.loads(Path("docs/reference/asyncapi.json").read_text())
EXAMPLES = sorted(Path("services/kernel/language/events/examples").glob("*.json"))
ROUTE = ("village", "township", "district", "city", "province")
"""The way of the examples' item, with a node before and one after those that they name."""

_DIRECTIONS = {"up": {"up"}, "to_asker": {"up"}, "back": {"down"}, "beside": {"beside"}}


def travelled(fact: Fact) -> set[tuple[str, str]]:
    """Every (from, to) on which the router carries a fact, from the node that tells it until it goes no further."""
    told_at = fact.teller or ("district" if "township" in fact.addressees else "township")
    roads: set[tuple[str, str]] = set()
    waiting: list[tuple[str, frozenset[str]]] = [(told_at, frozenset({told_at}))]
    while waiting:
        node, passed = waiting.pop()
        for peer in peers_for(fact, Passage(node, passed, ROUTE)):
            roads.add((node, peer))
            waiting.append((peer, passed | {peer}))
    return roads


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_a_fact_goes_where_the_contract_says_and_nowhere_else(path: Path) -> None:
    fact = FACTS[path.stem.rsplit(".", 1)[0]].model_validate_json(path.read_text())
    ways = CONTRACT["components"]["messages"][fact.TYPE]["x-crosses"]
    went = {
        "beside" if ways == ["beside"] else ("up" if ROUTE.index(start) < ROUTE.index(end) else "down")
        for start, end in travelled(fact)
    }
    assert went == set().union(*(_DIRECTIONS[way] for way in ways))


@pytest.mark.parametrize(
    "topic", [ARRIVAL_TOPIC, ARRIVAL_URGENT_TOPIC, "exchange.returned", "exchange.returned_urgent"]
)
def test_the_topics_of_what_crossed_list_just_that(topic: str) -> None:
    ways = {type_: message["x-crosses"] for type_, message in CONTRACT["components"]["messages"].items()}
    arriving = {type_ for type_, crosses in ways.items() if crosses and crosses != ["beside"]}
    assert set(CONTRACT["channels"][topic]["messages"]) == arriving


def test_what_comes_back_reaches_the_first_node_of_the_route() -> None:
    fact = FACTS["submission.adopted"].model_validate_json(
        Path("services/kernel/language/events/examples/submission.adopted.1.json").read_text()
    )
    assert travelled(fact) == {("district", "township"), ("township", "village")}
