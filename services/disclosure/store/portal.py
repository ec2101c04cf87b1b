"""What the portal reads: published texts and tombstones, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.orm import defer
from sqlmodel import col, select

from services.disclosure.model import PublicInformation
from services.kernel.runtime.pages.paging import Filled, Order, Part
from services.kernel.runtime.storing.search import TextIndex
from services.kernel.runtime.storing.session import AsyncSession

PUBLIC_INDEX = TextIndex("public_information_text")
_NEWEST = Order(Filled(col(PublicInformation.published_at)), col(PublicInformation.information_id), is_falling=True)
"""Of what was not revoked: a tombstone may come without the day of its publication."""


@dataclass(frozen=True)
class PublicListing:
    """Which published texts are wanted: by words, by categories, and after which row."""

    query: str = ""
    category_ids: Sequence[str] = ()
    cursor: str = ""
    limit: int = 20


async def find_public(session: AsyncSession, information_id: UUID) -> PublicInformation | None:
    """A published text, or its tombstone."""
    return await session.get(PublicInformation, information_id)


async def lock_public(session: AsyncSession, information_id: UUID) -> PublicInformation | None:
    """The same, held until the commit."""
    await session.flush()
    return await session.get(PublicInformation, information_id, with_for_update=True, populate_existing=True)


async def list_public_digests(session: AsyncSession) -> list[str]:
    """The digests of all files that published texts offer, each once."""
    offered = await session.scalars(select(col(PublicInformation.attachments)))
    return sorted({file["sha256"] for files in offered for file in files})


async def list_public(session: AsyncSession, listing: PublicListing) -> Part[PublicInformation]:
    """A page of the published texts without their bodies, newest first."""
    without_body = defer(col(PublicInformation.body), raiseload=True)
    query = select(PublicInformation).options(without_body).where(col(PublicInformation.revoked_at).is_(None))
    if listing.category_ids:
        query = query.where(col(PublicInformation.category_id).in_(listing.category_ids))
    if listing.query.strip():
        query = query.where(await PUBLIC_INDEX.matching(session, listing.query, PublicInformation.information_id))
    return await _NEWEST.read(session, query, cursor=listing.cursor, limit=listing.limit)


async def find_beginnings(session: AsyncSession, shown: Sequence[PublicInformation], length: int) -> dict[UUID, str]:
    """The first `length` characters of the bodies of these texts, by their ids."""
    ids = [one.information_id for one in shown]
    beginning = func.substr(col(PublicInformation.body), 1, length)
    query = select(PublicInformation.information_id, beginning).where(col(PublicInformation.information_id).in_(ids))
    return dict((await session.exec(query)).all())


async def count_by_category(session: AsyncSession) -> dict[str, int]:
    """How many published texts stand in each category."""
    query = (
        select(PublicInformation.category_id, func.count())
        .where(col(PublicInformation.revoked_at).is_(None))
        .group_by(PublicInformation.category_id)
    )
    return dict((await session.exec(query)).all())


async def count_public(session: AsyncSession) -> dict[str, int]:
    """How many texts are on the portal, and how many were taken off it."""
    query = select(col(PublicInformation.revoked_at).is_(None), func.count()).group_by(
        col(PublicInformation.revoked_at).is_(None)
    )
    counted = dict((await session.exec(query)).all())
    return {"published": counted.get(True, 0), "revoked": counted.get(False, 0)}
