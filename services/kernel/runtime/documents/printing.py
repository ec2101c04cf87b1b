"""Prints an issue or an item in a child process, so that the node gives back what typesetting needs (about 350 MB)."""

from __future__ import annotations

import asyncio
import resource
import sys
from pathlib import Path
from typing import Any, Literal

from pydantic import TypeAdapter

from services.kernel.language.refusal import Refusal
from services.kernel.runtime.apart import TooBusy
from services.kernel.runtime.documents.brief.document import BriefDocument
from services.kernel.runtime.documents.manuscript.document import Manuscript

TIMEOUT_S = 60.0
MEMORY_BYTES = 2 * 1024 * 1024 * 1024
"""Of address space; typesetting itself takes 350 MB of memory, half of it mapped fonts that all share."""
AT_ONCE = 4
_printing: set[object] = set()

Printable = BriefDocument | Manuscript
Form = Literal["pdf", "docx"]
_KINDS: dict[str, TypeAdapter[Any]] = {kind.__name__: TypeAdapter(kind) for kind in (BriefDocument, Manuscript)}


class PrintingFailed(Refusal):
    """文件没有生成成功，请稍后再试。"""

    status = 503
    code = "printing_failed"
    message = "文件没有生成成功，请稍后再试；仍不行请告诉管理员。"


async def print_document(document: Printable, form: Form, fonts_dir: Path) -> bytes:
    """The issue or item as a PDF or .docx file; about a second.

    Raises:
        PrintingFailed: The child ended with a fault (it is in the log), took more than a minute or 2 GB.
        TooBusy: Several are printed already.
    """
    if len(_printing) >= AT_ONCE:
        raise TooBusy
    _printing.add(mark := object())
    try:
        return await _printed(document, form, fonts_dir)
    finally:
        _printing.discard(mark)


async def _printed(document: Printable, form: Form, fonts_dir: Path) -> bytes:
    kind = type(document).__name__
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", __name__, kind, form, str(fonts_dir),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        content, _ = await asyncio.wait_for(child.communicate(_KINDS[kind].dump_json(document)), TIMEOUT_S)
    except TimeoutError:
        child.kill()
        raise PrintingFailed from None
    if child.returncode != 0:
        raise PrintingFailed
    return content


def _print_in_child(kind: str, form: str, fonts_dir: Path) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    document = _KINDS[kind].validate_json(sys.stdin.buffer.read())
    sys.stdout.buffer.write(_as_word(document) if form == "docx" else _as_pdf(document, fonts_dir))


def _as_word(document: Printable) -> bytes:
    if isinstance(document, Manuscript):
        from services.kernel.runtime.documents.manuscript.word import manuscript_docx

        return manuscript_docx(document)
    from services.kernel.runtime.documents.brief.word import brief_docx

    return brief_docx(document)


def _as_pdf(document: Printable, fonts_dir: Path) -> bytes:
    if isinstance(document, Manuscript):
        from services.kernel.runtime.documents.manuscript.pdf import manuscript_pdf

        return manuscript_pdf(document, fonts_dir)
    from services.kernel.runtime.documents.brief.pdf import brief_pdf

    return brief_pdf(document, fonts_dir)


if __name__ == "__main__":
    _print_in_child(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
