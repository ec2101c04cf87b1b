"""Checking of uploads: is the file what its name says, small enough and safe to unpack?"""

from services.kernel.runtime.uploads.inspection import (
    AttachmentArchiveUnsafe,
    AttachmentContentMismatch,
    AttachmentEmpty,
    AttachmentEncrypted,
    AttachmentTooIntricate,
    AttachmentTooLarge,
    AttachmentTypeNotAllowed,
    CheckedUpload,
    inspect_upload,
)
from services.kernel.runtime.uploads.taking_in import take_in

__all__ = [
    "AttachmentArchiveUnsafe",
    "AttachmentContentMismatch",
    "AttachmentEmpty",
    "AttachmentEncrypted",
    "AttachmentTooIntricate",
    "AttachmentTooLarge",
    "AttachmentTypeNotAllowed",
    "CheckedUpload",
    "inspect_upload",
    "take_in",
]
