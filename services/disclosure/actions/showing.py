"""The portal takes in what was published and gives up what was revoked; facts are all it knows."""

from __future__ import annotations

from services.disclosure.model import PublicInformation
from services.disclosure.store.numbering import settle_index_no
from services.disclosure.store.portal import PUBLIC_INDEX, lock_public
from services.kernel.language.events.disclosure import InformationPublished, InformationRevoked
from services.kernel.runtime.storing.transaction import Transaction

_EMPTY = {
    "title": "", "body": "", "summary": "", "document_no": "", "subject": "", "genre": "", "audience": "",
    "source": "", "effective_on": None, "repealed_on": None, "validity": None,
}  # fmt: skip


async def show_on_portal(tx: Transaction, fact: InformationPublished) -> None:
    """A text was published: show it and make it found."""
    shown = await lock_public(tx.session, fact.information_id)
    if shown is not None and shown.revoked_at is not None:
        return
    values = fact.model_dump(exclude={"publisher_org_id", "attachments", "validity", "keywords"})
    values["keywords"] = list(fact.keywords)
    values["validity"] = fact.validity or None
    values["attachments"] = [file.model_dump(mode="json") for file in fact.attachments]
    values["index_no"] = await settle_index_no(
        tx.session, PublicInformation, fact.index_no,
        information_id=fact.information_id, published_at=fact.published_at,
    )  # fmt: skip
    shown = shown or PublicInformation(information_id=fact.information_id, node=fact.node, index_no=values["index_no"])
    for name, value in values.items():
        setattr(shown, name, value)
    tx.session.add(shown)
    await tx.session.flush()
    words = (fact.title, fact.index_no, fact.document_no, fact.summary, *fact.keywords, fact.body)
    await PUBLIC_INDEX.put(tx.session, fact.information_id, "\n".join(words))


async def leave_tombstone(tx: Transaction, fact: InformationRevoked) -> None:
    """A text was revoked: number, reason and time stay, the text and its files go."""
    shown = await lock_public(tx.session, fact.information_id)
    if shown is None:
        index_no = await settle_index_no(
            tx.session, PublicInformation, fact.index_no, information_id=fact.information_id, published_at=None
        )
        shown = PublicInformation(information_id=fact.information_id, node=fact.node, index_no=index_no)
    for name, value in _EMPTY.items():
        setattr(shown, name, value)
    shown.keywords, shown.attachments = [], []
    shown.revoked_at, shown.revoke_reason = fact.revoked_at, fact.reason
    tx.session.add(shown)
    await PUBLIC_INDEX.remove(tx.session, fact.information_id)
