"""Files made fit for the public: whatever says something about their makers is gone, and the text is all there."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NumberObject, TextStringObject

from services.kernel.runtime.documents.cleaning import NotPublishable, clean_for_public
from services.kernel.runtime.documents.cleaning.pictures import clean_picture
from services.kernel.runtime.documents.reader import read_docx
from tests.support import dirty
from tests.support.dirty import PHONE, SECRET

KINDS: dict[str, Callable[[], bytes]] = {
    "a.docx": dirty.docx,
    "a.xlsx": dirty.xlsx,
    "a.pdf": dirty.pdf,
    "a.jpg": dirty.jpeg,
    "a.png": dirty.png,
}


def text_of(filename: str, content: bytes) -> str:
    return "\n".join(f"{one.place}：{one.text}" for one in clean_for_public(filename, content).passages)


def refused(filename: str, content: bytes) -> str:
    with pytest.raises(NotPublishable) as refusal:
        clean_for_public(filename, content)
    assert "请" in str(refusal.value) or "不能" in str(refusal.value)
    return refusal.value.code


@pytest.mark.parametrize("filename", KINDS)
def test_nothing_about_its_makers_goes_out_with_a_file(filename: str) -> None:
    content = KINDS[filename]()
    assert SECRET.encode() in dirty.everything_in(content)
    cleaned = clean_for_public(filename, content).content
    assert SECRET.encode() not in dirty.everything_in(cleaned)
    again = clean_for_public(filename, cleaned)
    assert SECRET.encode() not in dirty.everything_in(again.content)


@pytest.mark.parametrize("filename", ["a.docx", "a.xlsx", "a.pdf"])
def test_the_text_that_goes_out_is_read(filename: str) -> None:
    assert PHONE in text_of(filename, KINDS[filename]())


def test_a_document_opens_as_before_and_every_part_of_it_is_read() -> None:
    cleaned = clean_for_public("a.docx", dirty.docx())
    opened = read_docx(cleaned.content)
    assert (opened.title, opened.body) == (f"联系电话{PHONE}", "表中文字")
    said = "\n".join(one.text for one in cleaned.passages)
    assert [word for word in ("表中文字", "内部资料", "about:blank") if word not in said] == []
    assert cleaned.unread == ("图片中的文字没有识别，请打开核对",)


BOUND = '<w:sdt><w:sdtPr><w:dataBinding w:xpath="/a"/></w:sdtPr><w:sdtContent><w:p/></w:sdtContent></w:sdt>'


def test_no_editing_mark_is_left_in_a_document() -> None:
    # A mark that points to a part which is gone would make Word call the file damaged.
    content = in_body(BOUND)
    marks = (
        b"dataBinding",
        b"commentRange",
        b"commentReference",
        b"attachedTemplate",
        b"w:rsid",
        b"docProps",
        b"nobody-points-here",
    )
    assert [mark for mark in marks if mark not in dirty.everything_in(content)] == []
    cleaned = dirty.everything_in(clean_for_public("a.docx", content).content)
    assert [mark for mark in marks if mark in cleaned] == []


def test_a_workbook_says_where_its_words_stand() -> None:
    assert f"工作表“名单”第2行：某某\t{PHONE}" in text_of("a.xlsx", dirty.xlsx())


def test_a_workbook_whose_parts_are_named_with_backslashes_is_read() -> None:
    made = BytesIO()
    with zipfile.ZipFile(BytesIO(dirty.xlsx())) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            new.writestr(name.replace("/", "\\").replace("[Content_Types]", "[content_types]"), old.read(name))
    assert PHONE in text_of("a.xlsx", made.getvalue())


def test_a_page_of_a_pdf_stays_and_is_read() -> None:
    cleaned = clean_for_public("a.pdf", dirty.pdf())
    reader = PdfReader(BytesIO(cleaned.content))
    assert (reader.metadata, reader.attachments, sorted(reader.root_object)) == (None, {}, ["/Pages", "/Type"])
    assert "/Annots" not in reader.pages[0]
    assert f"Tel {PHONE}" in reader.pages[0].extract_text()
    photograph: Any = reader.pages[0]["/Resources"]["/XObject"]["/I1"]  # type: ignore[index]
    assert clean_picture(photograph._data) == photograph._data
    assert cleaned.unread == ("第1页有图片或扫描的内容，其中的文字没有识别，请打开核对",)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_keeps_its_pixels_and_its_way_up(orientation: int) -> None:
    upright = clean_picture(dirty.jpeg(orientation=orientation))
    plain = clean_picture(dirty.jpeg(orientation=1))
    assert upright.replace(upright[20:56], b"") == plain if orientation != 1 else upright == plain
    kept = struct.pack(">HHIHH", 0x0112, 3, 1, orientation, 0)
    assert (kept in upright) is (orientation != 1)
    assert (kept in clean_picture(dirty.png(orientation=orientation))) is (orientation != 1)


def test_a_drawing_keeps_its_pixels_and_resolution() -> None:
    cleaned = clean_picture(dirty.png(orientation=1))
    names = [cleaned[at + 4 : at + 8] for at in (8, 33, 54)]
    assert names == [b"IHDR", b"pHYs", b"IDAT"]


def in_body(xml: str) -> bytes:
    return dirty.repacked(dirty.docx(), {"word/document.xml": dirty.replaced("<w:sectPr", f"{xml}<w:sectPr")})


def in_styles(xml: str, body: str) -> bytes:
    return dirty.repacked(in_body(body), {"word/styles.xml": dirty.replaced("</w:styles>", f"{xml}</w:styles>")})


RUN = "<w:r>{}<w:t>不公开的话</w:t></w:r>"
STYLED = '<w:rPr><w:rStyle w:val="{}"/></w:rPr>'
SHOWN = '<w:rPr><w:vanish w:val="0"/></w:rPr>'
BY = 'w:id="9" w:author="某" w:date="2026-01-01T00:00:00Z"'
HIDDEN_STYLE = '<w:style w:type="{}" w:styleId="Mi"><w:rPr><w:vanish/></w:rPr></w:style>'
BASED_ON_IT = '<w:style w:type="character" w:styleId="Yu"><w:basedOn w:val="Mi"/></w:style>'


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (lambda: in_body(f"<w:p><w:ins {BY}>{RUN.format('')}</w:ins></w:p>"), "tracked_changes"),
        (lambda: in_body(f"<w:p><w:del {BY}><w:r><w:delText>旧</w:delText></w:r></w:del></w:p>"), "tracked_changes"),
        (lambda: in_body(f"<w:p><w:moveFrom {BY}>{RUN.format('')}</w:moveFrom></w:p>"), "tracked_changes"),
        (lambda: in_body(f"<w:p><w:pPr><w:pPrChange {BY}/></w:pPr></w:p>"), "tracked_changes"),
        (lambda: in_body(f"<w:p>{RUN.format('<w:rPr><w:vanish/></w:rPr>')}</w:p>"), "hidden_content"),
        (
            lambda: in_styles(
                HIDDEN_STYLE.format("character"), f"<w:p>{RUN.format(STYLED.format('Mi'))}</w:p>"
            ),
            "hidden_content",
        ),
        (
            lambda: in_styles(
                HIDDEN_STYLE.format("character") + BASED_ON_IT,
                f"<w:p>{RUN.format(STYLED.format('Yu'))}</w:p>",
            ),
            "hidden_content",
        ),
        (
            lambda: in_styles(
                HIDDEN_STYLE.format("paragraph"), f'<w:p><w:pPr><w:pStyle w:val="Mi"/></w:pPr>{RUN.format("")}</w:p>'
            ),
            "hidden_content",
        ),
        (
            lambda: dirty.repacked(
                dirty.docx(), {"word/_rels/document.xml.rels": dirty.related("rId77", "oleObject", "embeddings/a.bin")}
            ),
            "embedded_content",
        ),
        (
            lambda: dirty.repacked(
                dirty.docx(),
                {"word/_rels/document.xml.rels": dirty.related("rId77", "image", "file:///C:/a.png", outside=True)},
            ),
            "embedded_content",
        ),
        (
            lambda: dirty.repacked(
                dirty.docx(), {"_rels/.rels": dirty.related("rId77", "digital-signature/origin", "_xmlsignatures/o.sigs")}
            ),
            "signed",
        ),
        (lambda: dirty.repacked(dirty.docx(), {"word/media/image1.jpg": b"\xd7\xcd\xc6\x9a emf"}), "picture_not_cleanable"),
        (lambda: dirty.repacked(dirty.docx(), {"word/document.xml": b"<w:document"}), "unreadable"),
        (
            lambda: dirty.repacked(
                dirty.docx(),
                {"word/document.xml": lambda part: part.replace(b"?>", b'?><!DOCTYPE d [<!ENTITY e "eeee">]>', 1)},
            ),
            "unreadable",
        ),
        (lambda: dirty.repacked(dirty.docx(), {"word/document.xml": b"<" + b"a" * 21 * 1024 * 1024}), "too_complex"),
        (lambda: dirty.docx(" ".join(map(str, range(100_000)))), "text_too_long"),
        (lambda: b"PK\x03\x04" + bytes(50), "unreadable"),
    ],
)  # fmt: skip
def test_a_document_is_refused_with_what_stands_in_the_way(content: Callable[[], bytes], code: str) -> None:
    assert refused("a.docx", content()) == f"attachment_{code}"


def test_text_that_is_shown_after_all_is_no_hidden_text() -> None:
    shown = in_body(f"<w:p>{RUN.format(SHOWN)}</w:p>")
    assert "不公开的话" in text_of("a.docx", shown)


def test_elements_nested_by_the_thousand_are_refused() -> None:
    nested = b"<a>" * 100_000 + b"</a>" * 100_000
    assert refused("a.docx", dirty.repacked(dirty.docx(), {"word/document.xml": nested})) == "attachment_unreadable"


@pytest.mark.parametrize(
    "where", [{"sheet": 'state="hidden"'}, {"sheet": 'state="veryHidden"'}, {"row": 'hidden="1"'}, {"row": 'ht="0"'}]
)
def test_a_workbook_that_hides_something_is_refused(where: dict[str, str]) -> None:
    assert refused("a.xlsx", dirty.xlsx(**where)) == "attachment_hidden_content"


@pytest.mark.parametrize("kind", ["pivotTable", "externalLink", "oleObject", "somethingNew"])
def test_a_workbook_with_more_in_it_than_it_shows_is_refused(kind: str) -> None:
    more = {"xl/worksheets/_rels/sheet1.xml.rels": dirty.related("rId77", kind, "../more.xml")}
    assert refused("a.xlsx", dirty.repacked(dirty.xlsx(), more)) == "attachment_embedded_content"


def encrypt(writer: Any) -> None:
    writer.encrypt("", "owner", algorithm="RC4-128")


def sign(writer: Any) -> None:
    field = DictionaryObject({NameObject("/FT"): NameObject("/Sig"), NameObject("/T"): TextStringObject("章")})
    form = DictionaryObject(
        {NameObject("/Fields"): ArrayObject([writer._add_object(field)]), NameObject("/SigFlags"): NumberObject(3)}
    )
    writer.root_object[NameObject("/AcroForm")] = form


def ask(writer: Any) -> None:
    field = DictionaryObject({NameObject("/FT"): NameObject("/Tx"), NameObject("/V"): TextStringObject("填的字")})
    form = DictionaryObject({NameObject("/Fields"): ArrayObject([writer._add_object(field)])})
    writer.root_object[NameObject("/AcroForm")] = form


def hide_a_layer(writer: Any) -> None:
    shown = DictionaryObject({NameObject("/OFF"): ArrayObject([writer._add_object(DictionaryObject())])})
    writer.root_object[NameObject("/OCProperties")] = DictionaryObject({NameObject("/D"): shown})


def circle(writer: Any) -> None:
    pages = writer.root_object["/Pages"].get_object()
    pages[NameObject("/Kids")] = ArrayObject([pages.indirect_reference])


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (lambda: dirty.pdf(finish=encrypt), "encrypted"),
        (lambda: dirty.pdf(finish=sign), "signed"),
        (lambda: dirty.pdf(finish=ask), "form_fields"),
        (lambda: dirty.pdf(annotation="/Widget"), "form_fields"),
        (lambda: dirty.pdf(annotation="/FreeText"), "annotated"),
        (lambda: dirty.pdf(annotation="/Stamp"), "annotated"),
        (lambda: dirty.pdf(annotation="/Redact"), "annotated"),
        (lambda: dirty.pdf(finish=hide_a_layer), "hidden_content"),
        (lambda: dirty.pdf(finish=circle), "unreadable"),
        (lambda: dirty.pdf()[:700], "unreadable"),
        (lambda: b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF", "unreadable"),
        (lambda: b"%PDF-1.7\n" + b"[" * 200_000, "unreadable"),
    ],
)
def test_a_pdf_is_refused_with_what_stands_in_the_way(content: Callable[[], bytes], code: str) -> None:
    assert refused("a.pdf", content()) == f"attachment_{code}"


@pytest.mark.parametrize(
    ("filename", "code"),
    [
        ("a.doc", "kind_not_publishable"), ("a.wps", "kind_not_publishable"), ("a.ofd", "kind_not_publishable"),
        ("a.zip", "kind_not_publishable"), ("a.tif", "kind_not_publishable"), ("a.mp4", "kind_not_publishable"),
        ("a.neu", "kind_not_publishable"),
    ],
)  # fmt: skip
def test_a_kind_that_cannot_be_cleaned_is_refused(filename: str, code: str) -> None:
    assert refused(filename, b"anything") == f"attachment_{code}"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (dirty.png(width=60_000, height=60_000), "picture_too_large"),
        (dirty.png()[:60], "unreadable"),
        (dirty.png().replace(b"Author", b"AuthoR"), "unreadable"),
        (dirty.jpeg()[:250], "unreadable"),
        (b"\xff\xd8\xff" + b"\xff" * 5_000_000, "unreadable"),
        (dirty.jpeg()[:-20].partition(b"\xff\xd9")[0] + b"\xff" * 5_000_000, "unreadable"),
    ],
)
def test_a_picture_that_is_not_one_is_refused(content: bytes, code: str) -> None:
    assert refused("a.png" if content.startswith(b"\x89") else "a.jpg", content) == f"attachment_{code}"


@pytest.mark.parametrize("name", ["记事本Unicode.txt", "dos_eof.txt", "gb18030.txt"])
def test_a_plain_text_is_read_in_the_encodings_of_offices(name: str) -> None:
    encoding = {"记事本Unicode.txt": "utf-16", "dos_eof.txt": "gbk", "gb18030.txt": "gb18030"}[name]
    content = f"第一行\r\n电话{PHONE}".encode(encoding) + (b"\x1a" if name == "dos_eof.txt" else b"")
    cleaned = clean_for_public(name, content)
    assert cleaned.content == content
    assert cleaned.passages[1].place == "第2行"
    assert PHONE in cleaned.passages[1].text


def test_the_sheet_behind_a_chart_stays_inside() -> None:
    chart = (
        f'<c:chartSpace xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" xmlns:r="{dirty.RELATED}">'
        f'<c:v>十月</c:v><c:externalData r:id="rId1"/></c:chartSpace>'
    )
    relations = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{dirty.RELATED}/package" Target="../embeddings/{SECRET}.xlsx"/></Relationships>'
    )
    content = dirty.repacked(
        dirty.docx(),
        {
            "word/_rels/document.xml.rels": dirty.related("rId77", "chart", "charts/chart1.xml"),
            "word/charts/chart1.xml": chart.encode(),
            "word/charts/_rels/chart1.xml.rels": relations.encode(),
            f"word/embeddings/{SECRET}.xlsx": dirty.xlsx(),
        },
    )
    cleaned = clean_for_public("a.docx", content)
    assert "十月" in "\n".join(one.text for one in cleaned.passages)
    with zipfile.ZipFile(BytesIO(cleaned.content)) as archive:
        assert b"externalData" not in archive.read("word/charts/chart1.xml")
        assert not any("embeddings" in name for name in archive.namelist())


def test_the_same_file_is_cleaned_to_the_same_bytes() -> None:
    for filename, make in KINDS.items():
        content = make()
        assert clean_for_public(filename, content).content == clean_for_public(filename, content).content


def test_pixels_are_copied_and_never_unpacked() -> None:
    # A bomb: a picture that unpacks to a gigabyte is copied as it lies there.
    bomb = zlib.compress(bytes(50_000_000), 9)
    small = dirty.png(orientation=1)
    at = small.index(b"IDAT")
    length = int.from_bytes(small[at - 4 : at])
    chunk = b"IDAT" + bomb
    made = (
        small[: at - 4]
        + struct.pack(">I", len(bomb))
        + chunk
        + struct.pack(">I", zlib.crc32(chunk))
        + small[at + 8 + length :]
    )
    assert len(clean_picture(made)) < len(made)
