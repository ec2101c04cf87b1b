"""After a restore from a backup: what this office told since comes back into its own items and issues."""

from services.review.actions.replaying.decisions import (
    bring_back_checked,
    bring_back_declined,
    bring_back_received,
    bring_back_reported,
    bring_back_returned,
)
from services.review.actions.replaying.issues import bring_back_adopted, bring_back_published
from services.review.actions.replaying.passages import (
    bring_back_answer,
    bring_back_edition,
    bring_back_forwarded,
    bring_back_instruction,
    bring_back_question,
)

__all__ = [
    "bring_back_adopted",
    "bring_back_answer",
    "bring_back_checked",
    "bring_back_declined",
    "bring_back_edition",
    "bring_back_forwarded",
    "bring_back_instruction",
    "bring_back_published",
    "bring_back_question",
    "bring_back_received",
    "bring_back_reported",
    "bring_back_returned",
]
