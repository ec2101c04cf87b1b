"""A district's day with five items, told hour by hour: what it heard and what it told itself."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from services.kernel.language.envelope import Envelope
from services.kernel.language.events import Fact
from services.kernel.language.events.parts import Content, Edition, Hop, Item, OfficerRef, SignOff
from services.kernel.language.events.review import (
    SubmissionAnswered,
    SubmissionAsked,
    SubmissionReportedUp,
    SubmissionReturned,
)
from services.kernel.language.vocabulary import (
    AdoptionMode,
    DeclineReason,
    InfoType,
    LeaderRank,
    Level,
    ReturnReason,
    Role,
    Share,
    SignMode,
    UnitKind,
)
from services.kernel.runtime.storing.database import Database
from services.kernel.runtime.storing.transaction import Transaction
from services.kernel.runtime.surroundings.identifiers import derived_id
from services.review.actions import deciding, editing, forwarding, instructing, publishing, selecting, signing
from services.review.app import review_service
from services.review.model import ReviewItem
from services.review.model.inputs import NewInstruction
from services.review.policy import Verb
from services.review.store import issues
from tests.integration.review.office import submitted
from tests.support.replaying import envelope_for, hear, last_told, told_after
from tests.support.service import DISTRICT, NOW, officer, unit_id

SERVICE = review_service()
EDITOR, CHIEF = officer(Role.EDITOR, name="林悦"), officer(Role.CHIEF, name="顾清扬")
REVIEWER = officer(Role.REVIEWER, name="罗文清", unit="water", kind=UnitKind.BUREAU)
SIGNER = officer(Role.SIGNER, name="谭立新", unit="water", kind=UnitKind.BUREAU)
OWN_REVIEWER, OWN_SIGNER = officer(Role.REVIEWER, name="本办审核"), officer(Role.SIGNER, name="本办签发")
OWN_CLERK = officer(Role.CLERK, name="本办信息员")
ADOPTED, DECLINED, RETURNED, BUREAU, OWN = (derived_id("passage", name) for name in ("a", "b", "c", "d", "e"))
AUTHOR = OfficerRef(officer_id=derived_id("author"), name="李四", unit_id=unit_id("township"), unit_name="龙潭乡")
ONLINE = signing.Signature()


def reported(origin_id: UUID, *, version: int = 1) -> SubmissionReportedUp:
    """The township reports an item."""
    hop = Hop(
        n=1, from_node="township", from_unit_id=unit_id("township"), from_unit_name="龙潭乡", to_node="district",
        to_level=Level.COUNTY,
    )  # fmt: skip
    item = Item(
        origin_id=origin_id, info_type=InfoType.PROBLEM, title="泵站老化", origin_node="township",
        unit_id=unit_id("township"), unit_name="龙潭乡", version=version, hop=1, hops=(hop,),
    )  # fmt: skip
    edition = Edition(
        node="township", number=version, title=f"泵站老化第{version}版", body="转移群众126户398人。", edited_by="李四",
        edited_at=NOW,
    )  # fmt: skip
    content = Content(edition=edition, author_name="李四", author_phone="1", non_secret_declared=True)
    sign_off = SignOff(signed_by="谭乡长", sign_mode=SignMode.ONLINE, recorded_by=AUTHOR, signed_at=NOW)
    return SubmissionReportedUp(
        item=item, at=NOW, node="township", content=content, reviewer_name="罗文清", sign_off=sign_off
    )


@dataclass
class Day:
    """What happens at the office, an hour apart; `heard` and `told` keep it for a restore, in time order."""

    database: Database
    now: datetime = NOW
    facts: list[tuple[str, Envelope]] = field(default_factory=list)

    async def hear(self, topic: str, fact: Fact) -> None:
        self.now += timedelta(hours=1)
        fact = fact.model_copy(update={"at": self.now})
        envelope = envelope_for(fact, self.now, node=getattr(fact, "node", "district"))
        self.facts.append((topic, envelope))
        await hear(SERVICE, self.database, topic, envelope)

    async def do(self, act: Callable[[Transaction], Awaitable[Any]]) -> Any:
        self.now += timedelta(hours=1)
        before = await last_told(self.database)
        async with self.database.transaction(self.now) as tx:
            done = await act(tx)
        self.facts += [("", envelope) for envelope in await told_after(self.database, last_id=before)]
        return done


async def morning(day: Day) -> None:
    """Before the backup: five items come in."""
    for origin_id in (ADOPTED, DECLINED, RETURNED):
        await day.hear("exchange.arrival", reported(origin_id))
    await day.hear("intake.submission", submitted(DISTRICT, BUREAU, unit="water", unit_name="区水利局"))
    await day.hear("intake.submission", submitted(DISTRICT, OWN))


async def afternoon(day: Day) -> None:
    """After the backup: every fact that review tells, once at least."""
    question = await day.do(lambda tx: editing.ask_author(tx, ADOPTED, by=EDITOR, question="多少户？"))
    item = reported(ADOPTED).item
    await day.hear(
        "exchange.arrival",
        SubmissionAnswered(
            item=item, at=day.now, node="township", question_id=question.question_id, answer="126户",
            to_node="district", by=AUTHOR,
        ),
    )  # fmt: skip
    text = editing.NewText(None, "转移群众142户398人。")
    compared = await editing.compare_edition(day.database, ADOPTED, text, Verb.EDIT, by=EDITOR)
    await day.do(lambda tx: _edit(tx, ADOPTED, compared))
    await day.do(lambda tx: deciding.decline_submission(tx, DECLINED, by=EDITOR, reason_code=next(iter(DeclineReason))))
    await day.do(
        lambda tx: deciding.return_submission(
            tx, RETURNED, by=EDITOR, reason_code=next(iter(ReturnReason)), reason="请核实数字"
        )
    )
    await day.hear("exchange.arrival", reported(RETURNED, version=2))
    await day.do(lambda tx: deciding.receive_submission(tx, RETURNED, by=EDITOR))
    await _own_units(day)
    await day.do(lambda tx: forwarding.propose_forward(tx, ADOPTED, by=EDITOR))
    await day.do(lambda tx: forwarding.sign_forward(tx, ADOPTED, by=CHIEF))
    await day.do(_instruct)
    await day.do(publish_next)


async def _own_units(day: Day) -> None:
    await day.do(lambda tx: signing.check_submission(tx, BUREAU, by=REVIEWER))
    await day.do(lambda tx: signing.sign_submission(tx, BUREAU, by=SIGNER, signature=ONLINE))
    await day.do(lambda tx: signing.check_submission(tx, OWN, by=OWN_REVIEWER))
    sent = await day.do(lambda tx: signing.sign_submission(tx, OWN, by=OWN_SIGNER, signature=ONLINE))
    head = submitted(DISTRICT, OWN).item.model_copy(update={"hop": 1, "hops": sent.hops})
    editor = OfficerRef(officer_id=derived_id("city"), name="市编辑", unit_id=unit_id("city"), unit_name="市政府办")
    question_id = derived_id("city", "question")
    asked = SubmissionAsked(
        item=head, at=day.now, node="city", question_id=question_id, question="资金来源？", by=editor
    )
    await day.hear("exchange.arrival", asked)
    await day.do(lambda tx: editing.answer_question(tx, OWN, by=OWN_CLERK, answer="区级统筹"))
    code = next(iter(ReturnReason))
    returned = SubmissionReturned(item=head, at=day.now, node="city", reason_code=code, reason="补充数据", by=editor)
    await day.hear("exchange.arrival", returned)


async def _edit(tx: Transaction, origin_id: UUID, compared: editing.ComparedEdition) -> None:
    item = await tx.session.get(ReviewItem, origin_id)
    assert item is not None
    await editing.save_edition(tx, item, compared, by=EDITOR)


async def _instruct(tx: Transaction) -> None:
    new = NewInstruction(
        leader_name="周区长",
        leader_rank=next(iter(LeaderRank)),
        text="请水利局研究。",
        given_on=NOW.date(),
        share=Share.TEXT,
    )
    await instructing.record_instruction(tx, ADOPTED, by=EDITOR, new=new)


async def publish_next(tx: Transaction, origin_id: UUID = ADOPTED) -> Any:
    """Select the item for the first periodical and sign its issue."""
    periodical = (await issues.list_periodicals(tx.session))[0]
    adoption = await selecting.select_submission(
        tx, origin_id, by=EDITOR, periodical_id=periodical.periodical_id, mode=AdoptionMode.SINGLE
    )
    await tx.session.flush()
    return await publishing.sign_issue(tx, adoption.issue_id, by=CHIEF)
