"""The rule of who may read an item as a condition of a query, for lists, searches and counts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.kernel.language.actor import Actor
from services.kernel.language.reading import Grant, Place, grants_of

Condition = sa.ColumnElement[bool]


@dataclass(frozen=True, kw_only=True)
class ReadableColumns:
    """What `ReadableItem` says of one item, as columns and conditions of a service's table."""

    unit_id: sa.ColumnElement[Any]
    is_urgent: Condition
    is_handed_in: Condition
    is_in_office: Condition
    is_author: Callable[[UUID], Condition]


def readable_by(reader: Actor, item: ReadableColumns) -> Condition:
    """Which items the officer may read, the same as `language.reading.may_read`."""
    return sa.or_(readable_in_unit(reader, item), readable_in_office(reader, item))


def readable_in_unit(reader: Actor, item: ReadableColumns) -> Condition:
    """Which items of his own unit the officer may read."""
    own = [grant for grant in grants_of(reader) if grant.place is not Place.OFFICE]
    return sa.and_(item.unit_id == reader.unit_id, sa.or_(sa.false(), *(_in_unit(one, reader, item) for one in own)))


def readable_in_office(reader: Actor, item: ReadableColumns) -> Condition:
    """Which items that came to the office the officer may read there."""
    here = [grant for grant in grants_of(reader) if grant.place is Place.OFFICE]
    if not here:
        return sa.false()
    if not all(grant.urgent_only for grant in here):
        return item.is_in_office
    return sa.and_(item.is_in_office, item.is_urgent)


def _in_unit(grant: Grant, reader: Actor, item: ReadableColumns) -> Condition:
    covered = item.is_author(reader.officer_id) if grant.place is Place.AUTHORS else item.is_handed_in
    return sa.and_(covered, item.is_urgent) if grant.urgent_only else covered
