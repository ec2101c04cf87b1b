"""An item with its 审签单 as PDF."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from services.kernel.runtime.documents.manuscript.document import Manuscript
from services.kernel.runtime.documents.official_text import cleaned
from services.kernel.runtime.documents.typesetting import typeset
from services.kernel.runtime.documents.typesetting.fonts import SUBSTITUTION_REMARK, open_font_folder


def manuscript_pdf(document: Manuscript, fonts_dir: Path) -> bytes:
    """The item as PDF/A. Takes up to a second: call it in a child or a thread.

    Raises:
        FontsNotInstalled: The folder lacks the faces.
    """
    fonts, said = open_font_folder(fonts_dir), cleaned(document)
    return typeset("manuscript/manuscript.typ", _as_data(said), fonts=fonts, dated_on=document.dated_on)


def _as_data(said: Manuscript) -> dict[str, Any]:
    return {
        "office": said.office,
        "number": said.number,
        "name": said.name,
        "keywords": [SUBSTITUTION_REMARK],
        "title": said.title_lines,
        "body": [paragraph._asdict() for paragraph in said.paragraphs],
        "particulars": [list(row) for row in said.particulars],
        "files": said.files,
        "head": [list(row) for row in said.head],
        "steps": [[step.step, step.by, step.how, step.at] for step in said.steps],
    }
