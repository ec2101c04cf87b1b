"""The rules of review, pure: who may do what in which state, how hops, numbers and the queue's order come about."""

from services.review.policy.checks import Check, CheckState, arrival_checks, sign_checks
from services.review.policy.hops import first_hop, next_hop
from services.review.policy.numbering import issue_label, issue_year, next_number
from services.review.policy.offers import Offer, available_actions
from services.review.policy.permission import (
    RULES,
    ForwardState,
    Scope,
    Standing,
    is_granted,
    may_do,
    may_read,
    require,
    require_granted,
)
from services.review.policy.priority import DueGroup, Priority, handle_by, priority_of
from services.review.policy.refusals import (
    AlreadyForwarded,
    AlreadyInPeriodical,
    IssueAlreadySigned,
    IssueNotReady,
    NoOpenQuestion,
    NoProposalToSign,
    NoSuperior,
    NotInThisState,
)
from services.review.policy.verbs import Verb

__all__ = [
    "RULES",
    "AlreadyForwarded",
    "AlreadyInPeriodical",
    "Check",
    "CheckState",
    "DueGroup",
    "ForwardState",
    "IssueAlreadySigned",
    "IssueNotReady",
    "NoOpenQuestion",
    "NoProposalToSign",
    "NoSuperior",
    "NotInThisState",
    "Offer",
    "Priority",
    "Scope",
    "Standing",
    "Verb",
    "arrival_checks",
    "available_actions",
    "first_hop",
    "handle_by",
    "is_granted",
    "issue_label",
    "issue_year",
    "may_do",
    "may_read",
    "next_hop",
    "next_number",
    "priority_of",
    "require",
    "require_granted",
    "sign_checks",
]
