"""One handler per fact: the portal shows what is published; known items say what may become public, and by whom."""

from __future__ import annotations

from collections.abc import Mapping

from services.disclosure.actions.remembering import (
    remember_adoption,
    remember_edition,
    remember_head,
    remember_refusal,
    remember_return,
    remember_signed,
)
from services.disclosure.actions.replaying import bring_back_published, bring_back_revoked
from services.disclosure.actions.showing import leave_tombstone, show_on_portal
from services.kernel.language.events.disclosure import InformationPublished, InformationRevoked
from services.kernel.language.events.intake import SubmissionAmended, SubmissionSubmitted
from services.kernel.language.events.parts import Fact
from services.kernel.language.events.review import (
    SubmissionAdopted,
    SubmissionDeclined,
    SubmissionEdited,
    SubmissionForwardedUp,
    SubmissionReportedUp,
    SubmissionReturned,
)
from services.kernel.runtime.heard.organisation import ORGANISATION_LISTENS_TO
from services.kernel.runtime.telling.inbox import Handler, ListensTo

PORTAL_LISTENS_TO: ListensTo = {
    "disclosure.information": {InformationPublished: show_on_portal, InformationRevoked: leave_tombstone},
}

LISTENS_TO: ListensTo = {
    **ORGANISATION_LISTENS_TO,
    **PORTAL_LISTENS_TO,
    "intake.submission": {SubmissionSubmitted: remember_head, SubmissionAmended: remember_head},
    "exchange.arrival": {
        SubmissionReportedUp: remember_signed,
        SubmissionForwardedUp: remember_signed,
        SubmissionReturned: remember_return,
    },
    "review.submission": {
        SubmissionReportedUp: remember_signed,
        SubmissionEdited: remember_edition,
        SubmissionReturned: remember_return,
        SubmissionDeclined: remember_refusal,
        SubmissionAdopted: remember_adoption,
    },
}

REPLAYS: Mapping[type[Fact], Handler] = {
    InformationPublished: bring_back_published,
    InformationRevoked: bring_back_revoked,
}
