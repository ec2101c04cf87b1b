"""Inside the author's unit: checked by one, signed by another, handed to the office it reports to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self
from uuid import UUID

from services.kernel.language.events.parts import Hop, SignOff
from services.kernel.language.events.review import SubmissionChecked, SubmissionReportedUp
from services.kernel.language.field_error import FieldError
from services.kernel.language.refusal import InvalidInput
from services.kernel.language.text import clean_line
from services.kernel.language.vocabulary import ReviewStatus, SignMode, UnitKind
from services.kernel.runtime.heard.organisation import superior_of
from services.kernel.runtime.rulebooks import rules_at
from services.kernel.runtime.storing.database import Database
from services.kernel.runtime.storing.transaction import Transaction
from services.kernel.runtime.web.identity import Officer
from services.kernel.runtime.web.sentences import label_at
from services.review.actions.admitting import admit
from services.review.actions.opening import place_here
from services.review.actions.telling import head_of, tell, touch
from services.review.model import ReviewItem
from services.review.model.inputs import NewCheck, NewSignature
from services.review.policy import Verb, first_hop, is_granted
from services.review.policy.offers import blocker_of
from services.review.policy.refusals import TextMissing
from services.review.policy.rulebooks import REVIEW_RULES
from services.review.policy.texts import ALONE_LIMIT, sentence
from services.review.store.items import find_item, latest_sent
from services.review.store.standing import standing_of


@dataclass(frozen=True)
class Signature:
    """How a sign-off was given; paper and oral ones name who gave it. `scan_sha256` is the paper's."""

    signed_by_name: str = ""
    sign_mode: SignMode = SignMode.ONLINE
    scan_sha256: str = ""

    @classmethod
    def of(cls, new: NewSignature | None, scan_sha256: str = "") -> Self:
        """The sign-off that is asked for; nothing said means online."""
        return cls(new.signed_by_name, new.sign_mode, scan_sha256) if new else cls()

    def by(self, officer: Officer, tx: Transaction) -> SignOff:
        """The sign-off as recorded by `officer`.

        Raises:
            InvalidInput: A paper or oral sign-off without a name, or an online one in another's.
        """
        name = clean_line(self.signed_by_name)
        if self.sign_mode is not SignMode.ONLINE and not name:
            raise _wrong("signed_by_name", "纸质或口头签发要写明签发人姓名。")
        if self.sign_mode is SignMode.ONLINE and name and name != officer.name:
            raise _wrong("sign_mode", "代为登记他人的签发，请选择“纸质签发”或“口头签发”。")
        return SignOff(
            signed_by=name or officer.name, sign_mode=self.sign_mode, recorded_by=officer.ref, signed_at=tx.now
        )


async def check_submission(
    tx: Transaction, origin_id: UUID, *, by: Officer, version: int | None = None, alone_reason: str = ""
) -> ReviewItem:
    """The unit's reviewer passes the item on to the signer.

    Raises:
        SecondReaderNeeded: The reviewer submitted it himself and gives no reason for going alone.
    """
    item = await admit(tx, origin_id, Verb.CHECK, by=by, version=version)
    needs_second_reader = (await rules_at(tx.session, REVIEW_RULES, tx.now)).needs_second_reader
    blocker = blocker_of(by, Verb.CHECK, standing_of(item)) if needs_second_reader else None
    if blocker:
        if not alone_reason.strip():
            raise blocker
        item.checked_alone_reason = sentence(
            "alone_reason", label_at(NewCheck, ["alone_reason"]), alone_reason, limit=ALONE_LIMIT
        )
    item.status, item.checked_by, item.checked_at, item.reviewer_name = ReviewStatus.TO_SIGN, by.ref, tx.now, by.name
    touch(tx, item)
    await tell(
        tx,
        SubmissionChecked(
            item=head_of(item, hop=0),
            at=tx.now,
            node=tx.node.node_id,
            by=by.ref,
            alone_reason=item.checked_alone_reason,
        ),
    )
    tx.audit("review.checked", origin_id, by=by.ref, details={"alone_reason": item.checked_alone_reason})
    return item


async def is_signer_of(database: Database, origin_id: UUID, *, by: Officer) -> bool:
    """Whether a scan is kept for this officer; whether the item may be signed now is decided in the transaction."""
    async with database.reading() as session:
        item = await find_item(session, origin_id)
        return item is not None and is_granted(by, Verb.SIGN, standing_of(item))


async def sign_submission(
    tx: Transaction, origin_id: UUID, *, by: Officer, signature: Signature, version: int | None = None
) -> ReviewItem:
    """The unit's signer reports the item up: to the superior, or for bureaus to this node's own editors."""
    item = await admit(tx, origin_id, Verb.SIGN, by=by, version=version)
    sent = await latest_sent(tx.session, origin_id)
    if sent is None:
        raise TextMissing
    item.sign_off, item.sign_scan_sha256 = signature.by(by, tx), signature.scan_sha256
    hops = await _way_up(tx, item, by)
    fact = SubmissionReportedUp(
        item=head_of(item, hop=1, hops=hops),
        at=tx.now,
        node=tx.node.node_id,
        content=sent.content,
        reviewer_name=item.reviewer_name,
        sign_off=item.sign_off,
    )
    await tell(tx, fact)
    if hops[-1].to_node == tx.node.node_id:
        await place_here(tx, item, fact)
    else:
        item.status, item.hops, item.sent_hop = ReviewStatus.REPORTED, hops, 1
        touch(tx, item)
    details = {"signed_by": item.sign_off.signed_by, "mode": signature.sign_mode, "to": hops[-1].to_node}
    tx.audit("review.signed", origin_id, by=by.ref, details=details)
    return item


async def _way_up(tx: Transaction, item: ReviewItem, by: Officer) -> tuple[Hop, ...]:
    """The first hop: the head office's items go to the superior; a node without one keeps them."""
    superior = await superior_of(tx.session, item.system) if by.unit_kind is UnitKind.HEAD_OFFICE else None
    return first_hop(
        node=tx.node.node_id,
        unit_id=item.unit_id,
        unit_name=item.unit_name,
        to_node=superior.peer if superior else tx.node.node_id,
        to_level=superior.level if superior else tx.node.level,
    )


def _wrong(field: str, message: str) -> InvalidInput:
    return InvalidInput(message, errors=[FieldError(field, "invalid", message).as_dict()])
