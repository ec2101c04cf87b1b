"""Where disclosure keeps the text of items and what was made of it, and what stands there once it is erased."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from sqlalchemy import inspect, select

from services.disclosure.model.information import FileText, Information, InformationFile, Review, Step
from services.disclosure.model.item import KnownItem
from services.disclosure.model.public import PublicInformation
from services.kernel.runtime.keeping.erasure.texts import MARK, Texts
from services.kernel.runtime.storing.search import TextIndex


def _through_information(table: Any) -> Callable[[UUID], Any]:
    """Rows of the public texts that were made from an item."""
    made = inspect(Information).local_table.c
    return lambda origin_id: table.information_id.in_(select(made.information_id).where(made.origin_id == origin_id))


TEXTS = (
    Texts(FileText, is_deleted=True, find=_through_information(FileText)),
    Texts(InformationFile, digest="public_sha256", find=_through_information(InformationFile)),
    Texts(InformationFile, is_deleted=True, digest="sha256", find=_through_information(InformationFile)),
    Texts(
        Review,
        {"title": MARK, "body": "", "opinion": "", "points": [], "passages": [], "seen": {}},
        find=_through_information(Review),
    ),
    Texts(Step, {"note": ""}, find=_through_information(Step)),
    Texts(
        PublicInformation,
        {"title": MARK, "body": "", "summary": "", "keywords": [], "attachments": []},
        digest="attachments",
        index=TextIndex("public_information_text"),
        index_key="information_id",
        find=_through_information(PublicInformation),
    ),
    Texts(
        Information,
        {"title": MARK, "body": "", "summary": "", "reviewed_body": "", "keywords": []},
        index=TextIndex("disclosure_text"),
        index_key="information_id",
    ),
    Texts(KnownItem, {"title": MARK, "body": "", "own_title": "", "own_body": ""}),
)
