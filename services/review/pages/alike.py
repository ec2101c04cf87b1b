"""What takes longer to find out about an item than its page may: items that read alike, and what its files hold."""

from __future__ import annotations

from uuid import UUID

from fastapi import Request, Response

from services.kernel.language.likeness import Likeness, near_duplicates
from services.kernel.runtime.apart import TooBusy, WorkTooLarge
from services.kernel.runtime.pages.comparing import COMPARING
from services.kernel.runtime.pages.templating import page
from services.kernel.runtime.web.dependencies import Context, Me, Now, Reading, edge_router
from services.review.policy.checks import files_check
from services.review.store.alike import recent_texts
from services.review.store.lists import office_items
from services.review.store.looking import look_through_files
from services.review.store.sheet import item_sheet

router = edge_router()

_COMPARED_CHARACTERS = 3_000
_SHOWN = 3


@router.get("/queue/{origin_id}/alike")
async def show_alike(request: Request, origin_id: UUID, me: Me, *, session: Reading, now: Now) -> Response:
    sheet = await item_sheet(session, origin_id, me, now)
    recent = await recent_texts(session, office_items(me), sheet.item, now=now) if sheet.latest else []
    others = {
        str(item.origin_id): (item, _text(sent.content.edition.title, sent.content.edition.body))
        for item, sent in recent
    }
    said = sheet.latest.content.edition if sheet.latest else None
    found = (
        await _compared(_text(said.title, said.body), [(one, text) for one, (_, text) in others.items()])
        if said
        else []
    )
    alike = [(others[one.origin_id][0], one) for one in found[:_SHOWN]]
    return page(request, "review/_alike.html", alike=alike, compared=len(others), here=sheet.item)


@router.get("/looked/{origin_id}")
async def show_looked(request: Request, origin_id: UUID, me: Me, *, context: Context, now: Now) -> Response:
    """Personal data and secrecy marks in the newest version's files; the database is let go while they are read."""
    async with context.database.reading() as session:
        sheet = await item_sheet(session, origin_id, me, now)
    found = await look_through_files(context.files, sheet)
    return page(request, "review/_looked.html", check=files_check(found) if found else None)


async def _compared(text: str, others: list[tuple[str, str]]) -> list[Likeness]:
    if not others:
        return []
    try:
        found: list[Likeness] = await COMPARING.work(near_duplicates, text, others)
    except (TooBusy, WorkTooLarge):
        return []  # a hint: the item is shown without it
    return found


def _text(title: str, body: str) -> str:
    return f"{title}\n{body}"[:_COMPARED_CHARACTERS]
