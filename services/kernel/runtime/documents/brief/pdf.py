"""An issue as PDF, for reading and printing where the office fonts are missing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from services.kernel.runtime.documents.brief.document import BriefDocument, BriefItem
from services.kernel.runtime.documents.official_text import breakable, cleaned
from services.kernel.runtime.documents.typesetting import typeset
from services.kernel.runtime.documents.typesetting.fonts import (
    SUBSTITUTION_REMARK,
    open_font_folder,
)


def brief_pdf(document: BriefDocument, fonts_dir: Path) -> bytes:
    """The issue as PDF/A. Takes up to a second: call it in a thread.

    Characters that no font has are printed as 〓; ask `unprintable_characters` first and tell
    the editor. The file says in its keywords which fonts stand in and what is missing.

    Raises:
        FontsNotInstalled: The folder lacks the faces.
    """
    data = _as_data(cleaned(document))
    missing = unprintable_characters(document, fonts_dir)
    # Named by code point: in the character itself the keyword would show 〓 too.
    named = "".join(f" U+{ord(c):04X}" for c in missing)
    data["keywords"] = [SUBSTITUTION_REMARK, *([f"缺字：{named.strip()}"] if missing else [])]
    return typeset("brief/brief.typ", data, fonts=open_font_folder(fonts_dir), dated_on=document.issued_on)


def unprintable_characters(document: BriefDocument, fonts_dir: Path) -> str:
    """The characters of the issue that its PDF cannot show, sorted; usually none."""
    return open_font_folder(fonts_dir).unprintable(_all_text(_as_data(cleaned(document))))


def _as_data(document: BriefDocument) -> dict[str, Any]:
    return {
        "name": document.name,
        "secrecy": document.secrecy_mark,
        "copy_no": document.copy_no,
        "issue": document.issue_label,
        "total": document.total_label,
        "office": document.office,
        "date": document.date_label,
        "contents": [breakable(entry) for entry in document.contents],
        "note": [breakable(paragraph) for paragraph in document.note_paragraphs],
        "articles": [_article_data(item) for item in document.articles],
        "recipients": [breakable(line) for line in document.recipients],
        "signer": document.signer_label,
        "copies": document.copies_label,
    }


def _article_data(item: BriefItem) -> dict[str, Any]:
    body = [p._replace(heading=breakable(p.heading), text=breakable(p.text)) for p in item.body]
    return {"title": item.title_lines, "body": [p._asdict() for p in body]}


def _all_text(value: Any) -> str:
    if isinstance(value, dict):
        return "".join(_all_text(part) for part in value.values())
    if isinstance(value, list):
        return "".join(_all_text(part) for part in value)
    return str(value)
