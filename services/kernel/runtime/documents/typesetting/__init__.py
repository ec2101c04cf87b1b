"""PDF by typst: the templates are files of ours, data goes in as JSON and stays text."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import typst

from services.kernel.runtime.documents.typesetting.fonts import FontFolder

TEMPLATES = Path(__file__).parents[1]


def typeset(template: str, data: dict[str, Any], *, fonts: FontFolder, dated_on: date) -> bytes:
    """The PDF/A of a template under `documents/`, the same bytes for the same data.

    Args:
        template: Path below `documents/`, e.g. "brief/brief.typ".
        data: Plain values; the template reads them with `json`, never as code.
        dated_on: Stands as creation date in the file, so that no clock enters it.
    """
    printable = fonts.replace_unprintable(json.dumps(data, ensure_ascii=False))
    pdf = typst.compile(
        TEMPLATES / template,
        root=TEMPLATES,
        font_paths=fonts.fonts,
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs={"data": printable, "faces": json.dumps(fonts.faces), "thin": json.dumps(_thin(fonts, printable))},
        pdf_standards=["a-2u"],
        timestamp=datetime(dated_on.year, dated_on.month, dated_on.day, tzinfo=UTC),
    )
    if not isinstance(pdf, bytes):
        raise TypeError("typst gave several files for one PDF")
    return pdf


def _thin(fonts: FontFolder, text: str) -> dict[str, str]:
    """For the heavy faces, a pattern of what is drawn by lighter ones, and is to be made bolder."""
    lacking = {role: fonts.lacking(role, text) for role in ("song", "hei")}
    lacking["hei"] += "".join(map(chr, range(0x21, 0x7F)))  # ASCII is in one face all over the page
    return {
        role: "[" + "".join(f"\\u{{{ord(c):x}}}" for c in some) + "]+" if some else "[^\\s\\S]"
        for role, some in lacking.items()
    }
