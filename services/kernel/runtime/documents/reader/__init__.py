"""A dropped .docx or text file read as plain text: title, body and what could not be taken over."""

from services.kernel.runtime.documents.reader.package import (
    DocumentEncrypted,
    DocumentInOldFormat,
    DocumentTooComplex,
    DocumentTooLong,
    DocumentUnreadable,
    DocumentUnsafe,
)
from services.kernel.runtime.documents.reader.reading import ImportedText, read_document, read_document_apart, read_docx

__all__ = [
    "DocumentEncrypted",
    "DocumentInOldFormat",
    "DocumentTooComplex",
    "DocumentTooLong",
    "DocumentUnreadable",
    "DocumentUnsafe",
    "ImportedText",
    "read_document",
    "read_document_apart",
    "read_docx",
]
