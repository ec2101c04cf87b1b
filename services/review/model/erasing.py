"""Where review keeps the text of items, and what stands there once it is erased."""

from __future__ import annotations

from services.kernel.language.events.parts import Content
from services.kernel.runtime.keeping.erasure.texts import MARK, Texts
from services.kernel.runtime.storing.search import TextIndex
from services.review.model.issue import Adoption
from services.review.model.item import ReviewItem
from services.review.model.passage import Forward, HistoryRow, Instruction, Question
from services.review.model.text import OwnEdition, SentVersion


def _emptied(content: Content) -> Content:
    """The same edition of the same office without anything in it."""
    edition = content.edition.model_copy(update={"title": MARK, "body": ""})
    return Content(edition=edition, author_name="", author_phone="", non_secret_declared=content.non_secret_declared)


TEXTS = (
    Texts(
        ReviewItem, {"title": MARK, "body_length": 0, "note": "", "sign_scan_sha256": "", "open_questions": 0},
        digest="sign_scan_sha256", index=TextIndex("review_text"),
    ),
    Texts(SentVersion, {"content": _emptied}, digest="content"),
    Texts(OwnEdition, {"title": MARK, "body": "", "figures_changed": []}),
    Texts(Question, {"question": MARK, "answer": MARK}),
    Texts(Forward, {"reason": ""}),
    Texts(Instruction, {"text": None}),
    Texts(HistoryRow, {"note": "", "data": {}}),
    Texts(Adoption, {"title": MARK, "body": ""}),
)  # fmt: skip
