"""A district with one officer in each seat, and one object in each state, made anew whenever a request may change it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx

from services.directory.model import NodeProfile, Session, Unit
from services.directory.model import Officer as OfficerRow
from services.disclosure.model import Information, InformationFile
from services.disclosure.store.information import put_in_index
from services.intake.model import Attachment, Submission
from services.intake.store import TEXT_INDEX
from services.kernel.language.events import parts
from services.kernel.language.events.directory import PeerRegistered, UnitRegistered
from services.kernel.language.vocabulary import (
    DisclosureAttribute,
    InformationStatus,
    Level,
    PeriodicalKind,
    ReviewOutcome,
    ReviewStatus,
    Role,
    SignMode,
    System,
    UnitKind,
)
from services.kernel.runtime.heard.organisation import keep_peer, keep_unit
from services.kernel.runtime.running.process import NodeProcess
from services.kernel.runtime.surroundings.identifiers import new_id
from services.kernel.runtime.web.identity import Officer
from services.kernel.runtime.web.tokens import public_key_text, sign_token, verify_token
from services.review.model import (
    Adoption,
    AdoptionStatus,
    Issue,
    IssueStatus,
    Periodical,
    Question,
    ReviewItem,
    SentVersion,
)
from services.review.store.items import index_item
from tests.integration.doors.people import MOVED, ORDINARY, SORTS, UNITS, Sort, everybody, with_several_roles
from tests.support.service import NOW, client_of, officer, unit_id

ITEM_STATES = {
    "draft": ("draft", None),
    "to_check": ("submitted", {"status": "to_check"}),
    "to_sign": ("submitted", {"status": "to_sign"}),
    "returned_inside": ("returned", {"status": "returned"}),
    "open": ("reported", {"status": "open", "is_here": True}),
    "kept": ("reported", {"status": "kept", "is_here": True}),
    "selected": ("reported", {"status": "selected", "is_here": True}),
    "returned": ("returned", {"status": "returned", "is_here": True}),
    "declined": ("declined", {"status": "declined", "is_here": True}),
    "adopted": ("adopted", {"status": "adopted", "is_here": True}),
    "away": ("reported", {"status": "reported"}),
}
"""State → status in intake, and how review keeps it; `away` is what the office's own clerk reported to the superior."""
TEXT_STATES = ("draft", "in_review", "approved", "published", "revoked")
ISSUE_STATES = ("draft", "signed")
STATES = {"item": tuple(ITEM_STATES), "text": TEXT_STATES, "issue": ISSUE_STATES}
BEFORE_THE_OFFICE = ("draft", "to_check", "to_sign", "returned_inside")


def states_of(kind: str, sort: str = ORDINARY) -> tuple[str, ...]:
    """The states of what an address names: what the office itself writes never comes to it, the rest does not pass it."""
    if kind != "item":
        return STATES.get(kind, ("",))
    if SORTS[sort].seat == "office":
        return (*BEFORE_THE_OFFICE, "away")
    return tuple(state for state in ITEM_STATES if state != "away")


SOMEBODY = UUID(int=7)


