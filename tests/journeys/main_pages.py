"""The main pages by name: who looks at them, at which node, at which address."""

from __future__ import annotations

from dataclasses import dataclass

from tests.journeys.morning import Morning
from tests.journeys.seats import Office, Seat


@dataclass(frozen=True)
class MainPage:
    """One page as one officer sees it; without a username, as the public does."""

    name: str
    node_id: str
    username: str
    path: str

    def show(self, office: Office) -> Seat:
        """The page, open in front of whom it is for."""
        seat = office.seat(self.node_id, self.username)
        seat.open(self.path)
        return seat


def main_pages(morning: Morning) -> list[MainPage]:
    """Every page that people work with."""
    item, edited = morning.items, f"/review/queue/{morning.items['edited']}"
    issue, text = morning.issues, morning.information_id
    found = [
        ("login", "district", "", "/login"),
        ("home-clerk", "township", "clerk", "/"),
        ("home-editor", "district", "editor", "/"),
        ("home-admin", "district", "admin", "/"),
        ("my-items", "township", "clerk", "/intake/submissions"),
        ("clerk-form", "township", "clerk", f"/intake/submissions/{item['draft']}/edit?check=1"),
        ("clerk-form-new", "township", "clerk", "/intake/submissions/new"),
        ("item-timeline", "township", "clerk", f"/intake/submissions/{item['signed']}"),
        ("item-question", "township", "clerk", f"/intake/submissions/{item['asked']}"),
        ("item-compare", "township", "clerk", f"/intake/submissions/{item['edited']}?view=compare"),
        ("check", "township", "reviewer", f"/review/check/{item['to_check']}"),
        ("sign", "township", "signer", f"/review/sign/{item['to_sign']}"),
        ("queue", "district", "editor", "/review/queue"),
        ("queue-diff", "district", "editor", f"{edited}?view=diff"),
        ("queue-beside", "district", "editor", f"{edited}?view=beside"),
        ("queue-edit", "district", "editor", f"{edited}?view=edit"),
        ("queue-questions", "district", "editor", f"/review/queue/{item['asked']}?view=questions"),
        ("queue-history", "district", "editor", f"{edited}?view=history"),
        ("queue-instructions", "district", "editor", f"{edited}?view=instructions"),
        ("queue-return", "district", "editor", f"{edited}?view=return"),
        ("issues", "district", "chief", "/review/issues"),
        ("issue-editor", "district", "chief", f"/review/issues/{issue['selected']}"),
        ("issue", "district", "chief", f"/review/issues/{issue['signed']}"),
        ("forwards", "district", "chief", "/review/forward"),
        ("instructions", "district", "editor", "/review/instructions"),
        ("stats", "district", "statistician", "/stats/scores"),
        ("stats-rules", "district", "statistician", "/stats/rules"),
        ("links", "district", "admin", "/exchange/links"),
        ("event-desk", "district", "admin", "/review/events"),
        ("erasures", "district", "admin", "/exchange/erasures"),
        ("erasure-decide", "district", "admin", f"/exchange/erasures/{item['open']}"),
        ("units", "district", "admin", "/directory/units"),
        ("officers", "district", "admin", "/directory/officers"),
        ("peers", "district", "admin", "/directory/peers"),
        ("calendar", "district", "admin", "/directory/calendar"),
        ("rulebooks", "district", "admin", "/directory/rulebooks"),
        ("rulebook", "district", "admin", "/disclosure/rulebooks/categories"),
        ("rulebook-edit", "district", "admin", "/disclosure/rulebooks/categories/edit"),
        ("disclosure", "district", "publisher", "/disclosure/information"),
        ("disclosure-new", "district", "publisher", "/disclosure/information/new"),
        ("disclosure-text", "district", "publisher", f"/disclosure/information/{text}"),
        ("portal", "district", "", "/open/"),
        ("portal-search", "district", "", "/open/?q=便民"),
        ("portal-detail", "district", "", f"/open/information/{text}"),
        ("portal-guide", "district", "", "/open/guide"),
    ]
    return [MainPage(*one) for one in found]
