"""Rules kept as data: named rulebooks whose dated texts are read into checked models."""

from services.kernel.language.rulebooks.book import Rulebook
from services.kernel.language.rulebooks.differences import Difference, differences
from services.kernel.language.rulebooks.invalid import LineError, RuleFileIsInvalid, unreadable
from services.kernel.language.rulebooks.loading import LONGEST
from services.kernel.language.rulebooks.reading import read_kept, read_rules, remember

__all__ = [
    "LONGEST",
    "Difference",
    "LineError",
    "RuleFileIsInvalid",
    "Rulebook",
    "differences",
    "read_kept",
    "read_rules",
    "remember",
    "unreadable",
]
