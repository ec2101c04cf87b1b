"""A file made fit for the public: metadata taken out, the text in it read, or a reason why it cannot go out."""

from services.kernel.runtime.documents.cleaning.cleaning import clean_for_public
from services.kernel.runtime.documents.cleaning.refusals import FileTooComplex, NotPublishable
from services.kernel.runtime.documents.cleaning.result import Cleaned, Passage

__all__ = ["Cleaned", "FileTooComplex", "NotPublishable", "Passage", "clean_for_public"]
