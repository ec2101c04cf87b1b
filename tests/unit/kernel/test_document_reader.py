"""Dropped .docx files read as plain text, the hostile ones refused: every file is made here."""

import io
import zipfile

import docx
import pytest
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Pt

from services.kernel.runtime.documents.reader import (
    DocumentEncrypted,
    DocumentInOldFormat,
    DocumentTooLong,
    DocumentUnreadable,
    DocumentUnsafe,
    read_docx,
)
from services.kernel.runtime.documents.reader.numbering import chinese_number

LONG = (
    "从报送情况看，仍存在三个方面问题：一是少数单位主动报送意识不强；二是部分信息内容空泛，有情况无分析、有问题无建议。"
)


def saved(word: Document) -> bytes:
    stream = io.BytesIO()
    word.save(stream)
    return stream.getvalue()


def with_part(content: bytes, name: str, part: bytes) -> bytes:
    """The same package with one part replaced or added."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.namelist():
            if entry != name:
                new.writestr(entry, old.read(entry))
        new.writestr(name, part)
    return made.getvalue()


def document_of(body: str) -> bytes:
    return with_part(
        saved(docx.Document()),
        "word/document.xml",
        f"<w:document {nsdecls('w')}><w:body>{body}</w:body></w:document>".encode(),
    )


def paragraph(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def test_a_centred_title_of_two_paragraphs_becomes_one_line() -> None:
    word = docx.Document()
    for text, size in (
        ("龙潭乡关于进一步加强", 22),
        ("山区饮水安全的报告", 22),
        ("龙潭乡人民政府", 16),
        ("（2026年11月4日）", 16),
    ):
        added = word.add_paragraph()
        added.alignment = WD_ALIGN_PARAGRAPH.CENTER
        added.add_run(text).font.size = Pt(size)
    word.add_paragraph("\u3000\u3000今年以来，旱情持续。")
    read = read_docx(saved(word))

    assert read.title == "龙潭乡关于进一步加强山区饮水安全的报告"
    assert read.body == "龙潭乡人民政府\n（2026年11月4日）\n今年以来，旱情持续。"
    assert read.warnings == ()


def test_a_short_first_paragraph_is_the_title_and_a_sentence_is_not() -> None:
    assert read_docx(document_of(paragraph("") + paragraph("饮水安全") + paragraph(LONG))).title == "饮水安全"

    read = read_docx(document_of(paragraph(LONG) + paragraph("第二段")))
    assert (read.title, read.body) == ("", f"{LONG}\n第二段")
    assert "没有认出标题" in read.warnings[0]


def test_tracked_changes_are_read_as_accepted() -> None:
    run = "<w:r><w:t>{}</w:t></w:r>"
    changed = (
        f"<w:p>{run.format('水位')}<w:del><w:r><w:delText>12.6</w:delText></w:r></w:del>"
        f"<w:ins>{run.format('14.2')}</w:ins>{run.format('米')}</w:p>"
    )
    joined = f"<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr>{run.format('前半句，')}</w:p>" + paragraph("后半句。")
    read = read_docx(document_of(paragraph("标题") + changed + joined))

    assert read.body == "水位14.2米\n前半句，后半句。"
    assert any("修订" in warning for warning in read.warnings)


def test_tables_pictures_footnotes_and_hidden_text_are_named() -> None:
    table = (
        "<w:tbl><w:tr><w:tc>"
        + paragraph("乡镇")
        + "</w:tc><w:tc>"
        + paragraph("受灾")
        + paragraph("人口")
        + "</w:tc></w:tr>"
        "<w:tr><w:tc>" + paragraph("龙潭乡") + "</w:tc><w:tc>" + paragraph("142") + "</w:tc></w:tr></w:tbl>"
    )
    odd = (
        "<w:p><w:r><w:t>正文</w:t></w:r><w:r><w:drawing/></w:r><w:r><w:footnoteReference w:id='1'/></w:r>"
        "<w:r><w:rPr><w:vanish/></w:rPr><w:t>内部批语</w:t></w:r><w:r><w:instrText>PAGE</w:instrText></w:r></w:p>"
    )
    read = read_docx(document_of(paragraph("标题") + table + odd))

    assert read.body == "乡镇\t受灾 人口\n龙潭乡\t142\n正文"
    assert [next(w for w in read.warnings if word in w) for word in ("表格", "图片", "脚注", "隐藏")]


def test_automatic_numbers_become_text() -> None:
    def level(number: int, number_format: str, text: str) -> str:
        return (
            f"<w:lvl w:ilvl='{number}'><w:start w:val='1'/><w:numFmt w:val='{number_format}'/>"
            f"<w:lvlText w:val='{text}'/></w:lvl>"
        )

    numbering = (
        f"<w:numbering {nsdecls('w')}><w:abstractNum w:abstractNumId='3'>{level(0, 'chineseCounting', '%1、')}"
        f"{level(1, 'chineseCounting', '（%2）')}{level(2, 'decimal', '%3.')}</w:abstractNum>"
        "<w:num w:numId='1'><w:abstractNumId w:val='3'/></w:num><w:num w:numId='2'><w:abstractNumId w:val='3'/>"
        "<w:lvlOverride w:ilvl='0'><w:startOverride w:val='1'/></w:lvlOverride></w:num></w:numbering>"
    )

    def item(level: int, text: str, list_id: int = 1) -> str:
        return (
            f"<w:p><w:pPr><w:numPr><w:ilvl w:val='{level}'/><w:numId w:val='{list_id}'/></w:numPr></w:pPr>"
            f"<w:r><w:t>{text}</w:t></w:r></w:p>"
        )

    body = paragraph("标题") + item(0, "情况") + item(1, "水源") + item(2, "甲") + item(2, "乙") + item(1, "管网")
    body += item(0, "建议") + item(1, "资金") + item(0, "另起", 2)
    read = read_docx(with_part(document_of(body), "word/numbering.xml", numbering.encode()))

    assert read.body.split("\n") == [
        "一、情况",
        "（一）水源",
        "1.甲",
        "2.乙",
        "（二）管网",
        "二、建议",
        "（一）资金",
        "一、另起",
    ]


@pytest.mark.parametrize(
    ("number", "written"),
    [(1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (105, "一百零五"), (110, "一百一十"), (2003, "二千零三")],
)
def test_numbers_are_written_in_chinese(number: int, written: str) -> None:
    assert chinese_number(number) == written


def test_line_breaks_tabs_fields_and_alternatives_read_as_seen() -> None:
    content = document_of(
        paragraph("标题")
        + "<w:p><w:r><w:t>一行</w:t><w:br/><w:t>二行</w:t><w:tab/><w:t>后</w:t><w:br w:type='page'/></w:r></w:p>"
    )
    alternative = parse_xml(
        f"<w:p {nsdecls('w')} xmlns:mc='http://schemas.openxmlformats.org/markup-compatibility/2006'><mc:AlternateContent>"
        "<mc:Choice><w:r><w:t>新</w:t></w:r></mc:Choice><mc:Fallback><w:r><w:t>旧</w:t></w:r></mc:Fallback></mc:AlternateContent></w:p>"
    )
    word = docx.Document(io.BytesIO(content))
    word.element.body.append(alternative)
    word.element.body.append(OxmlElement("w:altChunk"))
    read = read_docx(saved(word))

    assert read.body == "一行\n二行\t后\n新"


def test_a_file_that_is_no_word_file_is_refused() -> None:
    whole = saved(docx.Document())
    workbook = with_part(whole, "word/document.xml", b"<workbook/>")
    for content in (
        b"",
        b"hello",
        b"%PDF-1.7",
        whole[: len(whole) // 2],
        workbook,
        with_part(whole, "word/document.xml", b"<w:doc"),
    ):
        with pytest.raises(DocumentUnreadable) as refused:
            read_docx(content)
        assert refused.value.code == "document_unreadable"


def test_old_and_encrypted_files_are_told_apart() -> None:
    ole2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
    with pytest.raises(DocumentInOldFormat, match=r"另存为 \.docx"):
        read_docx(ole2 + "WordDocument\0".encode("utf-16-le"))
    with pytest.raises(DocumentEncrypted, match="密码"):
        read_docx(ole2 + "EncryptedPackage\0".encode("utf-16-le"))


def test_entities_are_refused_before_they_expand() -> None:
    lines = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    laughs = f'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY l0 "ha">{lines}]><w:document {nsdecls("w")}><w:body>{paragraph("&l9;")}</w:body></w:document>'
    outside = f'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><w:document {nsdecls("w")}><w:body>{paragraph("&x;")}</w:body></w:document>'
    for xml in (laughs.encode(), outside.encode(), laughs.replace('"1.0"', '"1.0" encoding="UTF-16"').encode("utf-16")):
        with pytest.raises(DocumentUnsafe):
            read_docx(with_part(saved(docx.Document()), "word/document.xml", xml))


def test_a_zip_bomb_is_refused_without_inflating_it() -> None:
    bomb = with_part(saved(docx.Document()), "word/document.xml", b"<a>" + b" " * 60_000_000 + b"</a>")

    assert len(bomb) < 200_000
    with pytest.raises(DocumentUnsafe):
        read_docx(bomb)


def test_elements_nested_by_the_thousand_are_refused() -> None:
    with pytest.raises(DocumentUnreadable):
        read_docx(document_of("<w:p>" + "<w:smartTag>" * 20_000 + "</w:smartTag>" * 20_000 + "</w:p>"))


def test_text_beyond_the_limit_is_refused_and_up_to_it_read() -> None:
    assert len(read_docx(document_of(paragraph("标题") + paragraph("水" * 99_000))).body) == 99_000
    with pytest.raises(DocumentTooLong, match="10 万字"):
        read_docx(document_of(paragraph("水" * 50_000) * 2))


def test_paragraphs_beyond_counting_are_refused_though_they_are_empty() -> None:
    empty = b"<w:p/>" * 60_000
    xml = b'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>%s</w:body></w:document>'
    with pytest.raises(DocumentTooLong, match="段落太多"):
        read_docx(with_part(saved(docx.Document()), "word/document.xml", xml % empty))
