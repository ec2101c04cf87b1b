"""After a restore from a backup: what went out since comes back into the office's own records and onto the portal."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.disclosure.actions.publishing import numbering_of
from services.disclosure.actions.showing import leave_tombstone, show_on_portal
from services.disclosure.actions.steps import channel_of
from services.disclosure.model import Information, InformationFile, Step
from services.disclosure.policy import IndexCodeIsMissing
from services.disclosure.policy.status import Deed
from services.disclosure.store.information import list_files, lock_information, put_in_index
from services.disclosure.store.numbering import raise_serial, settle_index_no
from services.kernel.language.calendar import local_date
from services.kernel.language.events.disclosure import InformationPublished, InformationRevoked
from services.kernel.language.events.parts import OfficerRef
from services.kernel.language.vocabulary import DisclosureAttribute, InformationStatus
from services.kernel.runtime.heard.organisation import head_office
from services.kernel.runtime.storing.transaction import Transaction

_NOT_OF_THE_RECORD = {"information_id", "node", "category_name", "index_no", "attachments"}
_NOBODY = UUID(int=0)


async def bring_back_published(tx: Transaction, fact: InformationPublished) -> None:
    """A text that went out stands in the records as it went out, and its number is not given again."""
    await _raise_counter(tx, fact)
    information = await lock_information(tx.session, fact.information_id)
    if information is None or information.published_at is None:
        await _put_published(tx, information, fact)
    await show_on_portal(tx, fact)


async def bring_back_revoked(tx: Transaction, fact: InformationRevoked) -> None:
    """A text that was taken down is down here too; one that is unknown leaves its number and the reason."""
    information = await lock_information(tx.session, fact.information_id)
    if information is None:
        information = await _stub(tx, fact.information_id, title=f"已撤销的信息（索引号 {fact.index_no}）")
        information.index_no = await _settle(tx, fact)
    if information.status is not InformationStatus.REVOKED:
        information.status = InformationStatus.REVOKED
        information.revoked_at, information.revoke_reason = fact.revoked_at, fact.reason
        await _note(tx, information, what=Deed.REVOKED, note=fact.reason)
    await leave_tombstone(tx, fact)


async def _put_published(tx: Transaction, information: Information | None, fact: InformationPublished) -> None:
    if information is None:
        information = await _stub(tx, fact.information_id, title=fact.title)
        information.is_normative = bool(fact.validity)
    for name, value in _record_of(fact).items():
        setattr(information, name, value)
    information.index_no = await _settle(tx, fact)
    if information.status is not InformationStatus.REVOKED:
        information.status = InformationStatus.PUBLISHED
    await _put_files(tx, fact)
    await _note(tx, information, what=Deed.PUBLISHED, note=f"索引号 {information.index_no}")


def _record_of(fact: InformationPublished) -> dict[str, Any]:
    """What the fact says of the text, as the record keeps it."""
    said = fact.model_dump(exclude=_NOT_OF_THE_RECORD)
    return said | {"validity": fact.validity or None, "keywords": list(fact.keywords)}


async def _put_files(tx: Transaction, fact: InformationPublished) -> None:
    """The files are those that went out with the text, no more and no fewer."""
    there = {file.attachment_id: file for file in await list_files(tx.session, fact.information_id)}
    for attachment_id in there.keys() - {file.attachment_id for file in fact.attachments}:
        await tx.session.delete(there[attachment_id])
    for file in fact.attachments:
        if file.attachment_id not in there:
            row = InformationFile(
                **file.model_dump(), information_id=fact.information_id, added_by="", added_at=fact.published_at,
                public_sha256=file.sha256, public_size=file.size,
            )  # fmt: skip
            tx.session.add(row)


async def _stub(tx: Transaction, information_id: UUID, *, title: str) -> Information:
    """A text prepared after the backup: who wrote and reviewed it stands in no public fact."""
    office = await head_office(tx.session, tx.node.node_id)
    unit_id, unit_name = (office.unit_id, office.name) if office else (_NOBODY, "")
    return Information(
        information_id=information_id,
        title=title,
        attribute=DisclosureAttribute.PROACTIVE,
        publisher_org_id=unit_id,
        publisher_name=unit_name,
        prepared_by=OfficerRef(officer_id=_NOBODY, name="未留存", unit_id=unit_id, unit_name=unit_name),
        version=0,
        created_at=tx.now,
        touched_at=tx.now,
    )


async def _settle(tx: Transaction, fact: InformationPublished | InformationRevoked) -> str:
    published_at = fact.published_at if isinstance(fact, InformationPublished) else None
    return await settle_index_no(
        tx.session, Information, fact.index_no, information_id=fact.information_id, published_at=published_at
    )


async def _raise_counter(tx: Transaction, fact: InformationPublished) -> None:
    """A number of another template, or of a code not known yet, is found taken when its turn comes."""
    template, codes = await numbering_of(tx, fact.category_id, fact.publisher_org_id)
    published_on = local_date(fact.published_at)
    try:
        serial = template.serial_of(fact.index_no, codes, published_on)
    except IndexCodeIsMissing:
        return
    if serial:
        await raise_serial(tx.session, template.counter(codes, published_on), serial)


async def _note(tx: Transaction, information: Information, *, what: Deed, note: str) -> None:
    information.version += 1
    information.touched_at = tx.now
    tx.session.add(information)
    tx.session.add(Step(information_id=information.information_id, at=tx.now, what=what, note=note))
    await tx.session.flush()
    await put_in_index(tx.session, information)
    tx.signal(channel_of(information.publisher_org_id))
