"""The parts facts are made of: the fact itself, the item, its hops, editions and attachments."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, create_model

from services.kernel.language.events.meaning import STAYS, Kind, Line, Place, Tone, Way
from services.kernel.language.numbering import LONGEST
from services.kernel.language.particulars import own_fields
from services.kernel.language.vocabulary import InfoType, Level, SignMode, System
from services.kernel.language.vocabulary.item_fields import FIELDS
from services.kernel.language.vocabulary.item_fields import Field as ItemField
from services.kernel.language.vocabulary.item_fields import Kind as FieldKind


class Part(BaseModel):
    """A value inside a fact: frozen, unknown fields of later versions passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Fact(Part):
    """Something that happened, told once by the service that owns it.

    `TYPE` is the name on the wire, `LABEL` what officers call it, `TOPIC` the routine topic without
    the node's prefix and `URGENT_TOPIC` its twin for emergencies, if it has one. `WAYS` is how it
    crosses to other nodes. `RANK` is the place of its line among those of one hop and version that
    nothing else puts in order, 0 where it adds no line to an item's history; `TONE` how that line looks, and `KIND` what it is to the others.
    """

    TYPE: ClassVar[str]
    VERSION: ClassVar[int] = 1
    LABEL: ClassVar[str]
    TOPIC: ClassVar[str]
    URGENT_TOPIC: ClassVar[str] = ""
    WAYS: ClassVar[frozenset[Way]] = STAYS
    RANK: ClassVar[int] = 0
    TONE: ClassVar[Tone] = Tone.PLAIN
    KIND: ClassVar[Kind] = Kind.PLAIN

    @property
    def key(self) -> str:
        """The id whose facts keep their order."""
        raise KeyError(f"{type(self).__name__} names no key")

    @property
    def is_urgent(self) -> bool:
        """Whether it goes before routine facts, inside the node and between nodes."""
        return False

    @property
    def topic(self) -> str:
        """The topic it is told on: `<service>.<aggregate>`."""
        return self.URGENT_TOPIC if self.is_urgent and self.URGENT_TOPIC else self.TOPIC

    @property
    def teller(self) -> str:
        """The node that it says tells it; empty where it says none."""
        return ""

    @property
    def ways(self) -> frozenset[Way]:
        """How this one fact crosses; fewer ways than its kind has when it concerns nobody outside."""
        return self.WAYS

    @property
    def addressees(self) -> tuple[str, ...]:
        """The nodes that it names as those it is for."""
        return ()

    @property
    def rank(self) -> int:
        """The rank of this one fact."""
        return self.RANK

    @property
    def place(self) -> Place | None:
        """Where in an item's passage it stands; None for a fact that is about no item's passage."""
        return None

    def as_others_see_it(self) -> Fact:
        """The fact as it crosses to other nodes, without what stays here."""
        return self

    def line(self) -> Line | None:
        """Its line in the item's history; None when this one adds none."""
        return None


class OfficerRef(Part):
    """Who did it: enough to print, so that no reader has to look the officer up."""

    officer_id: UUID
    name: str
    unit_id: UUID
    unit_name: str


def named(officer: OfficerRef | None) -> str:
    """Unit and name as they are printed, "" where nobody is known."""
    return f"{officer.unit_name} {officer.name}".strip() if officer else ""


class Hop(Part):
    """One reporting up: from a unit and its node to the node that receives. `n` counts from 1."""

    n: int = Field(ge=1)
    from_node: str
    from_unit_id: UUID
    from_unit_name: str
    to_node: str
    to_level: Level


class UnitRef(Part):
    """A unit, with its name as it was then."""

    unit_id: UUID
    name: str


class Item(Part):
    """The head of an item as it stands at the fact.

    `hop` is where the fact happened: 0 inside the author's unit, k at the receiver of hop k.
    `version` counts the author's submissions from 1; a return and resubmission raises it.
    `number` is what people call it (龙潭乡〔2026〕12号); items of before it was given have none.
    `co_units` are the units of the author's node that report it together with `unit_id` (合报).
    """

    origin_id: UUID
    info_type: InfoType
    title: str
    origin_node: str
    unit_id: UUID
    unit_name: str
    system: System = System.GOVERNMENT
    version: int = Field(ge=1)
    hop: int = Field(ge=0)
    hops: tuple[Hop, ...] = ()
    co_units: tuple[UnitRef, ...] = ()
    number: str = Field(default="", max_length=LONGEST)


