"""What intake refuses, each with a stable code and the sentence that people read."""

from services.kernel.language.refusal import InvalidInput, Refusal
from services.kernel.language.vocabulary.item_fields import FIELD


class SubmissionIncomplete(Refusal):
    """还有必填内容没有填好，暂不能提交。"""

    status = 409
    code = "submission_incomplete"
    message = "还有必填内容没有填好，暂不能提交。"


class SubmissionNotEditable(Refusal):
    """稿件已提交，现在不能修改。"""

    status = 409
    code = "submission_not_editable"
    message = "稿件已提交，现在不能修改；如需修改，请联系审核或接收单位退回。"


class SubmissionNotDiscardable(Refusal):
    """提交过的稿件不能删除。"""

    status = 409
    code = "submission_not_discardable"
    message = "提交过的稿件要留存备查，不能删除。"


class BodyTooLong(InvalidInput):
    """正文过长。"""

    code = "body_too_long"
    message = f"正文太长，最多 {FIELD['body'].limit} 字。您写的还在，请删减，或改用附件。"


class TooManyAttachments(Refusal):
    """附件太多。"""

    status = 409
    code = "too_many_attachments"
    message = "附件太多，一件稿件最多 50 个；请合并或打包后再上传。"
