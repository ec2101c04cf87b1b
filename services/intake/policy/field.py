"""The fields of an item: what they are called, how long they may be, for whom they are required.

Sources: 保守国家秘密法实施条例 第四十一条 (declaration); 衢州市、扎兰屯市 (writer, phone); 柞水县 and
遵义市 (emergency fields); the other requirements are those of the seed's problem items.
"""

from dataclasses import dataclass
from typing import Literal

from services.kernel.language.vocabulary import InfoType

Kind = Literal["line", "text", "phone", "code", "time", "count", "list", "declaration"]

EVERY_TYPE = frozenset(InfoType)
_PROBLEM = frozenset({InfoType.PROBLEM})
_EMERGENCY = frozenset({InfoType.EMERGENCY})
_NONE: frozenset[InfoType] = frozenset()


@dataclass(frozen=True)
class Field:
    """One field: `limit` is its greatest number of characters, or its greatest number."""

    name: str
    label: str
    kind: Kind
    limit: int
    required_for: frozenset[InfoType]

    def is_required_for(self, info_type: InfoType | None) -> bool:
        """Whether an item of this type needs the field; without a type, what every type needs."""
        return self.required_for == EVERY_TYPE if info_type is None else info_type in self.required_for


FIELDS: tuple[Field, ...] = (
    Field("info_type", "信息类型", "code", 40, EVERY_TYPE),
    Field("title", "标题", "line", 100, EVERY_TYPE),
    Field("body", "正文", "text", 100_000, EVERY_TYPE),
    Field("author_name", "撰稿人", "line", 50, EVERY_TYPE),
    Field("author_phone", "联系电话", "phone", 40, EVERY_TYPE),
    Field("non_secret_declared", "不涉密声明", "declaration", 0, EVERY_TYPE),
    Field("own_efforts", "已做工作", "text", 5_000, _PROBLEM),
    Field("help_wanted", "希望上级协调解决的事项", "text", 5_000, _PROBLEM),
    Field("responsible_level", "应由哪一级解决", "code", 40, _PROBLEM),
    Field("source", "信息来源", "line", 200, _PROBLEM | _EMERGENCY),
    Field("report_stage", "报告阶段", "code", 40, _EMERGENCY),
    Field("followup_no", "续报序号", "count", 999, _NONE),
    Field("occurred_at", "事发时间", "time", 40, _EMERGENCY),
    Field("learned_at", "获知时间", "time", 40, _EMERGENCY),
    Field("place", "事发地点", "line", 200, _EMERGENCY),
    Field("nature", "事件性质", "line", 200, _EMERGENCY),
    Field("measures", "已采取的措施", "text", 5_000, _EMERGENCY),
    Field("site_contact", "现场指挥及电话", "line", 200, _EMERGENCY),
    Field("event_grade", "事件等级", "code", 40, _NONE),
    Field("impact", "影响范围", "text", 5_000, _NONE),
    Field("deaths", "死亡人数", "count", 10_000_000, _NONE),
    Field("missing", "失联人数", "count", 10_000_000, _NONE),
    Field("injured", "受伤人数", "count", 10_000_000, _NONE),
    Field("loss_amount", "直接经济损失（元）", "count", 10**13, _NONE),
    Field("trend", "发展趋势", "text", 5_000, _NONE),
    Field("leaders_on_site", "到场领导", "line", 200, _NONE),
    Field("request", "请求事项", "text", 5_000, _NONE),
    Field("also_reported_to", "同时报送", "list", 1_000, _NONE),
)

FIELD: dict[str, Field] = {field.name: field for field in FIELDS}
