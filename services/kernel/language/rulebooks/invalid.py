"""What is wrong in a rule text: where it stands, in the author's own names and by its line."""

from __future__ import annotations

from dataclasses import dataclass

from services.kernel.language.field_error import FieldError
from services.kernel.language.refusal import Refusal

MOST_ERRORS = 100
WHOLE = "文件"
"""Where an error stands that is no row's."""


@dataclass(frozen=True)
class LineError(FieldError):
    """One fault; `line` is counted from 1, 0 where it is the whole text's."""

    line: int = 0

    def __str__(self) -> str:
        """第12行 rules › A02 › points：应为数字."""
        return f"{f'第{self.line}行 ' if self.line else ''}{self.field}：{self.message}"


class RuleFileIsInvalid(Refusal):
    """规则文件有误，未予采用。"""

    status = 422
    code = "rule_file_invalid"
    message = "规则文件有误，未予采用。"

    def __init__(self, errors: list[LineError]) -> None:
        errors = errors[:MOST_ERRORS]
        said = "；".join(map(str, errors))
        super().__init__(f"规则文件有误，未予采用。{said}", errors=[error.as_dict() for error in errors])
        self.errors = errors


def unreadable(sentence: str) -> RuleFileIsInvalid:
    """The refusal of the text as a whole."""
    return RuleFileIsInvalid([LineError(WHOLE, "unreadable", sentence)])
