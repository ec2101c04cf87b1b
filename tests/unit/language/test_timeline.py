"""The history of an item: which line each fact adds, and in which order lines stand."""

import itertools
from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest

from services.kernel.language.events import FACTS, exchange, intake, review
from services.kernel.language.events.parts import Content, Edition, Fact, Hop, Item, OfficerRef, SignOff, SubmissionFact
from services.kernel.language.timeline import Entry, in_order, timeline_entry
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
from services.kernel.runtime.surroundings.identifiers import derived_id

AT = datetime(2026, 8, 12, 12, 0, tzinfo=UTC)
WHO = OfficerRef(officer_id=derived_id("o"), name="张三", unit_id=derived_id("u"), unit_name="区政府办")
HOP = Hop(
    n=1, from_node="township", from_unit_id=derived_id("t"), from_unit_name="龙潭乡", to_node="district",
    to_level=Level.COUNTY,
)  # fmt: skip
SECOND = Hop(
    n=2,
    from_node="district",
    from_unit_id=derived_id("d"),
    from_unit_name="云岭区",
    to_node="city",
    to_level=Level.CITY,
)


def item(hop: int = 1, version: int = 1, *hops: Hop) -> Item:
    return Item(
        origin_id=derived_id("item"), info_type=InfoType.PROBLEM, title="标题", origin_node="township",
        unit_id=derived_id("t"), unit_name="龙潭乡", version=version, hop=hop, hops=hops or (HOP,),
    )  # fmt: skip


CONTENT = Content(
    edition=Edition(node="township", number=1, title="标题", body="正文", edited_by="李四", edited_at=AT),
    author_name="李四", author_phone="1", non_secret_declared=True,
)  # fmt: skip
SIGN_OFF = SignOff(signed_by="周乡长", sign_mode=SignMode.ORAL, recorded_by=WHO, signed_at=AT)


def reported(version: int = 1) -> review.SubmissionReportedUp:
    return review.SubmissionReportedUp(
        item=item(1, version), at=AT, node="township", content=CONTENT, reviewer_name="王五", sign_off=SIGN_OFF
    )


def instruction(share: Share, text: str | None = None) -> review.InstructionRecorded:
    return review.InstructionRecorded(
        item=item(2, 1, HOP, SECOND), at=AT, node="city", instruction_id=derived_id("i"), level=Level.CITY,
        leader_name="吴市长", leader_rank=LeaderRank.PRINCIPAL, given_on=date(2026, 8, 13), share=share, text=text,
    )  # fmt: skip


def entry_of(fact: Fact) -> Entry:
    """The line that a fact adds; it adds one."""
    entry = timeline_entry(fact)
    assert entry is not None
    return entry


def test_every_fact_about_an_item_has_a_rank_and_nothing_else_has() -> None:
    about_items = {
        type_ for type_, fact in FACTS.items() if issubclass(fact, SubmissionFact | exchange.SubmissionDelivered)
    }
    assert about_items == {type_ for type_, fact in FACTS.items() if fact.RANK}


def test_an_oral_signature_is_said_and_who_recorded_it_is_kept() -> None:
    entry = entry_of(reported())
    assert entry.text == "周乡长签发（口头签发），上报区县级"
    assert (entry.hop, entry.data["recorded_by"], entry.data["reviewer"]) == (1, "张三", "王五")


def test_a_forwarding_belongs_to_the_hop_it_opens() -> None:
    fact = review.SubmissionForwardedUp(
        item=item(1, 1, HOP, SECOND), at=AT, node="district", content=CONTENT, proposed_by=WHO, sign_off=SIGN_OFF
    )
    entry = entry_of(fact)
    assert (entry.hop, entry.text) == (2, "周乡长签发（口头签发），转报市级")


def test_what_the_unit_does_at_home_prepares_the_first_hop() -> None:
    fact = intake.SubmissionSubmitted(item=item(0), at=AT, node="township", content=CONTENT, submitted_by=WHO)
    assert entry_of(fact).hop == 1


def test_a_return_at_home_stands_before_the_first_report() -> None:
    fact = review.SubmissionReturned(
        item=item(0), at=AT, node="township", reason_code="missing_elements", reason="补写时间", by=WHO
    )
    entry = entry_of(fact)
    assert entry.hop == entry_of(reported()).hop
    assert entry.rank < entry_of(reported()).rank
    assert (entry.text, entry.note) == ("退回修改：要素不全", "补写时间")


