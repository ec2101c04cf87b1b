"""The rules of stats that the office changes by itself: how it scores."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from services.kernel.language.rulebooks import Rulebook, read_kept
from services.kernel.language.vocabulary import Role
from services.stats.policy.drafting import next_version_of
from services.stats.policy.ruleset import Ruleset


def _redrafted(text: str, kept: Sequence[Ruleset], today: date) -> str:
    own = read_kept(text, Ruleset).id
    return next_version_of(text, max(one.version for one in kept if one.id == own), today)


def _span(rules: Ruleset) -> tuple[date, date | None]:
    return rules.ruleset.effective_from, rules.ruleset.effective_to


SCORING = Rulebook(
    "scoring",
    "计分办法",
    Ruleset,
    Path(__file__).parents[1] / "defaults" / "scoring.yaml",
    "各单位报送的信息怎样计分，从写明的日期起执行，以前的得分不变。",
    how=(
        "打开时版本号和生效日期已经往后写了一格：ruleset.version 每次加 1，ruleset.effective_from 不能早于已经关账的月份。",
        "每条规则一行：编号、名称、事由、条件、分。",
        "event 写 adopted（采用）、forwarded_up（转报）、leader_instruction（批示）、submission_counted（报送）、returned_invalid（退回无效件）。",
        "level 写 county、city、province、national；不写就是不限。",
        "stack_group 相同的几条，同一件只计最高的一次。",
    ),
    editors=frozenset({Role.STATISTICIAN, Role.ADMIN}),
    span=_span,
    redraft=_redrafted,
)

RULEBOOKS = (SCORING,)
