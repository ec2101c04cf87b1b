"""The rules of reviewing that the office changes by itself."""

from __future__ import annotations

from pathlib import Path

from services.kernel.language.rulebooks import Rulebook
from services.review.policy.rules import PeriodicalSeeds, ReviewRules

_DEFAULTS = Path(__file__).parents[1] / "defaults"

REVIEW_RULES = Rulebook(
    "rules",
    "审核规则",
    ReviewRules,
    _DEFAULTS / "rules.yaml",
    "审核稿件的习惯做法：要不要另一人审核，紧急信息和各类信息多长时间内处理。",
    how=(
        "needs_second_reader 写 true，报送人自己审核自己的稿件就要写明理由。",
        "handle_within_hours 是各类信息收到后应处理的小时数，只用来排先后；没有写的类用 default。",
        "已经收到的信息，时限不变。",
    ),
)
PERIODICALS = Rulebook(
    "periodicals",
    "初始刊物",
    PeriodicalSeeds,
    _DEFAULTS / "periodicals.yaml",
    "本级一开始有哪些刊物。保存后补上还没有的刊物，已有的不变。",
    how=(
        "只有本级（township、county、city、province、national 之一）的刊物起作用。",
        "code 是刊物的代码，按代码认刊物：已有同一代码的，不会改动。",
    ),
    is_dated=False,
)

RULEBOOKS = (REVIEW_RULES, PERIODICALS)
