"""Why a file cannot go out: each with a stable code and what to do about it."""

from __future__ import annotations

from services.kernel.language.refusal import Refusal


class NotPublishable(Refusal):
    """这个文件不能公开。"""

    status = 422
    code = "attachment_not_publishable"
    message = "这个文件不能公开。请另存为 PDF 后重新上传。"


class KindNotPublishable(NotPublishable):
    """这种文件里的作者等信息清理不了。"""

    code = "attachment_kind_not_publishable"
    message = "这种文件里的作者、单位等信息清理不了，不能公开。请另存为 PDF 后重新上传。"


class FileLocked(NotPublishable):
    """文件加了密码或限制了权限。"""

    code = "attachment_encrypted"
    message = "文件加了密码或限制了编辑、打印，无法检查和清理。请去掉密码和限制后重新上传。"


class FileSigned(NotPublishable):
    """文件带有电子签名或签章。"""

    code = "attachment_signed"
    message = "文件带有电子签名或签章，清理后签章会失效。请打印成 PDF，核对后重新上传。"


class FileUnreadable(NotPublishable):
    """读不出这个文件。"""

    code = "attachment_unreadable"
    message = "读不出这个文件，它可能已损坏。请用原来的软件打开，另存后重新上传。"


class FileTooComplex(NotPublishable):
    """文件太大或太复杂，没有检查完。"""

    code = "attachment_too_complex"
    message = "文件太大或太复杂，没有检查完。请拆分，或另存为 PDF 后重新上传。"


class TooMuchText(NotPublishable):
    """文件的文字太多。"""

    code = "attachment_text_too_long"
    message = "文件的文字太多，不能全部检查。请拆成几个文件后重新上传。"


class TrackedChanges(NotPublishable):
    """文件带有修订记录。"""

    code = "attachment_tracked_changes"
    message = "文件带有修订记录，公众能看到删改之前的文字。请在“审阅”中接受或拒绝全部修订，另存后重新上传。"


class HiddenContent(NotPublishable):
    """文件里有隐藏的内容。"""

    code = "attachment_hidden_content"
    message = "文件里有隐藏的文字，公众能把它显示出来。请取消隐藏，删去不公开的内容，另存后重新上传。"


class EmbeddedContent(NotPublishable):
    """文件里嵌入或链接了其他文件。"""

    code = "attachment_embedded_content"
    message = "文件里嵌入或链接了其他文件，无法检查。请删去，或另存为 PDF 后重新上传。"


class FormFields(NotPublishable):
    """PDF 里有可以填写的栏目。"""

    code = "attachment_form_fields"
    message = "PDF 里有可以填写的栏目，填写的内容无法检查。请打印成 PDF 后重新上传。"


class MarkedUp(NotPublishable):
    """PDF 上加了图章、文字或涂抹标记。"""

    code = "attachment_annotated"
    message = "PDF 上加了图章、文字框、图形或涂抹标记，下面的内容可能还在。请打印成 PDF，核对后重新上传。"


class PictureNotCleanable(NotPublishable):
    """文件里有不能清理的图片。"""

    code = "attachment_picture_not_cleanable"
    message = "文件里有 JPG、PNG 以外的图片，无法清理。请把图片换成 JPG 或 PNG，或将文件另存为 PDF 后重新上传。"


class PictureTooLarge(NotPublishable):
    """图片的尺寸太大。"""

    code = "attachment_picture_too_large"
    message = "图片的尺寸太大，公众可能打不开。请缩小后重新上传。"
