"""One function per verb, in the caller's transaction."""

from services.disclosure.actions.attaching import attach_file, remove_file
from services.disclosure.actions.preparing import change_information, prepare_information, send_to_review
from services.disclosure.actions.publishing import obstacles_of, publish_information, revoke_information
from services.disclosure.actions.reviewing import Decision, decision_of, review_confidentiality

__all__ = [
    "Decision",
    "attach_file",
    "change_information",
    "decision_of",
    "obstacles_of",
    "prepare_information",
    "publish_information",
    "remove_file",
    "review_confidentiality",
    "revoke_information",
    "send_to_review",
]
