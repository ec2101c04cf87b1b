"""The door through which every action on an item goes."""

from __future__ import annotations

from uuid import UUID

from services.kernel.language.actor import Actor
from services.kernel.language.refusal import NotHereYet, StaleVersion
from services.kernel.language.vocabulary import ReviewStatus
from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.storing.transaction import Transaction
from services.kernel.runtime.web.asking import Ask, of_thing
from services.review.model import ReviewItem
from services.review.policy import Verb, require, require_granted
from services.review.policy.refusals import NotInThisState
from services.review.store.items import find_item, item_to_act_on
from services.review.store.standing import standing_of


class AmendmentNotHereYet(NotHereYet):
    """修改后的稿件还没有到这里，请过几秒再试。"""

    message = "修改后的稿件还没有到这里，请过几秒再试。"


def granted(verb: Verb) -> Ask:
    """Ask whether the officer may do this with the item that the address names, in whatever state it is."""

    async def check(session: AsyncSession, origin_id: UUID, by: Actor) -> None:
        item = await find_item(session, origin_id)
        if item is None:
            raise NotHereYet
        require_granted(by, verb, standing_of(item))

    return of_thing("origin_id", check)


async def admit(tx: Transaction, origin_id: UUID, verb: Verb, *, by: Actor, version: int | None = None) -> ReviewItem:
    """The item, held for the change, once the officer may make it.

    Raises:
        NotHereYet, NotPermitted, NotInThisState: As they say.
        StaleVersion: The officer looked at an older version.
    """
    item = await item_to_act_on(tx.session, origin_id)
    try:
        require(by, verb, standing_of(item))
    except NotInThisState:
        if verb is Verb.CHECK and item.status is ReviewStatus.RETURNED:
            raise AmendmentNotHereYet from None
        raise
    if version is not None and version != item.version:
        raise StaleVersion(version=item.version)
    return item
