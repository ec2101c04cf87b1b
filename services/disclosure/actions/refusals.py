"""Refusals of disclosure that are not rules of the text's own state."""

from __future__ import annotations

from services.kernel.language.refusal import InvalidInput, Refusal


class NotReadyToPublish(Refusal):
    """还有未完成的事项，不能发布。"""

    code = "not_ready_to_publish"
    message = "还有未完成的事项，不能发布。"


class ReviewIncomplete(Refusal):
    """审查还没有逐项作出结论，或缺少审查意见。"""

    code = "review_incomplete"
    message = "审查还没有逐项作出结论，或缺少审查意见。"


class ItemNotSigned(Refusal):
    """这件稿件还没有签发，或已退回、未采用，不能据以公开。"""

    code = "item_not_signed"
    message = "这件稿件还没有签发，或已退回、未采用，不能据以拟写公开信息。"


class NotForEverybody(Refusal):
    """只有“主动公开”的信息才送保密审查。"""

    code = "not_proactive"
    message = "只有“主动公开”的信息才送保密审查和发布。"


class InformationWithdrawn(Refusal):
    """这条信息已经撤销。"""

    status = 410
    code = "information_revoked"
    message = "这条信息已经撤销。"


class CategoryInUse(Refusal):
    """目录中缺少正在使用的类目。"""

    code = "category_in_use"
    message = "新目录中缺少正在使用的类目，未予采用。"


class TooManyFiles(Refusal):
    """附件太多。"""

    code = "too_many_files"
    message = "一条信息最多50个附件。"


class CategoryUnknown(InvalidInput):
    """目录中没有这个类目。"""

    code = "category_unknown"
    message = "目录中没有这个类目，请从目录中选择。"
