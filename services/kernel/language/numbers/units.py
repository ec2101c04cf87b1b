"""Units that follow numbers: what each measures, and how much of it one is."""

from __future__ import annotations

import re
from fractions import Fraction

_MU = Fraction(10_000, 15)
_MEASURES: dict[str, dict[str, Fraction | int]] = {
    "length": {"公里": 1000, "千米": 1000, "km": 1000, "米": 1, "m": 1, "分米": Fraction(1, 10), "厘米": Fraction(1, 100),
               "cm": Fraction(1, 100), "毫米": Fraction(1, 1000), "mm": Fraction(1, 1000)},
    "area": {"平方公里": 1_000_000, "平方千米": 1_000_000, "km²": 1_000_000, "km2": 1_000_000, "平方米": 1, "㎡": 1,
             "m²": 1, "m2": 1, "公顷": 10_000, "亩": _MU},
    "volume": {"立方米": 1000, "m³": 1000, "m3": 1000, "立方": 1000, "升": 1, "毫升": Fraction(1, 1000)},
    "mass": {"吨": 1_000_000, "公斤": 1000, "千克": 1000, "kg": 1000, "斤": 500, "克": 1, "毫克": Fraction(1, 1000)},
    "yuan": {"元": 1, "元人民币": 1, "角": Fraction(1, 10)},
    "dollar": {"美元": 1}, "hong kong dollar": {"港元": 1}, "euro": {"欧元": 1},
    "power": {"千瓦": 1, "kW": 1, "兆瓦": 1000, "MW": 1000}, "energy": {"千瓦时": 1, "kWh": 1, "兆瓦时": 1000},
    "temperature": {"℃": 1, "摄氏度": 1},
    "points": {"个百分点": 1, "百分点": 1},
    "year": {"年": 1, "周年": 1}, "months": {"个月": 1}, "month": {"月": 1, "月份": 1}, "days": {"天": 1, "日": 1, "号": 1},
    "working days": {"个工作日": 1, "工作日": 1}, "weeks": {"周": 1, "个星期": 1}, "hour of day": {"时": 1, "点": 1},
    "minutes": {"小时": 60, "个小时": 60, "分钟": 1, "秒": Fraction(1, 60), "秒钟": Fraction(1, 60)},
    "people": {"人": 1, "名": 1, "位": 1}, "person-times": {"人次": 1}, "households": {"户": 1}, "times as much": {"倍": 1},
    "villages": {"个村": 1, "村": 1}, "townships": {"个乡镇": 1, "个乡": 1, "个镇": 1},
}  # fmt: skip
MEASURES = {unit: (kind, Fraction(size)) for kind, units in _MEASURES.items() for unit, size in units.items()}

# They count, and nothing else: 5处 and 5个 say the same.
_COUNTERS = "个处件项起次宗条家所座台辆艘架套批场届期轮级类种份篇册栋幢间层只头匹羽株棵根颗粒块片段道口眼支把本部幅成折班组队县乡镇"
_LONGEST_FIRST = "|".join(
    f"{re.escape(unit)}(?![A-Za-z])" if unit[0].isascii() else unit for unit in sorted(MEASURES, key=len, reverse=True)
)
UNIT = re.compile(rf"[余多]?({_LONGEST_FIRST}|[{_COUNTERS}])")
WORD_AFTER = re.compile(r"[^\W\d_a-zA-Z]")
"""One character after a number that is shown with it, whatever it is."""
