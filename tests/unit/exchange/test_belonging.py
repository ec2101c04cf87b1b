"""Whose a fact is to tell: every fact that crosses × who says it × whose item × how far that item is.

The node is the district. Two townships are below it, two offices above. Whoever speaks says what serves
him best: his own hops, under the origin id of the item that he is after. `ALLOWED` is the oracle; what
does not stand in it is refused.
"""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from services.exchange.policy.belonging import Known, Neighbour, Said, belongs
from services.exchange.policy.routing import route_of, with_way
from services.kernel.language.events import FACTS, arriving
from services.kernel.language.events.exchange import ABOUT_ERASURE, SubmissionDelivered
from services.kernel.language.events.meaning import Way
from services.kernel.language.events.parts import Content, Edition, Fact, Hop, Item, OfficerRef, SignOff, UnitRef
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
from tests.unit.exchange.ledger_fixture import NOON

NODES = ("township", "other", "district", "city", "party", "province")
UNITS = {name: UUID(int=number) for number, name in enumerate(NODES, 1)}
NAMES = {
    "township": "龙潭乡",
    "other": "青石镇",
    "district": "云岭区政府办",
    "city": "市政府办",
    "party": "区委办",
    "province": "省政府办",
}
ITEM = UUID(int=77)
KNOWN = Known(
    nodes={UNITS[name]: name for name in ("township", "other", "district")},
    offices={name: {UNITS[name]} for name in ("township", "other")},
    names={NAMES[name]: name for name in ("township", "other")},
    direct=frozenset({"township", "other"}),
)
LEVELS = {
    "district": Level.COUNTY,
    "city": Level.CITY,
    "party": Level.CITY,
    "province": Level.PROVINCE,
    "township": Level.TOWNSHIP,
}

# How far an item is that the district has from `{}`, or of its own when `{}` is the district.
STATES = {
    "unknown": (),
    "here": (("{}", "district"),),
    "with the city": (("{}", "district", "city"),),
    "back, then with the party": (("{}", "district", "party"), ("{}", "district", "city")),
}
REPORTS = ("submission.reported_up", "submission.forwarded_up")
UP, BACK = (
    tuple(sorted(type_ for type_, fact in FACTS.items() if not fact.WAYS.isdisjoint(ways)))
    for ways in ({Way.UP, Way.TO_ASKER}, {Way.BACK})
)
ALLOWED = {
    # A township reports its own items, whatever became of an earlier version, and answers for those that are here.
    *itertools.product(REPORTS, ["township"], ["township"], STATES),
    *itertools.product(REPORTS, ["other"], ["other"], STATES),
    *itertools.product(["submission.answered"], ["township"], ["township"], [*STATES][1:]),
    *itertools.product(["submission.answered"], ["other"], ["other"], [*STATES][1:]),
    # An office says what it did with what this node has sent to it, whoever wrote that.
    *itertools.product(BACK, ["city"], ["township", "other", "district"], [*STATES][2:]),
    *itertools.product(BACK, ["party"], ["township", "other", "district"], [*STATES][3:]),
}


def officer(node: str) -> OfficerRef:
    return OfficerRef(officer_id=UUID(int=9), name="王芳", unit_id=UNITS[node], unit_name=NAMES[node])


def hop(n: int, from_node: str, to_node: str) -> Hop:
    return Hop(
        n=n, from_node=from_node, from_unit_id=UNITS[from_node], from_unit_name=NAMES[from_node], to_node=to_node,
        to_level=LEVELS[to_node],
    )  # fmt: skip


def along(*nodes: str) -> tuple[Hop, ...]:
    return tuple(hop(n, *pair) for n, pair in enumerate(itertools.pairwise(nodes), 1))


