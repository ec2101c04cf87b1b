"""An item with its 审签单 as .docx and PDF: real bytes, looked into."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date

import docx
import pytest
from pypdf import PdfReader

from services.kernel.runtime.documents.manuscript import Manuscript, SignStep
from services.kernel.runtime.documents.manuscript.pdf import manuscript_pdf
from services.kernel.runtime.documents.manuscript.word import manuscript_docx
from services.kernel.runtime.documents.printing import print_document
from tests.unit.kernel.test_documents import FONTS, HOSTILE

WHOLE = Manuscript(
    office="龙潭乡党政办公室", number="龙潭乡〔2026〕12号", title="龙潭乡反映：排涝泵站老化",
    body="8月12日，3个低洼片区积水。\n一、主要问题\n泵站建于2004年。", dated_on=date(2026, 11, 24),
    facts=(("类别", "问题类"), ("撰稿人", "李四"), ("联系电话", "")), particulars=(("已做工作", "已自筹维修。"),),
    attachments=("照片.jpg", "报告.pdf"),
    steps=(SignStep("审核", "王五", "", "2026年11月24日 10:20"), SignStep("签发", "赵六", "纸质签发"), SignStep("签收")),
)  # fmt: skip


def words_of(content: bytes) -> str:
    read = docx.Document(io.BytesIO(content))
    cells = [cell.text for table in read.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in read.paragraphs), *cells])


def test_the_word_file_says_who_wrote_checked_and_signed_it_in_which_way() -> None:
    said = words_of(manuscript_docx(WHOLE))
    for word in (
        "龙潭乡〔2026〕12号",
        "一、主要问题",
        "已自筹维修。",
        "2.报告.pdf",
        "审 签 单",
        "王五",
        "纸质签发",
        "签收",
    ):
        assert word in said
    assert "联系电话" not in said


def test_the_sheet_stands_on_a_page_of_its_own_in_the_pdf() -> None:
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(manuscript_pdf(WHOLE, FONTS))).pages]
    assert len(pages) == 2
    assert "积水" in pages[0]
    assert "赵六" not in pages[0]
    assert "赵六" in pages[1]


@pytest.mark.parametrize("form", ["pdf", "docx"])
async def test_what_is_typed_stays_text(form: str) -> None:
    hostile = replace(WHOLE, title=HOSTILE, body=HOSTILE, number=HOSTILE, attachments=(HOSTILE,))
    content = await print_document(hostile, form, FONTS)  # type: ignore[arg-type]
    assert content[:4] == (b"%PDF" if form == "pdf" else b"PK\x03\x04")


def test_an_item_of_which_nothing_is_known_is_printed_all_the_same() -> None:
    bare = Manuscript(office="龙潭乡", number="", title="", body="", dated_on=date(2026, 1, 5))
    assert bare.name == "稿件"
    assert len(PdfReader(io.BytesIO(manuscript_pdf(bare, FONTS))).pages) == 2
