"""A pytest plugin (`-p`): the catalogue as it would be with one more type that has fields of every kind."""

import sys
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import CodeType
from typing import Any

CATALOGUE = "services.kernel.language.vocabulary.item_fields"
LAST_TYPE = '    PICTURE = "picture", "图片"\n'
TYPE = '    FLOOD_WATCH = "flood_watch", "汛情专报", "汛情", "水位和险情"\n'
LAST_FIELD = ")  # fmt: skip\n"
FIELDS = """
    Field("river_reach", "河段", Kind.PLACE, 200, frozenset({InfoType.FLOOD_WATCH}), is_needed=True),
    Field("gauge_keeper", "测站联系人", Kind.PHONE, 40, frozenset({InfoType.FLOOD_WATCH})),
    Field("water_level", "最高水位", Kind.COUNT, 9_999, frozenset({InfoType.FLOOD_WATCH}), unit="厘米", is_figure=True),
    Field("crest_at", "洪峰时间", Kind.TIME, 0, frozenset({InfoType.FLOOD_WATCH}), is_needed=True, is_figure=True),
    Field("relief_sum", "救灾资金", Kind.MONEY, 10**13, frozenset({InfoType.FLOOD_WATCH}), unit="元", is_figure=True),
    Field("alert_grade", "预警级别", Kind.CODE, 0, frozenset({InfoType.FLOOD_WATCH}), words=EventGrade, may_grow=True),
    Field("dyke_state", "堤防情况", Kind.TEXT, 5_000, frozenset({InfoType.FLOOD_WATCH})),
    Field("informed_units", "已通知单位", Kind.LIST, 1_000, frozenset({InfoType.FLOOD_WATCH})),
"""


class _WithAnotherType(SourceFileLoader):
    def get_code(self, fullname: str) -> CodeType:
        source = self.get_data(self.path).decode()
        assert source.count(LAST_TYPE) == source.count(LAST_FIELD) == 1
        source = source.replace(LAST_TYPE, LAST_TYPE + TYPE).replace(LAST_FIELD, FIELDS + LAST_FIELD)
        return compile(source, self.path, "exec")


class _Finder(MetaPathFinder):
    def find_spec(self, fullname: str, path: Any, target: Any = None) -> ModuleSpec | None:
        spec = PathFinder.find_spec(fullname, path, target) if fullname == CATALOGUE else None
        if spec is not None and spec.origin:
            spec.loader = _WithAnotherType(fullname, spec.origin)
        return spec


assert CATALOGUE not in sys.modules, "the catalogue is read already"
sys.meta_path.insert(0, _Finder())
