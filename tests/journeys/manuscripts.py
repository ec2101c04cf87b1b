"""What the journeys write besides the demo's content: a photograph of a paper, a questionnaire of edits."""

from __future__ import annotations

from typing import Any

from deploy.demo.content import draft_of
from deploy.demo.story.papers import manuscript, pipe_table

# One white pixel is enough of a scan.
SCAN = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c49444154789c63f8ffff3f0005fe02fe0def46b80000000049454e44ae426082"
)


def problem() -> dict[str, Any]:
    """The problem item of the story, without what comes from its Word file."""
    return {name: value for name, value in draft_of("water_pipes").items() if name not in {"title", "body"}}


def problem_in_word() -> bytes:
    """Its title and body, as somebody wrote them in Word."""
    draft = draft_of("water_pipes")
    return manuscript(draft["title"], draft["body"])


__all__ = ["SCAN", "draft_of", "pipe_table", "problem", "problem_in_word"]
