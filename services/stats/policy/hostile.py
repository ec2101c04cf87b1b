"""What a rule file may not be before it is read: huge, endlessly nested, or made of references."""

from __future__ import annotations

import yaml

from services.kernel.language.field_error import FieldError
from services.kernel.language.rule_file import RuleFileIsInvalid

LONGEST = 200_000
_DEEPEST = 12


def refuse_hostile(text: str) -> None:
    """Look at the text event by event, which needs neither depth nor memory, and refuse what would.

    Raises:
        RuleFileIsInvalid: In Chinese, saying which.
    """
    if len(text) > LONGEST:
        raise unreadable(f"文件超过 {LONGEST // 10_000} 万字")
    depth = 0
    try:
        for event in yaml.parse(text):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > _DEEPEST:
                raise unreadable("嵌套层数太多")
            if isinstance(event, yaml.AliasEvent):
                raise unreadable("不支持 & 和 * 引用，请把内容写全")
    except yaml.YAMLError:
        return  # the reader says where
    except RecursionError as fault:
        raise unreadable("嵌套层数太多") from fault


def unreadable(sentence: str) -> RuleFileIsInvalid:
    """The refusal of the file as a whole."""
    return RuleFileIsInvalid([FieldError("文件", "unreadable", sentence)])