def fact_of(type_: str, node: str, *way: str) -> Any:
    """The fact as an honest node along that way would tell it."""
    item = Item(
        origin_id=ITEM, info_type=InfoType.PROBLEM, title="题", origin_node=way[0], unit_id=UNITS[way[0]],
        unit_name=NAMES[way[0]], version=1, hop=len(way) - 1, hops=along(*way),
    )  # fmt: skip
    edition = Edition(node=way[0], number=1, title="题", body="文", edited_by="王芳", edited_at=NOON)
    signed = SignOff(signed_by="李", sign_mode=SignMode.ONLINE, recorded_by=officer(node), signed_at=NOON)
    values = {
        "item": item, "at": NOON, "node": node, "by": officer(node), "reason_code": "other", "reason": "x",
        "question_id": ITEM, "question": "?", "answer": "是", "to_node": "district", "edition": edition, "changes": 1,
        "content": Content(edition=edition, author_name="王芳", author_phone="1", non_secret_declared=True),
        "reviewer_name": "张", "proposed_by": officer(node), "sign_off": signed, "adoption_id": ITEM, "level": Level.CITY,
        "mode": AdoptionMode.SINGLE, "periodical_id": ITEM, "periodical_title": "政务信息", "issue_id": ITEM,
        "periodical_kind": next(iter(PeriodicalKind)), "periodical_system": System.GOVERNMENT, "issue_no": 1,
        "issue_year": 2026, "adopted_on": date(2026, 11, 24), "instruction_id": ITEM, "leader_name": "赵",
        "leader_rank": LeaderRank.PRINCIPAL, "given_on": date(2026, 11, 24), "share": Share.FACT,
        "origin_id": ITEM, "info_type": InfoType.PROBLEM, "hop": 2, "version": 1, "from_node": node,
    }  # fmt: skip
    kind = FACTS[type_]
    return kind.model_validate({name: values[name] for name in kind.model_fields if name in values})


def said(fact: Fact, peer: str, **more: Any) -> Said:
    node = getattr(fact, "node", "") or getattr(fact, "from_node", "")
    one = Said(fact.TYPE, node, tuple(dict.fromkeys((node, peer))), fact.key, route_of(fact), fact)
    return replace(one, **more)


def who(peer: str, *, is_settled: bool = True) -> Neighbour:
    return Neighbour("district", peer, peer in {"city", "party"}, is_settled)


def ways(state: str, whose: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(dict.fromkeys(node.format(whose) for node in way)) for way in STATES[state])


def best_for(type_: str, peer: str, whose: str) -> Said:
    """What serves a speaker best: the item is on his way, and he has done with it what he likes."""
    if peer in {"city", "party"}:
        way = tuple(dict.fromkeys((whose, "district", peer)))
        beyond = type_ == "submission.forwarded_up"
        return said(fact_of(type_, peer, *way, *(["province"] if beyond else [])), peer)
    return said(fact_of(type_, peer, peer, "district"), peer)


MATRIX = list(
    itertools.product(
        sorted({*UP, *BACK}), ["township", "other", "city", "party"], ["township", "other", "district"], STATES
    )
)


def test_the_matrix_has_every_fact_that_crosses() -> None:
    assert {fact.TYPE for fact in arriving()} == {type_ for type_, *_ in MATRIX}
    assert len(MATRIX) == 11 * 4 * 3 * 4
    assert set(MATRIX) >= ALLOWED


@pytest.mark.parametrize(("type_", "peer", "whose", "state"), MATRIX)
def test_who_may_say_what_about_whose_item(type_: str, peer: str, whose: str, state: str) -> None:
    is_free = state == "unknown" and type_ in REPORTS and peer in {"township", "other"}  # an item of his own making
    expected = (type_, peer, whose, state) in ALLOWED or is_free
    one = best_for(type_, peer, whose)
    assert belongs(one, who(peer), ways=ways(state, whose), known=KNOWN) is expected


@pytest.mark.parametrize("type_", sorted(FACTS.keys() - {*UP, *BACK, *ABOUT_ERASURE}))
def test_what_does_not_cross_is_nobodys_to_say(type_: str) -> None:
    for peer in ("township", "city"):
        one = Said(type_, peer, (peer,), str(ITEM), ("township", "district"))
        assert not belongs(one, who(peer), ways=(), known=KNOWN)


