"""A dropped .docx read as plain text: title, body and what could not be taken over."""

from services.kernel.runtime.documents.reader.package import (
    DocumentEncrypted,
    DocumentInOldFormat,
    DocumentTooComplex,
    DocumentTooLong,
    DocumentUnreadable,
    DocumentUnsafe,
)
from services.kernel.runtime.documents.reader.reading import ImportedText, read_docx, read_docx_apart

__all__ = [
    "DocumentEncrypted",
    "DocumentInOldFormat",
    "DocumentTooComplex",
    "DocumentTooLong",
    "DocumentUnreadable",
    "DocumentUnsafe",
    "ImportedText",
    "read_docx",
    "read_docx_apart",
]
