"""When an issue may be signed, and by whom it may be arranged."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from services.kernel.language.field_error import FieldError
from services.kernel.language.refusal import NotPermitted
from services.kernel.language.vocabulary import Role
from services.review.policy.checks import Check, CheckState
from services.review.policy.refusals import IssueNotReady


@dataclass(frozen=True)
class Entry:
    """An item of an issue as far as signing looks: title, signed by its unit, still here, questions open."""

    title: str
    is_signed: bool
    is_here: bool
    open_questions: int = 0


def require_issue_role(roles: Collection[Role], *, is_office: bool, allowed: frozenset[Role]) -> None:
    """Let an officer of the node's own office with one of these roles pass.

    Raises:
        NotPermitted: Any other.
    """
    if not is_office or not allowed.intersection(roles):
        raise NotPermitted("刊物由本级办公室的采编和刊物签发岗位办理。")


def sign_blocker(checks: Sequence[Check]) -> IssueNotReady | None:
    """What stands in the way of the chief's signature, if anything; `errors` says each by itself."""
    said = [check.label for check in checks if check.is_bad]
    errors = [FieldError("issue", "blocked", one).as_dict() for one in said]
    return IssueNotReady("；".join(said), errors=errors) if said else None


def issue_checks(entries: Sequence[Entry], unprintable: Sequence[str] = ()) -> list[Check]:
    """The list before the signature; only bad lines block it. `unprintable`: places with characters that no font has."""
    if not entries:
        return [Check("这一期还没有稿件", CheckState.BAD, "请先在待审队列中选稿")]
    unsigned = [entry.title for entry in entries if not entry.is_signed]
    gone = [entry.title for entry in entries if not entry.is_here]
    asking = [entry.title for entry in entries if entry.open_questions]
    return [
        _line(f"{len(entries)} 篇都有报送单位签发", "有稿件没有报送单位签发", unsigned),
        _line("稿件都在本级，没有退回修改的", "有稿件已退回修改", gone),
        Check("核实都已答复", CheckState.OK)
        if not asking
        else Check(f"{len(asking)} 篇还有核实未答复", CheckState.WAIT, "、".join(asking)),
        *([Check("有 PDF 印不出的字，印出来是〓", CheckState.WAIT, "；".join(unprintable))] if unprintable else []),
    ]


def _line(good: str, bad: str, titles: Sequence[str]) -> Check:
    return Check(bad, CheckState.BAD, "、".join(titles)) if titles else Check(good, CheckState.OK)
