"""Credit stays with the governed unit an item came from; a fact is a score event once, with a date of its own."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from services.kernel.language.events.parts import Hop, Item, OfficerRef
from services.kernel.language.events.review import SubmissionReturned
from services.kernel.language.vocabulary import InfoType, Level
from services.stats.policy import EventKind, events_of
from services.stats.policy.governed import credited_unit

TOWNSHIP, DISTRICT, WATER = uuid4(), uuid4(), uuid4()
HOPS = (
    Hop(n=1, from_node="township", from_unit_id=TOWNSHIP, from_unit_name="龙潭乡", to_node="district", to_level=Level.COUNTY),
    Hop(n=2, from_node="district", from_unit_id=DISTRICT, from_unit_name="区政府办", to_node="city", to_level=Level.CITY),
)  # fmt: skip


def item(*, node: str = "township", unit: object = TOWNSHIP, hops: tuple[Hop, ...] = HOPS, hop: int = 1) -> Item:
    return Item(
        origin_id=uuid4(), info_type=InfoType.PROBLEM, title="题", origin_node=node, unit_id=unit, unit_name="龙潭乡",
        version=1, hop=hop, hops=hops,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("node", "credited"), [("township", TOWNSHIP), ("district", TOWNSHIP), ("city", DISTRICT), ("province", None)]
)
def test_each_node_credits_the_unit_by_which_the_item_entered(node: str, credited: object) -> None:
    found = credited_unit(item(), node)
    assert (found.unit_id if found else None) == credited


def test_a_bureaus_item_is_the_bureaus_at_its_own_node_and_the_offices_above() -> None:
    hops = (HOPS[0].model_copy(update={"from_node": "district", "from_unit_id": WATER}), HOPS[1])
    own = item(node="district", unit=WATER, hops=hops)
    at_district, at_city = credited_unit(own, "district"), credited_unit(own, "city")
    assert at_district is not None
    assert at_city is not None
    assert (at_district.unit_id, at_city.unit_id) == (WATER, DISTRICT)


@pytest.mark.parametrize(("hop", "reason", "counts"), [(1, "repeated", True), (0, "repeated", False), (1, "unclear", False), (1, "of_tomorrow", False)])  # fmt: skip
def test_only_an_offices_return_for_an_invalid_item_counts_as_one(hop: int, reason: str, *, counts: bool) -> None:
    by = OfficerRef(officer_id=uuid4(), name="张三", unit_id=DISTRICT, unit_name="区政府办")
    fact = SubmissionReturned(
        item=item(hop=hop), at=datetime(2026, 11, 30, 17, 0, tzinfo=UTC), node="district", reason_code=reason,
        reason="请改", by=by,
    )  # fmt: skip
    found = events_of(fact, "district")
    assert [(one.kind, one.period) for one in found] == [(EventKind.RETURNED_INVALID, "2026-12")] * counts
