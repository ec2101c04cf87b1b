"""What a confidentiality review must say before it counts."""

from __future__ import annotations

from collections.abc import Sequence

from services.disclosure.policy.fields import LABELS
from services.disclosure.policy.point import ReviewPoint
from services.disclosure.policy.redaction import passages_left
from services.kernel.language.field_error import FieldError, missing
from services.kernel.language.vocabulary import ReviewOutcome


def missing_in_review(
    outcome: ReviewOutcome,
    *,
    points: Sequence[ReviewPoint] | None,
    doubts: Sequence[ReviewPoint],
    opinion: str,
    is_plain: bool,
    is_doubtful: bool,
) -> list[FieldError]:
    """What the review still needs: every point decided, and an opinion where it is not plain.

    Args:
        points: Those in which nothing was found; None where the opinion speaks for all of them, which
            does not open a doubtful text.
        doubts: Those in which something was found.
        is_plain: Whether nothing was changed since the last review, or only what it marked was cut.
        is_doubtful: Whether the node's word list has hints on the text.

    Source: 保守国家秘密法实施条例 第四十二条 (item by item), 政府信息公开条例 第十七条.
    """
    speaks_for_all = points is None and not (is_doubtful and outcome is ReviewOutcome.OPEN)
    confirmed = points or ()
    found = (
        []
        if speaks_for_all
        else [_undecided(point) for point in ReviewPoint if (point in confirmed) == (point in doubts)]
    )
    if doubts and outcome is ReviewOutcome.OPEN:
        found.append(FieldError("outcome", "doubted", "还有审查事项不能确认，不能“同意公开”。"))
    if not opinion.strip() and (points is None or outcome is not ReviewOutcome.OPEN or not is_plain):
        found.append(missing("opinion", LABELS["opinion"]))
    return found


def faults_in_passages(
    outcome: ReviewOutcome,
    *,
    text: str,
    marked: Sequence[str],
    marked_before: Sequence[str],
    files: Sequence[str] = (),
) -> list[FieldError]:
    """Marked passages that are not in the text, or that were to be cut and still are.

    Args:
        text: All that will be public, but for what stands in files.
        marked: What this review wants cut.
        marked_before: What the last review wanted cut.
        files: The texts of the files, as `spoken` gives them.
    """
    there = passages_left(text, marked, files)
    found = [
        FieldError("passages", "not_in_text", f"正文和附件中没有“{one[:40]}”，请照原文摘录要删减的内容。")
        for one in marked
        if one not in there
    ]
    if outcome is ReviewOutcome.OPEN:
        found += [
            FieldError("outcome", "not_cut", f"上次要求删减的“{one[:40]}”还在，不能“同意公开”。")
            for one in passages_left(text, marked_before, files)
        ]
    return found


def _undecided(point: ReviewPoint) -> FieldError:
    return FieldError("points", "undecided", f"“{point.label}”还没有结论：确认，或注明有问题。")
