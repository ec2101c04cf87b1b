"""A dropped .docx read as plain text: title, body and what could not be taken over."""

from services.kernel.runtime.documents.reader.package import (
    DocumentEncrypted,
    DocumentInOldFormat,
    DocumentTooLong,
    DocumentUnreadable,
    DocumentUnsafe,
)
from services.kernel.runtime.documents.reader.reading import ImportedText, read_docx

__all__ = [
    "DocumentEncrypted",
    "DocumentInOldFormat",
    "DocumentTooLong",
    "DocumentUnreadable",
    "DocumentUnsafe",
    "ImportedText",
    "read_docx",
]
