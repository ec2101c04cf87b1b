"""An issue as the document it is printed from: what was signed, or the draft as it stands."""

from __future__ import annotations

from uuid import UUID

from services.kernel.language.calendar import local_date
from services.kernel.runtime.documents.brief import BriefDocument, BriefItem
from services.kernel.runtime.storing.session import AsyncSession
from services.review.model import Adoption, Issue, ReviewItem, Series
from services.review.policy import issue_label
from services.review.store.issues import IssueNotFound, list_entries, titles_of
from services.review.store.items import current_text
from services.review.store.sources import source_names


async def brief_of(session: AsyncSession, issue_id: UUID, node_id: str) -> BriefDocument:
    """The issue with masthead, contents, note, items and recipients (domain rules §5.3).

    Raises:
        IssueNotFound: Unknown.
    """
    found = (await titles_of(session, [issue_id])).get(issue_id)
    if found is None:
        raise IssueNotFound
    issue, periodical = found
    items = await _items(session, issue, node_id)
    return BriefDocument(
        name=periodical.title,
        issue_label=issue_label(issue.number, is_supplement=issue.series is Series.SUPPLEMENT),
        office=periodical.issuing_office,
        issued_on=local_date(issue.signed_at or issue.touched_at),
        items=tuple(items),
        secrecy_mark=issue.mark,
        contents=tuple(item.title for item in items) if len(items) > 1 else (),
        editors_note=issue.note,
        report_to=issue.report_to,
        send_to=issue.send_to,
        distribute_to=issue.distribute_to,
        signer=issue.sign_off.signed_by if issue.sign_off else "",
        copies=issue.copies,
    )


async def _items(session: AsyncSession, issue: Issue, node_id: str) -> list[BriefItem]:
    entries = await list_entries(session, issue.issue_id)
    if not issue.is_draft:
        return [BriefItem(a.title, tuple(a.body.split("\n")), a.source) for a, _ in entries]
    sources = await source_names(session, node_id, [item for _, item in entries])
    return [await _draft_item(session, adoption, item, sources[item.origin_id]) for adoption, item in entries]


async def _draft_item(session: AsyncSession, _adoption: Adoption, item: ReviewItem, source: str) -> BriefItem:
    text = await current_text(session, item)
    return BriefItem(text.title, tuple(text.body.split("\n")), source)