@pytest.mark.parametrize("type_", BACK)
def test_a_node_that_may_have_forgotten_what_it_sent_listens_to_who_names_it(type_: str) -> None:
    one = best_for(type_, "city", "township")
    for state in ("unknown", "here"):
        known_ways = ways(state, "township")
        assert belongs(one, who("city", is_settled=False), ways=known_ways, known=KNOWN)
        assert not belongs(one, who("city"), ways=known_ways, known=KNOWN)


REPORT = fact_of("submission.reported_up", "township", "township", "district")
RECEIVED = fact_of("submission.received", "city", "township", "district", "city")
ANSWER = fact_of("submission.answered", "township", "township", "district")
HERE = (("township", "district"),)
WITH_CITY = (("township", "district", "city"),)


def with_item(fact: Any, **changes: Any) -> Any:
    return fact.model_copy(update={"item": fact.item.model_copy(update=changes)})


def with_hop(fact: Any, at: int, **changes: Any) -> Any:
    hops = list(fact.item.hops)
    hops[at] = hops[at].model_copy(update=changes)
    return with_item(fact, hops=tuple(hops))


LIES = {
    "on the other's own way": said(fact_of("submission.reported_up", "other", "other", "district"), "township"),
    "under another item's key": said(REPORT, "township", subject=str(UUID(int=78))),
    "born at the other township": said(REPORT, "township", node="other", via=("other", "township")),
    "told by the other township": said(REPORT.model_copy(update={"node": "other"}), "township"),
    "never passed by him": said(REPORT, "township", via=("township", "other")),
    "passed nobody": said(REPORT, "township", via=()),
    "passed this node before": said(REPORT, "township", via=("township", "district", "township")),
    "a node with a comma in its name": said(with_item(REPORT, hops=along("township", "district")), "township", via=("township", "a,b", "township")),
    "written at the other township": said(with_item(REPORT, origin_node="other"), "township"),
    "by the other township's unit": said(with_item(REPORT, unit_id=UNITS["other"]), "township"),
    "by a new unit of the other's name": said(with_item(REPORT, unit_id=UUID(int=99), unit_name=NAMES["other"]), "township"),
    "by a unit of this node": said(with_item(REPORT, unit_id=UNITS["district"]), "township"),
    "together with the other township": said(
        with_item(REPORT, co_units=(UnitRef(unit_id=UNITS["other"], name="某某"),)), "township"
    ),
    "sent by the other's office": said(with_hop(REPORT, 0, from_unit_id=UNITS["other"]), "township"),
    "sent by an office unheard of": said(with_hop(REPORT, 0, from_unit_id=UUID(int=99)), "township"),
    "signed by an officer of the other": said(
        REPORT.model_copy(update={"sign_off": REPORT.sign_off.model_copy(update={"recorded_by": officer("other")})}),
        "township",
    ),
    "signed by an officer of this node": said(
        REPORT.model_copy(update={"sign_off": REPORT.sign_off.model_copy(update={"recorded_by": officer("district")})}),
        "township",
    ),
    "the other's item passed on": said(fact_of("submission.forwarded_up", "township", "other", "township", "district"), "township"),
    "sent on already": said(fact_of("submission.reported_up", "township", "township", "district", "city"), "township"),
    "no way": said(with_item(REPORT, hops=()), "township"),
    "a hop that is missing": said(with_hop(REPORT, 0, n=2), "township"),
    "a way with a hole": said(with_item(REPORT, hops=(hop(1, "township", "city"), hop(2, "township", "district"))), "township"),
    "an answer on a way with a hole": said(
        with_item(ANSWER, hops=(hop(1, "township", "township"), hop(2, "other", "district"))), "township"
    ),
    "a way of a hundred hops": said(with_item(REPORT, hops=tuple(hop(n, "township", "district") for n in range(1, 101))), "township"),
    "an answer of this node": said(ANSWER.model_copy(update={"node": "district"}), "township"),
    "an answer by an officer of the other": said(ANSWER.model_copy(update={"by": officer("other")}), "township"),
}  # fmt: skip
LIES_FROM_ABOVE = {
    "told by an office that never had it": said(RECEIVED.model_copy(update={"node": "party"}), "city"),
    "born below": said(RECEIVED.model_copy(update={"node": "township"}), "city"),
    "by an officer of the township": said(RECEIVED.model_copy(update={"by": officer("township")}), "city"),
    "of another beginning": said(fact_of("submission.received", "city", "other", "district", "city"), "city"),
    "of no way": said(with_item(RECEIVED, hops=()), "city"),
    "sent by another office": said(with_hop(RECEIVED, 1, from_unit_id=UNITS["other"]), "city"),
    "a delivery of somebody else": said(fact_of("submission.delivered", "city", "township", "district"), "city", node="party", via=("party", "city")),
    "a delivery by the township": said(fact_of("submission.delivered", "township", "township", "district"), "city", via=("township", "city")),
}  # fmt: skip