class Edition(Part):
    """One office's text of the item (本级稿). `number` counts the office's own savings from 1."""

    node: str
    number: int = Field(ge=1)
    title: str
    body: str
    edited_by: str
    edited_at: datetime


class Attachment(Part):
    """A file that belongs to the item; its content is found by digest. `size` in bytes."""

    attachment_id: UUID
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    filename: str
    media_type: str
    size: int = Field(ge=0)


class Author(Part):
    """One writer of the item, for personal credit."""

    name: str
    officer_id: UUID | None = None
    section_id: UUID | None = None


class ItemContent(Part):
    """Everything an item carries besides its head: text, author, files and declaration.

    `Content` adds to it what only some types have: one part per type, under the type's name.
    """

    edition: Edition
    author_name: str
    author_phone: str
    authors: tuple[Author, ...] = ()
    non_secret_declared: bool
    suggested_attribute: str | None = None
    attachments: tuple[Attachment, ...] = ()

    @property
    def values(self) -> dict[str, Any]:
        """What the item says, by field name."""
        own = [part.model_dump() for part in (getattr(self, name) for name in TYPE_FIELDS) if part is not None]
        carried = {field.name: getattr(self, field.name) for field in FIELDS if field.name in type(self).model_fields}
        text = {"title": self.edition.title, "body": self.edition.body}
        return text | carried | {name: value for part in own for name, value in part.items()}


def _carried(field: ItemField) -> tuple[Any, Any]:
    """The type and the default of a field in a fact."""
    if field.words and not field.may_grow:
        return field.words | None, None
    return {
        FieldKind.TIME: (datetime | None, None),
        FieldKind.COUNT: (int | None, None),
        FieldKind.MONEY: (int | None, None),
        FieldKind.LIST: (tuple[str, ...], ()),
    }.get(field.kind, (str, ""))


def _type_fields(info_type: InfoType) -> Any:
    name = f"{info_type.name.title().replace('_', '')}Fields"
    about = f"What an item of the type {info_type.label} says besides its text; times are instants, sums are in yuan."
    fields: dict[str, Any] = {field.name: _carried(field) for field in own_fields(info_type)}
    return create_model(name, __base__=Part, __doc__=about, **fields)


TYPE_FIELDS: dict[str, type[Part]] = {
    info_type.value: _type_fields(info_type) for info_type in InfoType if own_fields(info_type)
}
"""By the type's name: what items of that type say besides what every item does."""

if TYPE_CHECKING:
    Content = ItemContent
else:
    Content = create_model(
        "Content",
        __base__=ItemContent,
        __doc__="Everything an item carries besides its head: text, author, fields, files and declaration.",
        **{name: (part | None, None) for name, part in TYPE_FIELDS.items()},
    )


def type_fields(info_type: InfoType, values: Mapping[str, Any]) -> dict[str, Any]:
    """The part of an item's content that only its type has, as `Content` takes it; empty where there is none."""
    part = TYPE_FIELDS.get(info_type)
    return {info_type.value: part.model_validate(values)} if part else {}


class SignOff(Part):
    """A signature: who signed, in which mode, who recorded it, when (Asia/Shanghai shown, UTC kept)."""

    signed_by: str
    sign_mode: SignMode
    recorded_by: OfficerRef
    signed_at: datetime


LAST_ORDINAL = 1_000_000_000
"""Far more than can happen to one item; no neighbour can name a place that a table could not keep."""


class SubmissionFact(Fact):
    """A fact about one item; emergencies use the urgent topic of their service.

    `ordinal` is one more than that of everything the telling service knew of the item: what caused a
    fact has a lower one, at whatever node it happened. It is 0 in facts told before it was carried.
    """

    TOPIC: ClassVar[str] = "review.submission"
    URGENT_TOPIC: ClassVar[str] = "review.emergency"

    item: Item
    at: datetime
    node: str
    ordinal: int = Field(default=0, ge=0, le=LAST_ORDINAL)

    @property
    def key(self) -> str:
        """Facts of one item keep their order."""
        return str(self.item.origin_id)

    @property
    def is_urgent(self) -> bool:
        """Everything about an emergency is."""
        return self.item.info_type.is_urgent

    @property
    def teller(self) -> str:
        """The node whose office did it."""
        return self.node

    @property
    def place(self) -> Place:
        """At the receiver of its hop."""
        item = self.item
        return Place(item.origin_id, item.info_type, max(item.hop, 1), item.version, self.node, self.at, self.ordinal)

    def line(self) -> Line | None:
        """What it is called, and by whom it was done."""
        return Line(self.LABEL, by=getattr(self, "by", None))
