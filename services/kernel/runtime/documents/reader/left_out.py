"""What plain text cannot hold: counted while a file is read, told in warnings."""

from __future__ import annotations

from collections import Counter
from enum import StrEnum


class LeftOut(StrEnum):
    """What was left out or changed its form; the value is the warning, `{}` in it is what it is about."""

    TABLES = "表格已转成用制表符分开的文字，请核对。"
    PICTURES = "图片没有导入，需要时请作为附件上传。"
    TEXT_BOXES = "文本框里的文字没有导入，请核对。"
    NOTES = "脚注和尾注已移到正文末尾，请核对。"
    FOOTNOTES = "脚注和尾注没有导入，请核对。"
    FORMULAS = "公式没有导入，请核对。"
    NUMBERS = "自动编号可能不准，请核对。"
    BULLETS = "项目符号没有导入。"
    SYMBOLS = "有符号没有导入，请对照原文补上。"
    SCRIPTS = "有上标或下标已按普通文字导入，请核对。"
    FIELDS = "有自动生成的内容（域）没有导入，请核对。"
    CLOCKS = "文件里有自动更新的日期，已按文件中保存的日期导入，请核对。"
    REVISIONS = "文件带有修订记录，已按全部接受导入，请核对。"
    COMMENTS = "批注没有导入。"
    MARGINS = "页眉和页脚没有导入。"
    HIDDEN = "隐藏的文字没有导入。"
    PLACEHOLDERS = "没有填写的提示文字没有导入。"
    OTHERS = "嵌入的其他文档没有导入。"
    UNKNOWN = "文件里有认不出的内容（{}），可能有遗漏，请对照原文核对。"


_MOST_NAMED = 5


class Tally:
    """What was left out of one document, how often, and what of the unknown it was."""

    def __init__(self) -> None:
        self._counted: Counter[LeftOut] = Counter()
        self._unknown: dict[str, None] = {}

    def add(self, kind: LeftOut, name: str = "") -> None:
        """Count one place."""
        self._counted[kind] += 1
        if name and len(self._unknown) < _MOST_NAMED:
            self._unknown[name[:30]] = None

    def warnings(self) -> list[str]:
        """A sentence for each kind, with how many places there are where it is more than one."""
        return [self._sentence(kind) for kind in LeftOut if self._counted[kind]]

    def _sentence(self, kind: LeftOut) -> str:
        sentence = kind.value.format("、".join(self._unknown))
        count = self._counted[kind]
        return f"{sentence.removesuffix('。')}（{count} 处）。" if count > 1 else sentence
