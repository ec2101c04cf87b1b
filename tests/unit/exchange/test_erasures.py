"""Which item is meant, how far an erasure is, and to whom a decision goes."""

from uuid import UUID

import pytest

from services.exchange.policy import routing
from services.exchange.policy.erasures import copies_in_all, origin_in, steps_of
from services.exchange.policy.routing import Passage
from services.kernel.language.events.exchange import ErasureDecided, ErasureDeclined
from services.kernel.language.vocabulary import ErasureGround, ErasureStage, Lane
from tests.unit.exchange.ledger_fixture import NOON

ID = UUID("01939b00-0000-7000-8000-0000000000a1")
ROUTE = ("township", "district", "city")
WHO = {"origin_id": ID, "reason": "已批准", "decided_by": "王芳", "unit_name": "党政办", "at": NOON}
DECIDED = ErasureDecided(**WHO, ground=ErasureGround.MISTAKE, neighbours=("township", "city"))
DECLINED = ErasureDeclined(**WHO, asked_by="township")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        (str(ID), ID),
        (f"http://node/review/items/{ID}?x=1", ID),
        (f"{ID}/{str(ID).upper()}", ID),
        (f"{ID} 01939b00-0000-7000-8000-0000000000a2", None),
        ("", None),
        ("01939b00", None),
    ],
)
def test_the_number_is_found_in_what_was_pasted(typed: str, meant: UUID | None) -> None:
    assert origin_in(typed) == meant


def test_a_decision_goes_to_the_neighbours_with_copies_and_no_further() -> None:
    here = Passage("district", frozenset({"district"}), ROUTE)
    arrived = Passage("district", frozenset({"township"}), ROUTE)
    assert routing.peers_for(DECIDED, here) == ["township", "city"]
    assert routing.peers_for(DECLINED, here) == ["township"]
    assert routing.peers_for(DECIDED, arrived) == routing.peers_for(DECLINED, arrived) == []
    assert routing.lane_of(DECIDED) is routing.lane_of(DECLINED) is Lane.URGENT


def test_the_steps_say_what_is_done_and_why_it_does_not_go_on() -> None:
    steps = steps_of(ErasureStage.BROKER, trouble="消息队列没有应答")
    assert [(one.state, one.note) for one in steps] == [
        ("ok", ""), ("ok", ""), ("wait", "消息队列没有应答"), ("wait", ""),
    ]  # fmt: skip
    assert {one.state for one in steps_of(ErasureStage.DONE)} == {"ok"}


def test_copies_are_added_up() -> None:
    assert copies_in_all({}) == 0
    assert copies_in_all({"intake": {"facts": 2, "rows": 3, "files": 1}, "review": {"facts": 1, "rows": 0}}) == 6
