"""Hints for analytic items: 情况、分析、预测、建议, as the offices ask for them; never a refusal."""

import re
from dataclasses import dataclass
from typing import Literal

from services.kernel.language.vocabulary import InfoType

Fullness = Literal["present", "thin", "absent"]

HINTED_TYPES = frozenset({InfoType.PROBLEM, InfoType.SUGGESTION, InfoType.RESEARCH})

ENOUGH_CHARACTERS = 40

_LABELS = {"situation": "情况", "analysis": "分析", "forecast": "预测", "suggestion": "建议"}
# The first part whose words occur claims the sentence, so the order matters: 建议 outweighs the
# 原因 that a suggestion often repeats.
_CUES = {
    "suggestion": re.compile("建议|恳请|希望|亟需|亟待|应尽快|对策|请求"),
    "forecast": re.compile("如不|若不|预计|可能(?:会|将|导致|引发|出现)|趋势|后果|研判|预测|苗头"),
    "analysis": re.compile("原因|由于|主要是|症结|究其|根源|分析|导致|造成|制约"),
    "situation": re.compile("情况|现状|目前|截至|反映|存在|发现|问题"),
}
_HEADING = re.compile(r"^\s*(?:[一二三四五六七八九十]+、|（[一二三四五六七八九十]+）|\d+[.．、])")
_SENTENCE = re.compile("[^。！？；!?;]+[。！？；!?;]?")


@dataclass(frozen=True)
class PartHint:
    """How one of the four parts is covered, with a sentence for the author if it is not."""

    part: str
    label: str
    fullness: Fullness
    message: str


def four_part_hints(info_type: InfoType | None, body: str) -> list[PartHint]:
    """How full each part is; an empty list for types that need no four parts."""
    if info_type not in HINTED_TYPES:
        return []
    lengths = dict.fromkeys(_LABELS, 0)
    heading = "situation"
    for paragraph in filter(str.strip, body.split("\n")):
        found = _HEADING.match(paragraph)
        sentences = _SENTENCE.findall(paragraph)
        if found:
            # A numbered paragraph opens a section; a long one is heading and text at once.
            heading = _part_of(sentences[0] if sentences else paragraph) or heading
            sentences = sentences[1:]
        for sentence in sentences:
            lengths[_part_of(sentence) or heading] += len(sentence.strip())
    return [_hint(part, length) for part, length in lengths.items()]


def _part_of(sentence: str) -> str | None:
    return next((part for part, cue in _CUES.items() if cue.search(sentence)), None)


def _hint(part: str, length: int) -> PartHint:
    label = _LABELS[part]
    if length >= ENOUGH_CHARACTERS:
        return PartHint(part, label, "present", "")
    if length:
        return PartHint(part, label, "thin", f"“{label}”部分只有{length}字，可以再充实一些。")
    return PartHint(part, label, "absent", f"没有看到“{label}”部分，请考虑补充。")
