"""Finding an item for an officer: what he may not see does not exist for him."""

from __future__ import annotations

from uuid import UUID

from services.intake import store
from services.intake.model import Submission
from services.intake.policy.access import may_write, may_write_some
from services.kernel.language.actor import Actor
from services.kernel.language.reading import ReadableItem, may_read
from services.kernel.language.refusal import NotFound, NotHereYet, NotPermitted
from services.kernel.language.vocabulary import InfoType
from services.kernel.runtime.keeping.erasure.texts import refuse_erased
from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.storing.transaction import Transaction
from services.kernel.runtime.surroundings.settings import NodeInfo
from services.kernel.runtime.surroundings.signals import NamedChannel
from services.kernel.runtime.web.identity import Officer


async def open_submission(session: AsyncSession, origin_id: UUID, node: str, *, by: Officer) -> Submission:
    """The item, for reading.

    Raises:
        NotHereYet: No item of this id has come to this node.
        NotFound: It is not his to read, or a discarded draft.
    """
    submission = await store.find_submission(session, origin_id)
    if submission is None:
        raise NotHereYet
    if submission.discarded_at is not None or not may_read_submission(by, submission, node):
        raise NotFound
    return submission


def may_read_submission(officer: Actor, submission: Submission, node: str = "") -> bool:
    """Whether the officer may read the item, by the rule that all services share.

    Args:
        node: This node, whose office may have the item; empty where only its unit is asked for.
    """
    return may_read(
        officer,
        ReadableItem(
            unit_id=submission.unit_id,
            is_urgent=submission.info_type == InfoType.EMERGENCY,
            is_handed_in=submission.is_handed_in,
            is_in_office=bool(node) and submission.is_in_office(node),
            author_ids=submission.author_ids,
        ),
    )


async def may_hear(session: AsyncSession, officer: Actor, channel: NamedChannel, node: NodeInfo) -> bool:
    """Whether a live page of this officer may hear of a unit's list, or of one item."""
    if channel.kind == "unit":
        return channel.id == officer.unit_id
    submission = await store.find_submission(session, channel.id)
    return submission is not None and may_read_submission(officer, submission, node.node_id)


async def take_own(tx: Transaction, origin_id: UUID, *, by: Officer, with_discarded: bool = False) -> Submission:
    """An item of the officer's own unit, held for writing until the commit; a first draft is its authors' alone.

    Raises:
        NotFound: Unknown, discarded, another unit's, or another's draft.
        NotPermitted: His unit's, but his roles do not write.
        ItemErased: Its text was erased.
    """
    return require_own(await store.lock_submission(tx.session, origin_id), by, with_discarded=with_discarded)


async def find_own(session: AsyncSession, origin_id: UUID, officer: Officer) -> Submission:
    """The same item, to look at before something is done with it.

    Raises:
        NotFound, NotPermitted, ItemErased: See `take_own`.
    """
    return require_own(await store.find_submission(session, origin_id), officer)


def require_own(submission: Submission | None, officer: Officer, *, with_discarded: bool = False) -> Submission:
    """The item, if it is of the officer's own unit and his to write.

    Raises:
        NotFound, NotPermitted: See `take_own`.
    """
    if submission is None or submission.unit_id != officer.unit_id or submission.created_by is None:
        raise NotFound
    if submission.discarded_at is not None and not with_discarded:
        raise NotFound
    if not submission.is_handed_in and officer.officer_id not in submission.author_ids:
        raise NotFound
    require_writer(officer, submission.info_type)
    refuse_erased(submission.title)
    return submission


def require_some_writer(officer: Officer) -> None:
    """Refuse an officer whose roles write nothing.

    Raises:
        NotPermitted: They do not.
    """
    if not may_write_some(officer.roles):
        raise NotPermitted


def require_writer(officer: Officer, info_type: str) -> None:
    """Refuse an officer whose roles do not write items of this type.

    Raises:
        NotPermitted: They do not.
    """
    if not may_write(officer.roles, InfoType(info_type) if info_type else None):
        raise NotPermitted
