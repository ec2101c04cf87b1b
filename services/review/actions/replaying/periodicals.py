"""The periodical of an issue that comes back; a new machine has seeded it under another id."""

from __future__ import annotations

from services.kernel.language.events.issues import IssuePublished
from services.kernel.language.events.review import SubmissionAdopted
from services.kernel.runtime.heard.organisation import head_office
from services.kernel.runtime.storing.transaction import Transaction
from services.review.model import Periodical
from services.review.store import issues


async def require_periodical(tx: Transaction, fact: SubmissionAdopted | IssuePublished) -> Periodical:
    """The periodical under the id that its facts bear: else numbers would begin anew under the same title."""
    periodical = await tx.session.get(Periodical, fact.periodical_id, with_for_update=True)
    if periodical is not None:
        return periodical
    namesake = await issues.find_unsigned_namesake(tx.session, fact.periodical_title)
    if namesake is not None:
        await issues.give_periodical_id(tx.session, namesake, fact.periodical_id)
        return namesake
    office = await head_office(tx.session, tx.node.node_id)
    periodical = Periodical(
        periodical_id=fact.periodical_id,
        code=f"restored-{fact.periodical_id.hex[-12:]}",
        title=fact.periodical_title,
        kind=fact.periodical_kind,
        system=fact.system if isinstance(fact, IssuePublished) else fact.periodical_system,
        issuing_office=office.name if office else tx.node.name,
        created_at=tx.now,
    )
    tx.session.add(periodical)
    await tx.session.flush()
    return periodical
