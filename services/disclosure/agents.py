"""One handler per fact: the portal shows what is published; known items say what may become public."""

from __future__ import annotations

from services.disclosure.actions.remembering import remember_edition, remember_item
from services.disclosure.actions.showing import leave_tombstone, show_on_portal
from services.kernel.language.events.disclosure import InformationPublished, InformationRevoked
from services.kernel.language.events.intake import SubmissionAmended, SubmissionSubmitted
from services.kernel.language.events.parts import Fact
from services.kernel.language.events.review import SubmissionEdited, SubmissionForwardedUp, SubmissionReportedUp
from services.kernel.runtime.inbox import Handler, ListensTo
from services.kernel.runtime.organisation import ORGANISATION_LISTENS_TO

_FROM_OWN_UNITS: dict[type[Fact], Handler] = {SubmissionSubmitted: remember_item, SubmissionAmended: remember_item}
_FROM_OTHER_NODES: dict[type[Fact], Handler] = {
    SubmissionReportedUp: remember_item,
    SubmissionForwardedUp: remember_item,
}

PORTAL_LISTENS_TO: ListensTo = {
    "disclosure.information": {InformationPublished: show_on_portal, InformationRevoked: leave_tombstone},
}

LISTENS_TO: ListensTo = {
    **ORGANISATION_LISTENS_TO,
    **PORTAL_LISTENS_TO,
    "intake.submission": dict(_FROM_OWN_UNITS),
    "intake.emergency": dict(_FROM_OWN_UNITS),
    "exchange.arrival": dict(_FROM_OTHER_NODES),
    "exchange.arrival_urgent": dict(_FROM_OTHER_NODES),
    "review.submission": {SubmissionEdited: remember_edition},
}
