"""The door through which every read and every step on a public text goes."""

from __future__ import annotations

from uuid import UUID

from services.disclosure.model import Information
from services.disclosure.policy.permission import ROLES, Act, require, require_role
from services.disclosure.store.information import Listing, find_information, list_information, lock_information
from services.kernel.language.actor import Actor
from services.kernel.language.refusal import NotFound, StaleVersion
from services.kernel.runtime.pages.paging import Part
from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.storing.transaction import Transaction
from services.kernel.runtime.surroundings.settings import NodeInfo
from services.kernel.runtime.surroundings.signals import NamedChannel
from services.kernel.runtime.web.asking import Ask, of_thing


async def open_information(
    session: AsyncSession, information_id: UUID, act: Act = Act.READ, *, by: Actor
) -> Information:
    """The text, if the officer may do this with it.

    Raises:
        NotPermitted: His roles do not give the act.
        NotFound: There is none, or it is another unit's.
    """
    return _admitted(await find_information(session, information_id), act, by=by)


async def list_texts(session: AsyncSession, listing: Listing, *, by: Actor) -> Part[Information]:
    """A part of the list of texts.

    Raises:
        NotPermitted: The officer's roles do not give reading.
    """
    require_role(by, Act.READ)
    return await list_information(session, listing)


def admitting(act: Act) -> Ask:
    """Ask whether the officer may do this with the text that the address names."""
    return of_thing(
        "information_id", lambda session, information_id, by: open_information(session, information_id, act, by=by)
    )


async def take_information(
    tx: Transaction, information_id: UUID, act: Act, *, by: Actor, version: int | None = None
) -> Information:
    """The text, held until the commit, if the officer may do this with it.

    Args:
        version: What the caller saw, where he says it.

    Raises:
        NotPermitted, NotFound: See `open_information`.
        StaleVersion: Somebody changed it since.
    """
    information = _admitted(await lock_information(tx.session, information_id), act, by=by)
    if version is not None and version != information.version:
        raise StaleVersion
    return information


async def may_hear(_session: AsyncSession, actor: Actor, channel: NamedChannel, _node: NodeInfo) -> bool:
    """Whether a live page of this officer may hear of a unit's texts."""
    return bool(ROLES[Act.READ] & actor.roles) and channel == ("unit", actor.unit_id)


def _admitted(information: Information | None, act: Act, *, by: Actor) -> Information:
    require_role(by, act)
    if information is None:
        raise NotFound
    require(by, act, issuer_id=information.publisher_org_id)
    return information
