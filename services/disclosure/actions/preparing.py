"""A public text is written, changed, and handed to the reviewer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from services.disclosure.actions.admitting import take_information
from services.disclosure.actions.choosing import find_beginning
from services.disclosure.actions.refusals import CategoryUnknown, NotForEverybody
from services.disclosure.actions.steps import note_step, record_step
from services.disclosure.model import Information
from services.disclosure.policy import (
    InformationStep,
    may_send_to_review,
    next_information_status,
)
from services.disclosure.policy.fields import cleaned, faults_in, missing_in
from services.disclosure.policy.permission import Act
from services.disclosure.policy.status import Deed
from services.disclosure.store.rules import category_set
from services.kernel.language.calendar import local_date
from services.kernel.language.field_error import FieldError
from services.kernel.language.refusal import InvalidInput
from services.kernel.language.vocabulary import DisclosureAttribute, InformationStatus
from services.kernel.runtime.heard.organisation import find_unit
from services.kernel.runtime.storing.transaction import Transaction
from services.kernel.runtime.surroundings.identifiers import new_id
from services.kernel.runtime.web.identity import Officer

# A change that leaves these out of a request must not empty them.
_NEVER_EMPTY = ("attribute", "is_normative")


async def prepare_information(
    tx: Transaction, values: Mapping[str, Any], *, by: Officer, origin_id: UUID | None = None
) -> Information:
    """Write a new public text of the officer's unit, from nothing or from an internal item; it is a draft.

    Raises:
        NotPermitted: The officer does not publish.
        NotHereYet, NotFound, TypeNotDisclosable, ItemNotSigned: See `disclosable_item`.
        InvalidInput: Fields are missing or wrong.

    Source: 政府信息公开条例 第十条 (whoever makes it publishes it).
    """
    await find_beginning(tx.session, origin_id, by=by)
    made = cleaned(values)
    await _require_valid(tx, made, missing_in(made))
    unit = await find_unit(tx.session, by.unit_id)
    given = {name: value for name, value in made.items() if value is not None}
    given.setdefault("formed_on", local_date(tx.now))
    given.setdefault("responsible_section", by.section)
    information = Information(
        **given,
        information_id=new_id(),
        origin_id=origin_id,
        publisher_org_id=by.unit_id,
        publisher_name=unit.name if unit else by.unit_name,
        prepared_by=by.ref,
        writers=[str(by.officer_id)],
        created_at=tx.now,
        touched_at=tx.now,
    )
    await note_step(tx, information, verb="information.prepare", what=Deed.PREPARED, by=by)
    return information


async def change_information(
    tx: Transaction, information_id: UUID, values: Mapping[str, Any], *, by: Officer, version: int
) -> Information:
    """Change a text that is not out yet; what was approved goes back to review, a text cut as asked too.

    Raises:
        NotPermitted, NotFound, StaleVersion, InvalidInput: See there.
        InformationStepNotPossible: It is published or revoked.
    """
    information = await take_information(tx, information_id, Act.WRITE, by=by, version=version)
    made = {name: value for name, value in cleaned(values).items() if value is not None or name not in _NEVER_EMPTY}
    changed = {name: value for name, value in made.items() if getattr(information, name) != value}
    status = status_after_change(information, changed)
    whole = {
        name: getattr(information, name) for name in ("title", "body", "category_id", "effective_on", "repealed_on")
    }
    await _require_valid(tx, {**whole, **made}, missing_in({**whole, **made}))
    if not changed:
        return information
    for name, value in changed.items():
        setattr(information, name, value)
    await note_change(tx, information, status, by=by, what=Deed.CHANGED)
    return information


async def note_change(
    tx: Transaction, information: Information, status: InformationStatus, *, by: Officer, what: Deed, note: str = ""
) -> None:
    """Record who wrote on the text, and where it stands after that."""
    lost_approval = information.status is InformationStatus.APPROVED and status is InformationStatus.IN_REVIEW
    information.status = status
    if str(by.officer_id) not in information.writers:
        information.writers = [*information.writers, str(by.officer_id)]
    said = "；".join(filter(None, [note, "审查后有改动，需重新审查" if lost_approval else ""]))
    await record_step(tx, information, verb="information.change", what=what, by=by, note=said)


def status_after_change(information: Information, changed: Mapping[str, Any]) -> InformationStatus:
    """Where a change of these fields leads.

    Raises:
        InformationStepNotPossible: The text is out already.
    """
    after = next_information_status(information.status, InformationStep.EDIT)
    attribute = changed.get("attribute", information.attribute)
    is_waiting = after is InformationStatus.IN_REVIEW
    if is_waiting and attribute is not DisclosureAttribute.PROACTIVE:
        return InformationStatus.DRAFT
    return after if changed else information.status


async def send_to_review(
    tx: Transaction, information_id: UUID, *, by: Officer, version: int | None = None
) -> Information:
    """Hand a draft to the reviewer.

    Raises:
        NotPermitted, NotFound, StaleVersion: See there.
        NotForEverybody: Only what is meant for everybody is reviewed.
        InformationStepNotPossible: It is no draft.
    """
    information = await take_information(tx, information_id, Act.WRITE, by=by, version=version)
    after = next_information_status(information.status, InformationStep.SEND_TO_REVIEW)
    if not may_send_to_review(information.status, information.attribute):
        raise NotForEverybody
    information.status = after
    await record_step(tx, information, verb="information.send_to_review", what=Deed.SENT_TO_REVIEW, by=by)
    return information


async def _require_valid(tx: Transaction, values: Mapping[str, Any], missing: list[FieldError]) -> None:
    catalogue = await category_set(tx.session, tx.now)
    errors = [*missing, *faults_in(values, summary_limit=catalogue.summary_limit)]
    code = values.get("category_id")
    if code and code not in {leaf.code for leaf in catalogue.leaves}:
        errors.append(FieldError("category_id", "unknown", "目录中没有这个类目，请从目录中选择。"))
    if errors:
        only_category = {error.field for error in errors} == {"category_id"} and code
        raise (CategoryUnknown if only_category else InvalidInput)(errors=[error.as_dict() for error in errors])
