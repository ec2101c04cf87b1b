"""A reviewed text goes to the portal with its index number, or is taken off it again."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from services.disclosure.actions.admitting import take_information
from services.disclosure.actions.choosing import require_disclosable_type
from services.disclosure.actions.refusals import NotReadyToPublish
from services.disclosure.actions.steps import record_step
from services.disclosure.metrics import PUBLISHED, REVOKED
from services.disclosure.model import Information, InformationFile
from services.disclosure.policy import (
    IndexCodes,
    IndexTemplate,
    InformationStep,
    next_information_status,
    obstacles_to_publishing,
)
from services.disclosure.policy.attachment import obstacle_to_file
from services.disclosure.policy.fields import LABELS, REASON_LIMIT
from services.disclosure.policy.permission import Act, blocker_of
from services.disclosure.policy.status import Deed
from services.disclosure.store.information import index_no_is_taken, list_files
from services.disclosure.store.numbering import next_serial
from services.disclosure.store.rules import categories_by_code, category_set, index_rules
from services.kernel.language.calendar import local_date
from services.kernel.language.events.disclosure import InformationPublished, InformationRevoked
from services.kernel.language.events.parts import Attachment
from services.kernel.language.field_error import FieldError, unfit
from services.kernel.language.refusal import InvalidInput
from services.kernel.language.text import clean_line
from services.kernel.language.vocabulary import UnitKind
from services.kernel.runtime.heard.organisation import find_unit
from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.storing.transaction import Transaction
from services.kernel.runtime.uploads.files import FileStore
from services.kernel.runtime.web.identity import Officer


async def publish_information(
    tx: Transaction, information_id: UUID, *, by: Officer, files: FileStore, version: int | None = None
) -> Information:
    """Give a reviewed text its index number and tell the portal.

    Raises:
        NotPermitted, NotFound, StaleVersion: See there.
        PublisherIsReviewer: Whoever reviewed it does not publish it.
        NotReviewedYet, InformationStepNotPossible: It is not approved, or out already.
        TypeNotDisclosable: The item it was made from turned out to be of a kind that stays inside.
        NotReadyToPublish: `errors` say what is missing.
        IndexCodeIsMissing: The index number needs a code that nobody has set.
    """
    information = await take_information(tx, information_id, Act.PUBLISH, by=by, version=version)
    status = next_information_status(information.status, InformationStep.PUBLISH)
    if blocker := blocker_of(by, Act.PUBLISH, information):
        raise blocker
    if information.origin_id is not None:
        await require_disclosable_type(tx.session, information.origin_id)
    attached = await list_files(tx.session, information_id)
    if obstacles := await obstacles_of(tx.session, information, attached, files=files, now=tx.now):
        raise NotReadyToPublish(errors=[obstacle.as_dict() for obstacle in obstacles])
    information.index_no = await _issue_index_no(tx, information)
    information.status = status
    information.published_at, information.published_by = tx.now, by.ref
    note = f"索引号 {information.index_no}"
    await record_step(tx, information, verb="information.publish", what=Deed.PUBLISHED, by=by, note=note)
    tx.tell(await _as_published(tx, information, attached))
    tx.after_commit(PUBLISHED.labels(tx.node.node_id).inc)
    return information


async def revoke_information(
    tx: Transaction, information_id: UUID, *, by: Officer, reason: str, version: int | None = None
) -> Information:
    """Take a text off the portal; number, reason and time remain there.

    Raises:
        NotPermitted, NotFound, StaleVersion: See there.
        InvalidInput: Without a reason, or with too long a one.
        InformationStepNotPossible: It is not on the portal.
    """
    information = await take_information(tx, information_id, Act.PUBLISH, by=by, version=version)
    status = next_information_status(information.status, InformationStep.REVOKE)
    reason = clean_line(reason)
    if fault := unfit("reason", LABELS["reason"], reason, REASON_LIMIT):
        raise InvalidInput(errors=[fault.as_dict()])
    information.status = status
    information.revoked_at, information.revoke_reason = tx.now, reason
    await record_step(tx, information, verb="information.revoke", what=Deed.REVOKED, by=by, note=reason)
    tx.tell(
        InformationRevoked(
            information_id=information.information_id, node=tx.node.node_id, index_no=information.index_no or "",
            reason=reason, revoked_at=tx.now,
        )
    )  # fmt: skip
    tx.after_commit(REVOKED.labels(tx.node.node_id).inc)
    return information


async def obstacles_of(
    session: AsyncSession, information: Information, attached: list[InformationFile], *, files: FileStore, now: datetime
) -> list[FieldError]:
    """Everything that stands between a text and the portal, files that are not here among it."""
    categories = await categories_by_code(session, now)
    category = categories.get(information.category_id)
    metadata = information.metadata_with(category.name if category else "")
    found = obstacles_to_publishing(
        information.status, metadata, outcome=information.outcome, body=information.body,
        summary_limit=(await category_set(session, now)).summary_limit,
    )  # fmt: skip
    return found + [one for file in attached if (one := obstacle_to(file, files))]


def obstacle_to(file: InformationFile, files: FileStore) -> FieldError | None:
    """What stands between a file and the portal."""
    digests = filter(None, (file.sha256, file.public_sha256))
    return obstacle_to_file(
        file.filename, is_here=all(map(files.has, digests)), is_examined=bool(file.examined_with),
        obstacle_code=file.obstacle_code, obstacle=file.obstacle,
    )  # fmt: skip


async def numbering_of(tx: Transaction, category_id: str, issuer_id: UUID) -> tuple[IndexTemplate, IndexCodes]:
    """The template of index numbers in force, and the codes that it takes for a category and the issuing unit."""
    rules = await index_rules(tx.session, tx.now)
    unit = await find_unit(tx.session, issuer_id)
    codes = rules.codes(
        org_code=unit.org_code if unit else "",
        is_head_office=unit is not None and unit.kind is UnitKind.HEAD_OFFICE,
        cat_code=category_id,
    )
    return IndexTemplate(rules.template), codes


async def _issue_index_no(tx: Transaction, information: Information) -> str:
    template, codes = await numbering_of(tx, information.category_id, information.publisher_org_id)
    today = local_date(tx.now)
    while True:
        serial = await next_serial(tx.session, template.counter(codes, today))
        index_no = template.number(codes, today, serial)
        # After a change of the template its numbers may meet those of an older one.
        if not await index_no_is_taken(tx.session, index_no):
            return index_no


async def _as_published(
    tx: Transaction, information: Information, attached: list[InformationFile]
) -> InformationPublished:
    category = (await categories_by_code(tx.session, tx.now))[information.category_id]
    metadata = information.metadata_with(category.name)
    said = vars(metadata) | {"validity": metadata.validity.value if metadata.validity else ""}
    return InformationPublished(
        **said, information_id=information.information_id, node=tx.node.node_id, body=information.body,
        publisher_org_id=information.publisher_org_id, attachments=tuple(map(_as_published_file, attached)),
    )  # fmt: skip


def _as_published_file(file: InformationFile) -> Attachment:
    """What becomes public of a file: its cleaned copy. Nothing else names a file to the portal."""
    assert file.public_sha256 is not None
    assert file.public_size is not None
    return Attachment(
        attachment_id=file.attachment_id, sha256=file.public_sha256, filename=file.filename,
        media_type=file.media_type, size=file.public_size,
    )  # fmt: skip
