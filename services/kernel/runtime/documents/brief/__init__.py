"""简报: one issue of a periodical, as plain values here; `pdf` and `word` print it and are heavy to import."""

from services.kernel.runtime.documents.brief.document import BriefDocument, BriefItem

__all__ = ["BriefDocument", "BriefItem"]
