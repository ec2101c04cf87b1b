"""简报: one issue of a periodical, from its text to the .docx and the PDF."""

from services.kernel.runtime.documents.brief.document import BriefDocument, BriefItem
from services.kernel.runtime.documents.brief.pdf import brief_pdf, unprintable_characters
from services.kernel.runtime.documents.brief.word import brief_docx

__all__ = ["BriefDocument", "BriefItem", "brief_docx", "brief_pdf", "unprintable_characters"]
