"""The catalogue of items: every type, and every field with its label, kind, limits and rules.

Inputs, rules, forms, pages, facts and files are made from it: a new type with new fields is written here.

Sources: 保守国家秘密法实施条例 第四十一条 (declaration); 衢州市、扎兰屯市 (writer, phone); 柞水县 and
遵义市 (emergency fields); the other requirements are those of the seed's problem items.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from services.kernel.language.vocabulary.items import EventGrade, ReportStage
from services.kernel.language.vocabulary.openness import DisclosureAttribute
from services.kernel.language.vocabulary.places import Level
from services.kernel.language.vocabulary.word import Word


class InfoType(Word):
    """Kind of item; decides its fields, its lane and whether it can ever become public."""

    # These stand on its card in the writing form; a type without them is not offered there.
    short: str
    note: str

    def __new__(cls, code: str, label: str = "", short: str = "", note: str = "") -> Self:
        """Make a member whose value is `code`."""
        word = str.__new__(cls, code)
        word._value_, word.label, word.source, word.short, word.note = code, label, "", short, note
        return word

    DYNAMIC = "dynamic", "动态类", "动态", "做了什么、发生了什么，短"
    EXPERIENCE = "experience", "经验类", "经验", "值得别处照着做的办法"
    PROBLEM = "problem", "问题类", "问题", "本级解决不了，要上级协调"
    SUGGESTION = "suggestion", "建议类", "建议", "给领导的具体主张"
    RESEARCH = "research", "调研类", "调研", "长篇，有数据有分析"
    EMERGENCY = "emergency", "紧急信息", "紧急信息", "先打电话，再书面报"
    EARLY_WARNING = "early_warning", "预警信息", "预警", "还没发生、可能扩大的苗头"
    COMMISSIONED = "commissioned", "约稿"
    PUBLIC_OPINION = "public_opinion", "社情民意", "社情民意", "群众反映集中的事"
    ECONOMIC = "economic", "经济运行", "经济运行", "指标和走势"
    INSTRUCTION_FEEDBACK = "instruction_feedback", "批示反馈", "批示反馈", "批示之后办得怎样"
    WEBSITE_NEWS = "website_news", "网站信息", "网站信息", "只供门户网站"
    BRIEF_NOTE = "brief_note", "简讯", "简讯", "一两句话"
    PICTURE = "picture", "图片"

    @property
    def is_disclosable(self) -> bool:
        """Whether an item of this type may be prepared for the public at all."""
        return self not in _NEVER_PUBLIC

    @property
    def is_urgent(self) -> bool:
        """Whether every fact about the item takes the urgent lane."""
        return self is InfoType.EMERGENCY


_NEVER_PUBLIC = frozenset({InfoType.PROBLEM, InfoType.EARLY_WARNING, InfoType.EMERGENCY, InfoType.PUBLIC_OPINION})


class Kind(StrEnum):
    """What a field holds: it decides how it is asked for, judged, carried and shown."""

    LINE = "line"
    TEXT = "text"
    PHONE = "phone"
    PLACE = "place"
    CODE = "code"
    TIME = "time"
    COUNT = "count"
    MONEY = "money"
    LIST = "list"
    PEOPLE = "people"
    UNITS = "units"
    DECLARATION = "declaration"

    @property
    def is_number(self) -> bool:
        """Whether it is a whole number: of things, or of yuan."""
        return self in {Kind.COUNT, Kind.MONEY}


EVERY_TYPE = frozenset(InfoType)
_PROBLEM = frozenset({InfoType.PROBLEM})
_EMERGENCY = frozenset({InfoType.EMERGENCY})


@dataclass(frozen=True)
class Field:
    """One field of an item.

    `limit`: its greatest number of characters, of entries' characters together, or its greatest number.
    `types`: those whose items have it; `is_needed`: they are not complete without it; `needed_with`: nor
    are they when the field named has that value. `not_before`: the time that this one cannot precede.
    `words`: the list that its code is from, of which `offered` are the choices, with `blank` for none;
    `may_grow`: facts carry the code as text, since later versions may know more of them.
    `is_heading`: it stands in the head or as the text of a page, not among the particulars below.
    `is_contact`: it says whom to call, so that a name and a telephone in it are no personal data given away.
    `is_figure`: another value in a later version is called out as a changed figure.
    """

    name: str
    label: str
    kind: Kind
    limit: int = 0
    types: frozenset[InfoType] = EVERY_TYPE
    is_needed: bool = False
    needed_with: tuple[str, Word] | None = None
    not_before: str = ""
    words: type[Word] | None = None
    offered: Sequence[Word] = ()
    blank: str = "请选择"
    may_grow: bool = False
    unit: str = ""
    hint: str = ""
    is_heading: bool = False
    is_figure: bool = False
    is_contact: bool = False

    @property
    def is_for_every_type(self) -> bool:
        """Whether items of every type have it."""
        return self.types == EVERY_TYPE

    def is_needed_by(self, info_type: InfoType | None) -> bool:
        """Whether an item of this type needs the field; without a type, whether every item does."""
        return self.is_needed and (self.is_for_every_type if info_type is None else info_type in self.types)

    @property
    def asked_as(self) -> str:
        """Its label in a form: a sum of money says its unit."""
        return f"{self.label}（{self.unit}）" if self.kind is Kind.MONEY else self.label

    @property
    def choices(self) -> Sequence[Word]:
        """The words that a form offers."""
        return self.offered or tuple(self.words or ())


FIELDS: tuple[Field, ...] = (
    Field("info_type", "信息类型", Kind.CODE, is_needed=True, words=InfoType, is_heading=True),
    Field("title", "标题", Kind.LINE, 100, is_needed=True, is_heading=True),
    Field("body", "正文", Kind.TEXT, 100_000, is_needed=True, is_heading=True),
    Field("author_name", "撰稿人", Kind.LINE, 50, is_needed=True, is_contact=True),
    Field("author_phone", "联系电话", Kind.PHONE, 40, is_needed=True, hint="核实时要用", is_contact=True),
    Field("authors", "合写人", Kind.PEOPLE, 50),
    Field("co_units", "联合报送单位", Kind.UNITS, 20, hint="合报时选本级其他单位，采用后一并计分"),
    Field("non_secret_declared", "非涉密声明", Kind.DECLARATION, is_needed=True),
    Field("suggested_attribute", "公开属性建议", Kind.CODE, words=DisclosureAttribute, may_grow=True, blank="不建议",
          hint="只是建议，公开前另行审查"),

    Field("own_efforts", "已做工作", Kind.TEXT, 5_000, _PROBLEM, is_needed=True, hint="本级已经做了什么，还差什么"),
    Field("help_wanted", "希望上级协调解决的事项", Kind.TEXT, 5_000, _PROBLEM, is_needed=True),
    Field("responsible_level", "应由哪一级解决", Kind.CODE, 0, _PROBLEM, is_needed=True, words=Level,
          offered=tuple(Level)[1:]),
    Field("source", "信息来源", Kind.LINE, 200, _PROBLEM | _EMERGENCY, is_needed=True, hint="谁反映、谁核实的"),

    Field("report_stage", "报告阶段", Kind.CODE, 0, _EMERGENCY, is_needed=True, words=ReportStage, may_grow=True),
    Field("followup_no", "续报序号", Kind.COUNT, 999, _EMERGENCY, needed_with=("report_stage", ReportStage.FOLLOWUP)),
    Field("event_grade", "事件等级", Kind.CODE, 0, _EMERGENCY, words=EventGrade, may_grow=True, blank="未定级"),
    Field("occurred_at", "事发时间", Kind.TIME, 0, _EMERGENCY, is_needed=True, is_figure=True),
    Field("learned_at", "获知时间", Kind.TIME, 0, _EMERGENCY, is_needed=True, is_figure=True, not_before="occurred_at"),
    Field("place", "事发地点", Kind.PLACE, 200, _EMERGENCY, is_needed=True),
    Field("nature", "事件性质", Kind.LINE, 200, _EMERGENCY, is_needed=True),
    Field("deaths", "死亡人数", Kind.COUNT, 10_000_000, _EMERGENCY, unit="人", is_figure=True),
    Field("missing", "失联人数", Kind.COUNT, 10_000_000, _EMERGENCY, unit="人", is_figure=True),
    Field("injured", "受伤人数", Kind.COUNT, 10_000_000, _EMERGENCY, unit="人", is_figure=True),
    Field("loss_amount", "直接经济损失", Kind.MONEY, 10**13, _EMERGENCY, unit="元", is_figure=True),
    Field("impact", "影响范围", Kind.TEXT, 5_000, _EMERGENCY),
    Field("measures", "已采取的措施", Kind.TEXT, 5_000, _EMERGENCY, is_needed=True),
    Field("trend", "发展趋势", Kind.TEXT, 5_000, _EMERGENCY),
    Field("site_contact", "现场指挥及电话", Kind.LINE, 200, _EMERGENCY, is_needed=True, is_contact=True),
    Field("leaders_on_site", "到场领导", Kind.LINE, 200, _EMERGENCY),
    Field("request", "请求事项", Kind.TEXT, 5_000, _EMERGENCY),
    Field("also_reported_to", "同时报送", Kind.LIST, 1_000, _EMERGENCY, hint="多个单位用顿号分开"),
)  # fmt: skip

CONTACTS = frozenset(field.name for field in FIELDS if field.is_contact)
"""Fields that say whom to call."""

FIELD: dict[str, Field] = {field.name: field for field in FIELDS}
