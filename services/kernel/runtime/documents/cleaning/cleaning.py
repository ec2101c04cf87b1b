"""From a file as somebody made it to one that may go out, by its kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from services.kernel.runtime.documents.cleaning.pdf import clean_pdf
from services.kernel.runtime.documents.cleaning.pictures import clean_picture
from services.kernel.runtime.documents.cleaning.refusals import FileUnreadable, KindNotPublishable
from services.kernel.runtime.documents.cleaning.result import Cleaned, Passage
from services.kernel.runtime.documents.cleaning.sheet import clean_sheet
from services.kernel.runtime.documents.cleaning.word import clean_word
from services.kernel.runtime.uploads.decoding import NotText, decode_text
from services.kernel.runtime.uploads.names import extension_of

_PICTURE_UNREAD = "图片中的文字没有识别，请打开核对"


def clean_for_public(filename: str, content: bytes) -> Cleaned:
    """The file as it may go out, with all text in it. Takes seconds for large files: do it apart.

    Raises:
        NotPublishable: One of its kin, with what stands in the way and what to do.
    """
    extension = extension_of(filename)
    clean = _BY_EXTENSION.get(extension)
    if clean is None:
        raise KindNotPublishable(_INSTEAD.get(extension))
    try:
        return clean(content)
    except RecursionError:  # Elements nested by the thousand, which no program writes.
        raise FileUnreadable from None


def _clean_picture_file(content: bytes) -> Cleaned:
    return Cleaned(clean_picture(content), unread=(_PICTURE_UNREAD,))


def _clean_plain(content: bytes) -> Cleaned:
    """A plain text says nothing about itself; it goes out as it is."""
    text = _decoded(content)
    return Cleaned(content, tuple(Passage(f"第{n}行", line) for n, line in enumerate(text.split("\n"), 1)))


def _decoded(content: bytes) -> str:
    try:
        return decode_text(content)
    except NotText as not_text:
        raise FileUnreadable from not_text


_BY_EXTENSION: Mapping[str, Callable[[bytes], Cleaned]] = {
    "docx": clean_word,
    "xlsx": clean_sheet,
    "pdf": clean_pdf,
    "jpg": _clean_picture_file,
    "jpeg": _clean_picture_file,
    "png": _clean_picture_file,
    "txt": _clean_plain,
    "csv": _clean_plain,
}

_AS_WORD = "旧格式的文字文件清理不了作者等信息，不能公开。请另存为 .docx 或 PDF 后重新上传。"
_AS_SHEET = "旧格式的表格清理不了作者等信息，不能公开。请另存为 .xlsx 或 PDF 后重新上传。"
_AS_PICTURE = "这种图片清理不了拍摄信息，不能公开。请另存为 JPG 或 PNG 后重新上传。"
_AS_PDF = "这种文件清理不了作者等信息，不能公开。请另存为 PDF 后重新上传。"
_AS_SOUND = "音视频无法检查，里面的作者、地点等信息也清理不了，不能作为附件公开。"
_INSTEAD: Mapping[str, str] = {
    **dict.fromkeys(("doc", "wps"), _AS_WORD),
    **dict.fromkeys(("xls", "et"), _AS_SHEET),
    **dict.fromkeys(("gif", "bmp", "tif", "tiff", "webp"), _AS_PICTURE),
    **dict.fromkeys(("ppt", "pptx", "dps", "ofd"), _AS_PDF),
    **dict.fromkeys(("mp3", "mp4", "wav"), _AS_SOUND),
    "zip": "压缩包不能公开，里面的文件无法逐个检查。请解压后分别上传。",
}
