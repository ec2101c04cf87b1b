"""Numbers as people write them in Chinese: in digits or characters, with sign and unit; compared by what they say."""

from services.kernel.language.numbers.finding import Quantity, find_numbers, find_quantities, fold_digits
from services.kernel.language.numbers.matching import beyond

__all__ = ["Quantity", "beyond", "find_numbers", "find_quantities", "fold_digits"]
