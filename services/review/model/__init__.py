"""What review keeps: items with their texts and history, forwards, instructions, periodicals and issues."""

from services.review.model.issue import Adoption, AdoptionStatus, Issue, IssueStatus, Periodical, Series
from services.review.model.item import ReviewItem
from services.review.model.passage import Forward, HistoryRow, Instruction, Question
from services.review.model.table import METADATA, Table
from services.review.model.text import OwnEdition, SentVersion

__all__ = [
    "METADATA",
    "Adoption",
    "AdoptionStatus",
    "Forward",
    "HistoryRow",
    "Instruction",
    "Issue",
    "IssueStatus",
    "OwnEdition",
    "Periodical",
    "Question",
    "ReviewItem",
    "SentVersion",
    "Series",
    "Table",
]