def test_the_truth_that_they_twist_is_taken() -> None:
    assert belongs(said(REPORT, "township"), who("township"), ways=(), known=KNOWN)
    assert belongs(said(ANSWER, "township"), who("township"), ways=HERE, known=KNOWN)
    assert belongs(said(RECEIVED, "city"), who("city"), ways=WITH_CITY, known=KNOWN)
    delivered = fact_of("submission.delivered", "city", "township", "district")
    assert isinstance(delivered, SubmissionDelivered)
    assert belongs(said(delivered, "city"), who("city"), ways=WITH_CITY, known=KNOWN)


@pytest.mark.parametrize("lie", LIES)
def test_a_township_that_twists_its_facts_is_not_heard(lie: str) -> None:
    known_ways = HERE if LIES[lie].type == "submission.answered" else ()
    assert not belongs(LIES[lie], who("township"), ways=known_ways, known=KNOWN)


@pytest.mark.parametrize("lie", LIES_FROM_ABOVE)
def test_an_office_above_that_twists_its_facts_is_not_heard(lie: str) -> None:
    assert not belongs(LIES_FROM_ABOVE[lie], who("city"), ways=WITH_CITY, known=KNOWN)


def test_a_unit_that_nobody_knows_here_is_the_neighbours_own() -> None:
    fact = with_item(REPORT, unit_id=UUID(int=99), unit_name="水务站")
    assert belongs(said(fact, "township"), who("township"), ways=(), known=KNOWN)


def test_an_erasure_is_told_by_who_decided_it() -> None:
    for type_ in ABOUT_ERASURE:
        assert belongs(Said(type_, "township", ("township",), str(ITEM)), who("township"), ways=(), known=KNOWN)
        lie = Said(type_, "other", ("other", "township"), str(ITEM))
        assert not belongs(lie, who("township"), ways=(), known=KNOWN)


def test_a_type_unheard_of_passes_to_be_parked() -> None:
    one = Said("submission.unheard_of", "township", ("township",), str(ITEM))
    assert belongs(one, who("township"), ways=(), known=KNOWN)


def test_a_newer_version_is_held_against_the_way_that_it_names() -> None:
    newer = replace(said(REPORT, "township"), fact=None)
    assert belongs(newer, who("township"), ways=(), known=KNOWN)
    assert not belongs(newer, who("township"), ways=(("other", "district"),), known=KNOWN)
    assert not belongs(replace(newer, node="other", via=("other", "township")), who("township"), ways=(), known=KNOWN)
    assert not belongs(replace(newer, route=()), who("township"), ways=(), known=KNOWN)


def test_the_ways_of_an_item_grow_and_an_earlier_one_stays_behind() -> None:
    first = with_way((), ("t", "d"))
    further = with_way(first, ("t", "d", "c"))
    assert further == (("t", "d", "c"),)
    assert with_way(further, ("t", "d"), is_newest=True) == further
    moved = with_way(further, ("t", "d", "p"), is_newest=True)
    assert moved == (("t", "d", "p"), ("t", "d", "c"))
    assert with_way(moved, ("t", "d", "c")) == moved
    assert with_way(moved, ("t", "d", "c"), is_newest=True) == (("t", "d", "c"), ("t", "d", "p"))
    many = first
    for n in range(20):
        many = with_way(many, ("t", "d", f"n{n}"), is_newest=True)
    assert len(many) == 4
