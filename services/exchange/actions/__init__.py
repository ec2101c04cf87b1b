"""What the exchange does, one function per verb, each in its caller's transaction."""

from services.exchange.actions.arriving import Arrived, arrive
from services.exchange.actions.border import Border
from services.exchange.actions.conflicts import settle_refusals
from services.exchange.actions.dispatching import Outgoing, append_rows, send_on
from services.exchange.actions.erasing import erase_fact
from services.exchange.actions.filing import dispatch_file
from services.exchange.actions.marking import begin_lane, forget_connections, keep_carried, mark_connected
from services.exchange.actions.opening import open_epoch
from services.exchange.actions.operating import note_link_state, pause_link, resume_link
from services.exchange.actions.receipting import Accepted, accept_receipt
from services.exchange.actions.returning import take_back
from services.exchange.actions.verifying import Finding, verify_ledger

__all__ = [
    "Accepted",
    "Arrived",
    "Border",
    "Finding",
    "Outgoing",
    "accept_receipt",
    "append_rows",
    "arrive",
    "begin_lane",
    "dispatch_file",
    "erase_fact",
    "forget_connections",
    "keep_carried",
    "mark_connected",
    "note_link_state",
    "open_epoch",
    "pause_link",
    "resume_link",
    "send_on",
    "settle_refusals",
    "take_back",
    "verify_ledger",
]
