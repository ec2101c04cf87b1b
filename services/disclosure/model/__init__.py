"""What disclosure keeps: public texts in preparation, rules, known items, and apart from them what is public."""

from services.disclosure.model.catalogue import IndexCounter
from services.disclosure.model.information import FileText, Information, InformationFile, Review, Step
from services.disclosure.model.inputs import InformationChange, NewInformation, NewReview, NewRevocation
from services.disclosure.model.item import KnownItem
from services.disclosure.model.public import PublicInformation
from services.disclosure.model.table import METADATA, Table

__all__ = [
    "METADATA",
    "FileText",
    "IndexCounter",
    "Information",
    "InformationChange",
    "InformationFile",
    "KnownItem",
    "NewInformation",
    "NewReview",
    "NewRevocation",
    "PublicInformation",
    "Review",
    "Step",
    "Table",
]
