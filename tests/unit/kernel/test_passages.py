"""Looking through attachments: every place of every kind of file, and never clean where nobody could read."""

import io
from datetime import date
from pathlib import Path

import docx
import pytest
import xlsxwriter

from services.kernel.runtime.documents.brief import BriefDocument, BriefItem
from services.kernel.runtime.documents.brief.pdf import brief_pdf
from services.kernel.runtime.documents.passages import FileFindings, find_in_file, look_through

FONTS = Path(__file__).parents[3] / ".run/fonts"  # make fonts
ID = "11010519491231002X"


def found(name: str, content: bytes) -> list[tuple[str, str]]:
    return [(place, one.text) for place, one in look_through(name, content, ()).found]


def word() -> bytes:
    made = docx.Document()
    made.add_paragraph("正文")
    split = made.add_paragraph("身份证")
    split.add_run(ID[:9])
    split.add_run(ID[9:])
    made.sections[0].header.paragraphs[0].text = "机密★1年"
    made.add_table(1, 1).cell(0, 0).text = "电话13805780000"
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def sheet() -> bytes:
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream)
    page = book.add_worksheet("名册")
    page.write_row(0, 0, ["姓名", "证件"])
    page.write_row(1, 0, ["张三", ID])
    page.write_number(2, 1, 13805780000)
    page.set_header("&C内部资料")
    book.close()
    return stream.getvalue()


def test_a_word_file_is_looked_through_with_headers_and_tables() -> None:
    assert {text for _, text in found("a.docx", word())} == {ID, "机密★", "13805780000"}
    assert ("页眉", "机密★") in found("a.docx", word())


def test_a_workbook_is_looked_through_row_by_row() -> None:
    assert found("a.xlsx", sheet()) == [
        ("sheet1第2行", ID),
        ("sheet1第3行", "13805780000"),
        ("sheet1页眉页脚", "内部资料"),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "gbk", "utf-16"])
def test_a_text_file_is_looked_through_in_its_encoding(encoding: str) -> None:
    assert found("a.txt", f"名册\n张三 {ID}\n".encode(encoding)) == [("第2行", ID)]


def test_the_contacts_phone_is_left_out_of_files_too() -> None:
    assert look_through("a.txt", "电话13805780000".encode(), ["138 0578 0000"]) == FileFindings()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.docx", b"PK\x03\x04"),
        ("a.xlsx", b"x"),
        ("a.pdf", b"%PDF-1.7 x"),
        ("a.txt", b"\x00\x01"),
        ("a.zip", b"PK"),
        ("a", b""),
    ],
)
def test_what_cannot_be_read_is_told_and_not_taken_for_clean(name: str, content: bytes) -> None:
    assert look_through(name, content, ()).unread


def test_a_pdf_is_looked_through_page_by_page() -> None:
    item = BriefItem("题", (f"张三，身份证号码{ID}。",))
    printed = brief_pdf(BriefDocument("政务信息", "第1期", "区政府办", date(2026, 1, 5), (item,)), FONTS)
    assert ("第1页", ID) in found("a.pdf", printed)
    assert ("第1页", "内部资料") in found("a.pdf", printed)


async def test_a_file_is_looked_through_apart() -> None:
    assert [one.kind for _, one in (await find_in_file("a.docx", word())).found] == [
        "id_card",
        "mobile_phone",
        "secrecy_mark",
    ]