@dataclass
class World:
    """The node, its people by seat and role, and what stands in each state."""

    process: NodeProcess
    people: dict[str, Officer] = field(default_factory=dict)
    clients: dict[str, httpx.AsyncClient] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    shared: dict[tuple[str, str, str], dict[str, str]] = field(default_factory=dict)

    async def fill(self) -> None:
        """Register the units, sign everybody in, and make one object of each kind in each state."""
        self.people = everybody() | with_several_roles()
        await self._found()
        for name, who in self.people.items():
            self.clients[name] = await self._signed_in(who)
        self.clients["stranger"] = client_of(self.process)
        for kind, sort in [("text", ""), ("issue", ""), *(("item", sort) for sort in SORTS)]:
            for state in states_of(kind, sort):
                self.shared[kind, sort, state] = await self.make(kind, state, sort)

    async def make(self, kind: str, state: str, sort: str = ORDINARY) -> dict[str, str]:
        """A new object in this state: its ids by the names of path parameters."""
        making = {"item": lambda: self._item(state, SORTS[sort]), "text": lambda: self._text(state)}
        made = await making.get(kind, lambda: self._issue(state))()
        return {name: str(value) for name, value in made.items()}

    async def _found(self) -> None:
        units = [
            Unit(
                unit_id=unit_id(slug), name=name, short_name=name, kind=kind, level=Level.COUNTY, node_id="district",
                org_code=f"0041012{place}",
            )
            for place, (slug, name, kind) in enumerate(UNITS.values())
        ]  # fmt: skip
        keys = public_key_text(self.process.contexts["directory"].node_keys.public)
        superior = PeerRegistered(
            peer="city", name="安澜市", level=Level.CITY, system=System.GOVERNMENT, direction="superior",
            bootstrap_servers="127.0.0.1:1", public_key=keys, key_id="k", unit_id=unit_id("city"),
        )  # fmt: skip
        for name, context in self.process.contexts.items():
            async with context.database.transaction(NOW) as tx:
                if name == "directory":
                    tx.session.add_all([*units, NodeProfile(node_id="district", head_office_id=unit_id("district"))])
                    continue
                for unit in units:
                    said = unit.model_dump(exclude={"version"})
                    await keep_unit(tx, UnitRegistered.model_validate(said))
                await keep_peer(tx, superior)
        self.ids = {
            "unit_id": str(unit_id("water")), "officer_id": str(self.people["unit clerk"].officer_id),
            "node_id": "nobody", "peer": "city", "year": "2026", "day": "2026-11-24", "name": "info_types", "form": "csv",
            "key": "k", "waiting_id": "9", "row_id": "9", "ruleset_id": "none", "version": "1",
            "sha256": "0" * 64, "code": "0502", "service": "intake", "somebody": str(SOMEBODY),
        }  # fmt: skip
        async with self.process.contexts["review"].database.transaction(NOW) as tx:
            periodical = Periodical(
                code="doors",
                title="政务信息",
                kind=PeriodicalKind.BRIEF,
                issuing_office="云岭区人民政府办公室",
                created_at=NOW,
            )
            tx.session.add(periodical)
            self.ids["periodical_id"] = str(periodical.periodical_id)

    async def _signed_in(self, who: Officer) -> httpx.AsyncClient:
        """A client whose sign-in the directory knows, as those who sign and administer need."""
        context = self.process.contexts["directory"]
        session = Session(
            secret_digest=new_id().hex, officer_id=who.officer_id, created_at=NOW, last_used_at=NOW,
            expires_at=NOW + timedelta(hours=12),
        )  # fmt: skip
        async with context.database.transaction(NOW) as tx:
            tx.session.add(
                OfficerRow(
                    officer_id=who.officer_id, username=who.officer_id.hex[-12:], name=who.name, unit_id=who.unit_id,
                    roles=who.roles,
                )
            )  # fmt: skip
            await tx.session.flush()
            tx.session.add(session)
        client = client_of(self.process, who)
        token = client.headers["Authorization"].removeprefix("Bearer ")
        claims = verify_token(token, context.token_keys.public, NOW, "district")
        token = sign_token(replace(claims, session_id=str(session.session_id)), context.token_keys.private)
        client.headers["Authorization"] = f"Bearer {token}"
        return client

    async def _item(self, state: str, sort: Sort) -> dict[str, Any]:
        status, in_review = ITEM_STATES[state]
        (slug, name, _kind), author = UNITS[sort.seat], self.people[sort.author]
        origin_id, file_id, question_id = new_id(), new_id(), new_id()
        hop = parts.Hop(
            n=1, from_node="district", from_unit_id=unit_id(slug), from_unit_name=name,
            to_node="city" if state == "away" else "district", to_level=Level.CITY if state == "away" else Level.COUNTY,
        )  # fmt: skip
        hops = (hop,) if state == "away" or (in_review and in_review.get("is_here")) else ()
        head: dict[str, Any] = {
            "origin_id": origin_id, "title": f"河道 {state}", "origin_node": "district", "touched_at": NOW,
            "info_type": sort.info_type, "unit_id": unit_id(slug), "unit_name": name,
        }  # fmt: skip
        file: dict[str, Any] = {
            "attachment_id": file_id,
            "sha256": "0" * 64,
            "filename": "a.pdf",
            "media_type": "application/pdf",
        }
        async with self.process.contexts["intake"].database.transaction(NOW) as tx:
            written = Submission(
                **head, status=status, created_by=author.officer_id, created_by_name=author.name, created_at=NOW,
                body="清淤", author_name="作者", author_phone="13500000000", non_secret_declared=True,
                hops=hops, reported_version=len(hops),
                authors=[{"name": MOVED.name, "officer_id": str(MOVED.officer_id), "section_id": None}],
            )  # fmt: skip
            tx.session.add(written)
            await tx.session.flush()
            tx.session.add(Attachment(**file, origin_id=origin_id, size=3, added_at=NOW))
            await TEXT_INDEX.put(tx.session, origin_id, f"河道 {state}")
        made = {"origin_id": origin_id, "attachment_id": file_id, "question_id": question_id}
        if in_review is not None:
            await self._item_in_review(head | in_review | {"hops": hops, "submitted_by": author.ref}, file, question_id)
        return made

    async def _item_in_review(self, values: dict[str, Any], file: dict[str, Any], question_id: UUID) -> None:
        edition = parts.Edition(node="district", number=1, title="河道", body="清淤", edited_by="作者", edited_at=NOW)
        content = parts.Content(
            edition=edition, author_name="作者", author_phone="1", non_secret_declared=True,
            attachments=(parts.Attachment(**file, size=3),),
        )  # fmt: skip
        hop = len(values["hops"]) if values.get("is_here") else 0
        async with self.process.contexts["review"].database.transaction(NOW) as tx:
            item = ReviewItem(**values, hop=hop, arrived_at=NOW, handle_by=NOW, open_questions=1)
            sent = SentVersion(
                origin_id=item.origin_id, version=1, hop=hop, event_id="", content=content, from_node="district",
                sender_name=values["unit_name"], told_at=NOW, arrived_at=NOW,
            )  # fmt: skip
            asked = Question(
                question_id=question_id, origin_id=item.origin_id, hop=1, version=1, asked_node="district",
                question="几处？", asked_at=NOW,
            )  # fmt: skip
            tx.session.add_all([item, sent, asked])
            if item.status in {ReviewStatus.SELECTED, ReviewStatus.ADOPTED}:
                is_printed = item.status is ReviewStatus.ADOPTED
                issue = self._new_issue("signed" if is_printed else "draft")
                status = AdoptionStatus.ADOPTED if is_printed else AdoptionStatus.SELECTED
                place = Adoption(
                    origin_id=item.origin_id, issue_id=issue.issue_id, periodical_id=issue.periodical_id,
                    status=status, selected_at=NOW,
                    selected_by=officer(Role.EDITOR, name="采编").ref,
                )  # fmt: skip
                tx.session.add_all([issue, place])
            await tx.session.flush()
            await index_item(tx.session, item, "清淤")

    async def _issue(self, state: str) -> dict[str, Any]:
        issue = self._new_issue(state)
        issue_id = issue.issue_id
        async with self.process.contexts["review"].database.transaction(NOW) as tx:
            tx.session.add(issue)
        return {"issue_id": issue_id}

    def _new_issue(self, state: str) -> Issue:
        number = len(self.shared) * 1000 + new_id().int % 997 if state == "signed" else None
        chief = officer(Role.CHIEF, name="刊物签发").ref
        signed = parts.SignOff(signed_by=chief.name, sign_mode=SignMode.ONLINE, recorded_by=chief, signed_at=NOW)
        return Issue(
            sign_off=signed if number else None, periodical_id=UUID(self.ids["periodical_id"]), status=IssueStatus(state), number=number,
            year=2026 if number else None, created_at=NOW, touched_at=NOW, signed_at=NOW if number else None,
        )  # fmt: skip

    async def _text(self, state: str) -> dict[str, Any]:
        writer = officer(Role.PUBLISHER, name="拟稿人", unit="water", kind=UnitKind.BUREAU).ref
        is_out = state in {"published", "revoked"}
        made = Information(
            information_id=new_id(), status=InformationStatus(state), title="水利局的文稿", body="水利局的正文",
            category_id="0502", formed_on=NOW.date(), publisher_org_id=writer.unit_id, publisher_name="云岭区水利局",
            prepared_by=writer, writers=[str(writer.officer_id)], created_at=NOW, touched_at=NOW,
            index_no=f"00410121/2025-{new_id().hex[-9:]}" if is_out else None,
            outcome=ReviewOutcome.OPEN if state == "approved" else None, attribute=DisclosureAttribute.PROACTIVE,
        )  # fmt: skip
        file = InformationFile(
            information_id=made.information_id, sha256="0" * 64, filename="b.pdf", media_type="application/pdf",
            size=3, added_by="拟稿人", added_at=NOW,
        )  # fmt: skip
        ids = {"information_id": made.information_id, "attachment_id": file.attachment_id}
        async with self.process.contexts["disclosure"].database.transaction(NOW) as tx:
            tx.session.add_all([made, file])
            await tx.session.flush()
            await put_in_index(tx.session, made)
        return ids
