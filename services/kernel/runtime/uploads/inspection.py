"""The check itself, and the sentences that refuse a file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import IO

from services.kernel.language.refusal import Refusal
from services.kernel.runtime.uploads.archive import (
    ArchiveDamaged,
    ArchiveEncrypted,
    ArchiveLimits,
    ArchiveUnsafe,
    check_archive,
)
from services.kernel.runtime.uploads.kinds import KINDS, ZIP, Kind, head_of, is_encrypted_office_file
from services.kernel.runtime.uploads.names import clean_filename, extension_of

MAX_BYTES = 50 * 1024 * 1024


class AttachmentTypeNotAllowed(Refusal):
    """不能上传这种类型的文件。"""

    status = 415
    code = "attachment_type_not_allowed"
    message = "不能上传这种类型的文件。可以上传 Word、WPS、Excel、PPT、PDF、OFD、文本、图片、音视频和 zip 压缩包。"


class AttachmentContentMismatch(Refusal):
    """文件内容与扩展名不符。"""

    status = 422
    code = "attachment_content_mismatch"
    message = "文件内容与扩展名不符，或文件已损坏。请用原来的软件打开，另存后再上传。"


class AttachmentTooLarge(Refusal):
    """文件太大。"""

    status = 413
    code = "attachment_too_large"
    message = "文件太大，请压缩图片或拆分后再上传。"


class AttachmentArchiveUnsafe(Refusal):
    """压缩包不安全。"""

    status = 422
    code = "attachment_archive_unsafe"
    message = "压缩包不安全，不能上传。"


class AttachmentTooIntricate(Refusal):
    """检查这个文件要用的时间或内存太多。"""

    status = 422
    code = "attachment_too_intricate"
    message = "检查这个文件要用的时间或内存太多，不能上传。请拆分或另存后再试。"


class AttachmentEncrypted(Refusal):
    """文件加了密码，无法检查。"""

    status = 422
    code = "attachment_encrypted"
    message = "文件加了密码，无法检查。请去掉密码后再上传。"


class AttachmentEmpty(Refusal):
    """文件是空的。"""

    status = 422
    code = "attachment_empty"
    message = "文件是空的，请检查后重新选择。"


@dataclass(frozen=True, slots=True)
class CheckedUpload:
    """A file that may be stored: under which name, served as what, and its size in bytes."""

    filename: str
    media_type: str
    size: int


def inspect_upload(
    filename: str,
    stream: IO[bytes],
    *,
    max_bytes: int = MAX_BYTES,
    archive_limits: ArchiveLimits | None = None,
) -> CheckedUpload:
    """Check a file that somebody uploaded; the stream is back at its start afterwards.

    Reads the whole file and inflates archives: `take_in` has it done apart, within limits.

    Args:
        filename: As the browser sent it; never trusted.
        stream: Seekable, e.g. `UploadFile.file`.

    Raises:
        AttachmentTypeNotAllowed, AttachmentEmpty, AttachmentTooLarge, AttachmentContentMismatch,
        AttachmentEncrypted, AttachmentArchiveUnsafe: See there.
    """
    name = clean_filename(filename)
    kind = KINDS.get(extension_of(name))
    if kind is None:
        raise AttachmentTypeNotAllowed
    size = stream.seek(0, 2)
    if size == 0:
        raise AttachmentEmpty
    if size > max_bytes:
        raise AttachmentTooLarge(f"文件超过 {max_bytes // 1024 // 1024} MB，请压缩图片或拆分后再上传。")
    _check_content(stream, kind, archive_limits or ArchiveLimits())
    stream.seek(0)
    return CheckedUpload(name, kind.media_type, size)


def _check_content(stream: IO[bytes], kind: Kind, limits: ArchiveLimits) -> None:
    try:
        if not kind.is_kind(stream):
            raise AttachmentEncrypted if is_encrypted_office_file(stream) else AttachmentContentMismatch
        if kind.is_archive and head_of(stream).startswith(ZIP):
            check_archive(stream, limits)
    except ArchiveUnsafe as unsafe:
        raise AttachmentArchiveUnsafe(f"{unsafe}，不能上传。") from unsafe
    except ArchiveEncrypted as encrypted:
        raise AttachmentEncrypted from encrypted
    except ArchiveDamaged as damaged:
        raise AttachmentContentMismatch from damaged
