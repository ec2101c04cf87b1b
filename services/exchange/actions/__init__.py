"""What the exchange does, one function per verb, each in its caller's transaction."""

from services.exchange.actions.arriving import Arrived, arrive
from services.exchange.actions.border import Border, Run
from services.exchange.actions.conflicts import settle_refusals
from services.exchange.actions.dispatching import Outgoing, queue_rows, send_on
from services.exchange.actions.erasing import erase_fact
from services.exchange.actions.erasures import decide_erasure, decline_erasure, erase_again
from services.exchange.actions.filing import dispatch_file, give_up_file, send_file_again
from services.exchange.actions.marking import begin_lane, forget_connections, keep_carried, mark_connected
from services.exchange.actions.numbering import Numbered, number_rows
from services.exchange.actions.opening import open_epoch
from services.exchange.actions.operating import note_link_state, pause_link, resume_link
from services.exchange.actions.receipting import Accepted, accept_receipt, disbelieve_receipt
from services.exchange.actions.replaying import (
    replay_declined,
    replay_delivery,
    replay_erasure,
    replay_link_state,
)
from services.exchange.actions.returning import take_back
from services.exchange.actions.verifying import Finding, verify_ledger

__all__ = [
    "Accepted",
    "Arrived",
    "Border",
    "Finding",
    "Numbered",
    "Outgoing",
    "Run",
    "accept_receipt",
    "arrive",
    "begin_lane",
    "decide_erasure",
    "decline_erasure",
    "disbelieve_receipt",
    "dispatch_file",
    "erase_again",
    "erase_fact",
    "forget_connections",
    "give_up_file",
    "keep_carried",
    "mark_connected",
    "note_link_state",
    "number_rows",
    "open_epoch",
    "pause_link",
    "queue_rows",
    "replay_declined",
    "replay_delivery",
    "replay_erasure",
    "replay_link_state",
    "resume_link",
    "send_file_again",
    "send_on",
    "settle_refusals",
    "take_back",
    "verify_ledger",
]
