"""Prints an issue in a child process, so that the node gives back what typesetting needs (about 150 MB)."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Literal

from pydantic import TypeAdapter

from services.kernel.language.refusal import Refusal
from services.kernel.runtime.documents.brief.document import BriefDocument

TIMEOUT_S = 60.0
_BRIEF = TypeAdapter(BriefDocument)


class PrintingFailed(Refusal):
    """文件没有生成成功，请稍后再试。"""

    status = 503
    code = "printing_failed"
    message = "文件没有生成成功，请稍后再试；仍不行请告诉管理员。"


async def print_brief(brief: BriefDocument, form: Literal["pdf", "docx"], fonts_dir: Path) -> bytes:
    """The issue as a PDF or .docx file; about a second.

    Raises:
        PrintingFailed: The child ended with a fault (it is in the log) or took more than a minute.
    """
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", __name__, form, str(fonts_dir),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        content, _ = await asyncio.wait_for(child.communicate(_BRIEF.dump_json(brief)), TIMEOUT_S)
    except TimeoutError:
        child.kill()
        raise PrintingFailed from None
    if child.returncode != 0:
        raise PrintingFailed
    return content


def _print_in_child(form: str, fonts_dir: Path) -> None:
    brief = _BRIEF.validate_json(sys.stdin.buffer.read())
    if form == "docx":
        from services.kernel.runtime.documents.brief.word import brief_docx

        content = brief_docx(brief)
    else:
        from services.kernel.runtime.documents.brief.pdf import brief_pdf

        content = brief_pdf(brief, fonts_dir)
    sys.stdout.buffer.write(content)


if __name__ == "__main__":
    _print_in_child(sys.argv[1], Path(sys.argv[2]))
