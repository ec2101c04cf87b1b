"""One handler per fact: items come in from own units and from below, and what happens to them above comes back."""

from __future__ import annotations

from collections.abc import Mapping

from services.kernel.language.events.exchange import SubmissionDelivered
from services.kernel.language.events.intake import SubmissionAmended, SubmissionSubmitted
from services.kernel.language.events.issues import IssuePublished
from services.kernel.language.events.parts import Fact
from services.kernel.language.events.review import (
    InstructionRecorded,
    SubmissionAdopted,
    SubmissionAnswered,
    SubmissionAsked,
    SubmissionChecked,
    SubmissionDeclined,
    SubmissionEdited,
    SubmissionForwardedUp,
    SubmissionReceived,
    SubmissionReportedUp,
    SubmissionReturned,
)
from services.kernel.runtime.heard.organisation import ORGANISATION_LISTENS_TO
from services.kernel.runtime.telling.inbox import Handler, ListensTo
from services.review.actions import replaying
from services.review.actions.hearing import (
    keep_answer,
    keep_instruction,
    keep_question,
    note_above,
    note_delivery,
    take_back_returned,
)
from services.review.actions.opening import open_arrived, open_review

LISTENS_TO: ListensTo = {
    **ORGANISATION_LISTENS_TO,
    "intake.submission": {SubmissionSubmitted: open_review, SubmissionAmended: open_review},
    "exchange.arrival": {
        SubmissionReportedUp: open_arrived,
        SubmissionForwardedUp: open_arrived,
        SubmissionReturned: take_back_returned,
        SubmissionAsked: keep_question,
        SubmissionAnswered: keep_answer,
        SubmissionReceived: note_above,
        SubmissionEdited: note_above,
        SubmissionDeclined: note_above,
        SubmissionAdopted: note_above,
        InstructionRecorded: keep_instruction,
        SubmissionDelivered: note_delivery,
    },
    "exchange.delivery": {SubmissionDelivered: note_delivery},
}

REPLAYS: Mapping[type[Fact], Handler] = {
    SubmissionChecked: replaying.bring_back_checked,
    SubmissionReportedUp: replaying.bring_back_reported,
    SubmissionReceived: replaying.bring_back_received,
    SubmissionAsked: replaying.bring_back_question,
    SubmissionAnswered: replaying.bring_back_answer,
    SubmissionEdited: replaying.bring_back_edition,
    SubmissionReturned: replaying.bring_back_returned,
    SubmissionDeclined: replaying.bring_back_declined,
    SubmissionAdopted: replaying.bring_back_adopted,
    SubmissionForwardedUp: replaying.bring_back_forwarded,
    IssuePublished: replaying.bring_back_published,
    InstructionRecorded: replaying.bring_back_instruction,
}
