"""Prints an issue in a child process, so that the node gives back what typesetting needs (about 150 MB)."""

from __future__ import annotations

import asyncio
import resource
import sys
from pathlib import Path
from typing import Literal

from pydantic import TypeAdapter

from services.kernel.language.refusal import Refusal
from services.kernel.runtime.apart import TooBusy
from services.kernel.runtime.documents.brief.document import BriefDocument

TIMEOUT_S = 60.0
MEMORY_BYTES = 2 * 1024 * 1024 * 1024
"""Of address space; typesetting itself takes 150 MB of memory."""
AT_ONCE = 4
_printing: set[object] = set()
_BRIEF = TypeAdapter(BriefDocument)


class PrintingFailed(Refusal):
    """文件没有生成成功，请稍后再试。"""

    status = 503
    code = "printing_failed"
    message = "文件没有生成成功，请稍后再试；仍不行请告诉管理员。"


async def print_brief(brief: BriefDocument, form: Literal["pdf", "docx"], fonts_dir: Path) -> bytes:
    """The issue as a PDF or .docx file; about a second.

    Raises:
        PrintingFailed: The child ended with a fault (it is in the log), took more than a minute or 2 GB.
        TooBusy: Several are printed already.
    """
    if len(_printing) >= AT_ONCE:
        raise TooBusy
    _printing.add(mark := object())
    try:
        return await _printed(brief, form, fonts_dir)
    finally:
        _printing.discard(mark)


async def _printed(brief: BriefDocument, form: Literal["pdf", "docx"], fonts_dir: Path) -> bytes:
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
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
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