def test_a_reason_of_a_newer_node_stays_readable() -> None:
    fact = review.SubmissionDeclined(
        item=item(), at=AT, node="district", reason_code="brand_new", reason="见附言", by=WHO
    )
    assert entry_of(fact).text == "未采用：brand_new"


def test_an_instruction_shared_as_a_fact_says_neither_text_nor_name() -> None:
    entry = entry_of(instruction(Share.FACT, "请速办"))
    assert entry.text == "市级主要负责人作出批示"
    assert "请速办" not in repr(entry)
    assert "吴市长" not in repr(entry)


def test_an_instruction_that_is_not_shared_adds_no_line() -> None:
    assert timeline_entry(instruction(Share.NONE)) is None


def test_an_instruction_shared_as_text_is_read_in_full() -> None:
    assert entry_of(instruction(Share.TEXT, "请速办")).note == "请速办"


def test_an_adoption_names_periodical_and_issue() -> None:
    fact = review.SubmissionAdopted(
        item=item(), at=AT, node="district", adoption_id=derived_id("a"), level=Level.COUNTY,
        mode=AdoptionMode.SINGLE, periodical_id=derived_id("p"), periodical_title="《政务信息》",
        periodical_kind=PeriodicalKind.BRIEF, periodical_system=System.GOVERNMENT, issue_id=derived_id("n"),
        issue_no=16, issue_year=2026, adopted_on=date(2026, 8, 12),
    )  # fmt: skip
    assert entry_of(fact).text == "区县级采用，《政务信息》第16期"


@pytest.mark.parametrize("figures", [(), ("142→126",)])
def test_an_edit_says_whether_figures_were_touched(figures: tuple[str, ...]) -> None:
    fact = review.SubmissionEdited(
        item=item(), at=AT, node="district", edition=CONTENT.edition, changes=6, figures_changed=figures, by=WHO
    )
    assert ("数字未动" in entry_of(fact).text) is not bool(figures)


def row(id_: int, hop: int, version: int, ordinal: int, rank: int, node: str = "district") -> SimpleNamespace:
    return SimpleNamespace(
        id=id_, hop=hop, version=version, ordinal=ordinal, rank=rank, node=node, type="submission.edited"
    )


def test_lines_stand_by_hop_version_and_what_caused_them_and_not_by_clock_or_rank() -> None:
    rows = [row(1, 2, 1, 9, 30), row(2, 1, 2, 5, 10), row(3, 1, 1, 4, 70), row(4, 1, 1, 3, 90), row(5, 1, 1, 2, 60)]
    for some in itertools.permutations(rows):
        assert [one.id for one in in_order(some)] == [5, 4, 3, 2, 1]


def test_lines_that_did_not_know_of_each_other_stand_by_rank_then_node_then_as_they_came() -> None:
    rows = [row(4, 1, 1, 3, 80), row(3, 1, 1, 3, 60, "city"), row(2, 1, 1, 3, 60, "district"), row(1, 1, 1, 3, 80)]
    assert [one.id for one in in_order(rows)] == [3, 2, 1, 4]


def test_without_places_what_one_node_tells_keeps_its_order_and_between_nodes_the_rank_decides() -> None:
    """Received, adopted, then edited at the district; the author's answer comes in at any time."""
    for answered in (0, 2, 9):
        rows = [row(1, 1, 1, 0, 50), row(3, 1, 1, 0, 90), row(4, 1, 1, 0, 70), row(answered, 1, 1, 0, 61, "township")]
        assert [one.id for one in in_order(rows)] == [1, answered, 3, 4]


def test_a_line_without_a_place_stands_after_the_placed_ones_that_it_follows_by_rank() -> None:
    """An author's node that tells places, an office that does not yet."""
    placed = [row(1, 1, 1, 3, 30, "township"), row(5, 1, 1, 5, 61, "township")]
    loose = [row(2, 1, 1, 0, 50), row(3, 1, 1, 0, 60), row(6, 1, 1, 0, 90)]
    assert [one.id for one in in_order([*loose, *placed])] == [1, 2, 3, 5, 6]
