"""The inbox: every fact takes effect once, in its key's order, or waits where it can be seen."""

from services.kernel.runtime.telling.inbox.listening import Handler, ListensTo, Message, in_both_lanes
from services.kernel.runtime.telling.inbox.receiving import Inbox

__all__ = ["Handler", "Inbox", "ListensTo", "Message", "in_both_lanes"]
