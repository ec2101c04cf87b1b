"""稿件: one item with its 审签单, as plain values here; `pdf` and `word` print it and are heavy to import."""

from services.kernel.runtime.documents.manuscript.document import Manuscript, SignStep

__all__ = ["Manuscript", "SignStep"]
