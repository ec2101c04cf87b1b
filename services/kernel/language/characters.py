"""Characters as they are meant: what looks like another is read as it, and what can be shown is known by its block.

Python's tables name no Han character that came after Unicode 14; the blocks they stand in are older than they are.
"""

from __future__ import annotations

import re
import unicodedata

_HAN_BLOCKS = (
    (0x3400, 0x9FFF), (0x20000, 0x2A6DF), (0x2A700, 0x2EE5F), (0x2F800, 0x2FA1F), (0x30000, 0x3347F),
)  # fmt: skip
"""CJK Unified Ideographs with their extensions A to J, and the compatibility ideographs of plane 2."""
_UNPRINTABLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})

# Radicals as characters of their own look like the Han character and are found by no search. Those of the Kangxi dictionary
# have their equals in Unicode's own tables, of the supplement only two. Source: EquivalentUnifiedIdeograph.txt.
_SUPPLEMENT = {
    0x2E81: "厂", 0x2E84: "乙", 0x2E85: "亻", 0x2E86: "冂", 0x2E88: "刀", 0x2E89: "刂", 0x2E8A: "卜", 0x2E8C: "小", 0x2E8D: "小",
    0x2E8E: "兀", 0x2E8F: "尣", 0x2E90: "尢", 0x2E92: "巳", 0x2E93: "幺", 0x2E94: "彑", 0x2E95: "彐", 0x2E96: "忄", 0x2E98: "扌",
    0x2E99: "攵", 0x2E9B: "旡", 0x2E9D: "月", 0x2E9E: "歺", 0x2E9F: "母", 0x2EA0: "民", 0x2EA1: "氵", 0x2EA2: "氺", 0x2EA3: "灬",
    0x2EA4: "爫", 0x2EA5: "爫", 0x2EA6: "丬", 0x2EA7: "牛", 0x2EA8: "犭", 0x2EA9: "王", 0x2EAC: "示", 0x2EAD: "礻", 0x2EAE: "竹",
    0x2EAF: "糹", 0x2EB0: "纟", 0x2EB1: "罓", 0x2EB2: "罒", 0x2EB6: "羊", 0x2EB9: "耂", 0x2EBA: "肀", 0x2EBB: "聿", 0x2EBD: "臼",
    0x2EBE: "艹", 0x2EBF: "艹", 0x2EC0: "艹", 0x2EC1: "虎", 0x2EC2: "衤", 0x2EC3: "覀", 0x2EC4: "西", 0x2EC5: "见", 0x2EC6: "角",
    0x2EC8: "讠", 0x2EC9: "贝", 0x2ECA: "足", 0x2ECB: "车", 0x2ECC: "辶", 0x2ECD: "辶", 0x2ECE: "辶", 0x2ECF: "阝", 0x2ED0: "钅",
    0x2ED1: "長", 0x2ED2: "镸", 0x2ED3: "长", 0x2ED4: "门", 0x2ED6: "阝", 0x2ED7: "雨", 0x2ED8: "青", 0x2ED9: "韦", 0x2EDA: "页",
    0x2EDB: "风", 0x2EDC: "飞", 0x2EDD: "食", 0x2EDF: "飠", 0x2EE0: "饣", 0x2EE2: "马", 0x2EE3: "骨", 0x2EE4: "鬼", 0x2EE5: "鱼",
    0x2EE6: "鸟", 0x2EE7: "卤", 0x2EE8: "麦", 0x2EE9: "黄", 0x2EEA: "黾", 0x2EEB: "斉", 0x2EEC: "齐", 0x2EED: "歯", 0x2EEE: "齿",
    0x2EEF: "竜", 0x2EF0: "龙", 0x2EF1: "龜", 0x2EF2: "亀", 0x2EF3: "龟",
}  # fmt: skip
_RADICALS = {**{code: unicodedata.normalize("NFKC", chr(code)) for code in range(0x2F00, 0x2FD6)}, **_SUPPLEMENT}
_HAS_RADICAL = re.compile("[\u2e80-\u2fdf]")

_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−﹘﹣－ー─﹉"), "-")


def without_radicals(text: str) -> str:
    """The text with each radical as the Han character that it looks like: ⻋辆 is 车辆."""
    return text.translate(_RADICALS) if _HAS_RADICAL.search(text) else text


def fold(text: str) -> str:
    """The text as numbers and names are judged: half-width, one kind of dash, single blanks, radicals as Han characters."""
    narrow = unicodedata.normalize("NFKC", without_radicals(text).translate(_DASHES))
    return " ".join(narrow.translate(_DASHES).split())


def is_printable(char: str) -> bool:
    """Whether a character can be shown: assigned, or in a block of Han characters, and neither control nor unseen."""
    category = unicodedata.category(char)
    if category == "Cn":
        return any(first <= ord(char) <= last for first, last in _HAN_BLOCKS)
    return category not in _UNPRINTABLE
