"""Finding an item for an officer: what he may not see does not exist for him."""

from __future__ import annotations

from uuid import UUID

from services.intake import store
from services.intake.model import Submission
from services.intake.policy.access import may_read, may_write
from services.kernel.language.refusal import NotFound, NotHereYet, NotPermitted
from services.kernel.language.vocabulary import InfoType
from services.kernel.runtime.identity import Officer
from services.kernel.runtime.session import AsyncSession
from services.kernel.runtime.transaction import Transaction


async def open_submission(session: AsyncSession, officer: Officer, origin_id: UUID, node: str) -> Submission:
    """The item, for reading.

    Raises:
        NotHereYet: No item of this id has come to this node.
        NotFound: It is another unit's, or a discarded draft.
    """
    submission = await store.find_submission(session, origin_id)
    if submission is None:
        raise NotHereYet
    is_readable = may_read(
        roles=officer.roles,
        unit_id=officer.unit_id,
        unit_kind=officer.unit_kind,
        item_unit_id=submission.unit_id,
        item_nodes=[hop["to_node"] for hop in submission.hops],
        node=node,
    )
    if submission.discarded_at is not None or not is_readable:
        raise NotFound
    return submission


async def take_own(tx: Transaction, officer: Officer, origin_id: UUID, *, with_discarded: bool = False) -> Submission:
    """An item of the officer's own unit, held for writing until the commit.

    Raises:
        NotFound: Unknown, discarded, or another unit's.
        NotPermitted: His unit's, but his roles do not write.
    """
    submission = await store.lock_submission(tx.session, origin_id)
    if submission is None or submission.unit_id != officer.unit_id or submission.created_by is None:
        raise NotFound
    if submission.discarded_at is not None and not with_discarded:
        raise NotFound
    require_writer(officer, submission.info_type)
    return submission


def require_writer(officer: Officer, info_type: str) -> None:
    """Refuse an officer whose roles do not write items of this type.

    Raises:
        NotPermitted: They do not.
    """
    if not may_write(officer.roles, InfoType(info_type) if info_type else None):
        raise NotPermitted
