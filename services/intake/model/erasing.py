"""Where intake keeps the text of items, and what stands there once it is erased."""

from __future__ import annotations

from services.intake.model.tables import Attachment, EditionCopy, HistoryRow, Question, Submission
from services.kernel.runtime.keeping.erasure.texts import MARK, Texts
from services.kernel.runtime.storing.search import TextIndex

TEXTS = (
    Texts(
        Submission,
        {
            "title": MARK, "body": "", "author_name": "", "author_phone": "", "authors": [], "details": {},
            "declared_by": None, "returned": None,
        },
        index=TextIndex("intake_text"),
    ),
    Texts(Attachment, is_deleted=True, digest="sha256"),
    Texts(HistoryRow, {"note": "", "data": {}}),
    Texts(EditionCopy, {"title": MARK, "body": ""}),
    Texts(Question, {"question": MARK, "answer": MARK}),
)  # fmt: skip
