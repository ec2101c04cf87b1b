"""Dropped .docx files read as plain text, the hostile ones refused: every file is made here."""

import io
import zipfile
from pathlib import Path

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
    read_document,
    read_docx,
)
from services.kernel.runtime.documents.reader.formats import FORMATS, chinese_number

CASES = Path(__file__).parent / "cases"

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


def level(number: int, number_format: str, text: str, more: str = "") -> str:
    return (
        f"<w:lvl w:ilvl='{number}'><w:start w:val='1'/><w:numFmt w:val='{number_format}'/>{more}"
        f"<w:lvlText w:val='{text}'/></w:lvl>"
    )


def numbered(level: int, text: str, list_id: int = 1) -> str:
    return (
        f"<w:p><w:pPr><w:numPr><w:ilvl w:val='{level}'/><w:numId w:val='{list_id}'/></w:numPr></w:pPr>"
        f"<w:r><w:t>{text}</w:t></w:r></w:p>"
    )


def with_lists(body: str, lists: str) -> bytes:
    numbering = f"<w:numbering {nsdecls('w')}>{lists}</w:numbering>"
    return with_part(document_of(paragraph("标题") + body), "word/numbering.xml", numbering.encode())


def test_automatic_numbers_become_text() -> None:
    lists = (
        f"<w:abstractNum w:abstractNumId='3'>{level(0, 'chineseCounting', '%1、')}"
        f"{level(1, 'chineseCounting', '（%2）')}{level(2, 'decimal', '%3.')}</w:abstractNum>"
        "<w:num w:numId='1'><w:abstractNumId w:val='3'/></w:num><w:num w:numId='2'><w:abstractNumId w:val='3'/>"
        "<w:lvlOverride w:ilvl='0'><w:startOverride w:val='1'/></w:lvlOverride></w:num>"
    )
    body = numbered(0, "情况") + numbered(1, "水源") + numbered(2, "甲") + numbered(2, "乙") + numbered(1, "管网")
    body += numbered(0, "建议") + numbered(1, "资金") + numbered(0, "另起", 2)
    read = read_docx(with_lists(body, lists))

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
    assert read.warnings == ()


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("a", "第一章 总则\n第一条 甲条。\n第二条 乙条。\n第二章 职责\n第三条 丙条。"),
        ("b", "第一章 总体要求\n1.1 工作目标\n第二章 重点任务\n2.1 排查整治"),
        ("d", "（一）抓排查\n（二）抓整改"),
    ],
)
def test_numbers_that_came_out_wrong_are_counted_as_word_counts_them(name: str, body: str) -> None:
    read = read_docx((CASES / f"{name}.docx").read_bytes())
    assert (read.body, read.warnings) == (body, ())


def test_ticked_boxes_chosen_entries_enclosed_numbers_and_squares_are_read_as_seen() -> None:
    read = read_docx((CASES / "symbols.docx").read_bytes())
    assert read.body.split("\n") == [
        "是否已整改：☑是 □否",
        "☑属实",
        "☑属实",
        "截至11月29日。面积3²；下降50%",
        "较大级事件",
        "加圈㉑号井",
    ]
    assert read.warnings == ("文件里有自动更新的日期，已按文件中保存的日期导入，请核对。",)


def test_a_list_that_goes_by_a_style_and_empty_numbered_paragraphs_are_counted() -> None:
    lists = (
        f"<w:abstractNum w:abstractNumId='1'><w:styleLink w:val='公文'/>{level(0, 'chineseCountingThousand', '%1、')}</w:abstractNum>"
        "<w:abstractNum w:abstractNumId='2'><w:numStyleLink w:val='公文'/></w:abstractNum>"
        "<w:num w:numId='1'><w:abstractNumId w:val='2'/></w:num>"
    )
    read = read_docx(with_lists(numbered(0, "甲") + numbered(0, "") + numbered(0, "乙"), lists))
    assert (read.body, read.warnings) == ("一、甲\n三、乙", ())


def test_a_style_stands_at_the_level_that_its_list_gives_it() -> None:
    styled_level = level(1, "decimal", "%1.%2", "<w:pStyle w:val='H2'/>")
    lists = (
        f"<w:abstractNum w:abstractNumId='1'>{level(0, 'decimal', '%1')}{styled_level}"
        "</w:abstractNum><w:num w:numId='1'><w:abstractNumId w:val='1'/></w:num>"
    )
    styles = (
        f"<w:styles {nsdecls('w')}><w:style w:type='paragraph' w:styleId='H2'><w:name w:val='二级'/>"
        "<w:pPr><w:numPr><w:numId w:val='1'/></w:numPr></w:pPr></w:style></w:styles>"
    )
    styled = "<w:p><w:pPr><w:pStyle w:val='H2'/></w:pPr><w:r><w:t>水源</w:t></w:r></w:p>"
    content = with_part(with_lists(numbered(0, "情况") + styled, lists), "word/styles.xml", styles.encode())
    assert read_docx(content).body == "1 情况\n1.1 水源"


@pytest.mark.parametrize(
    "lists",
    [
        "",
        f"<w:abstractNum w:abstractNumId='1'>{level(0, 'thaiLetters', '%1.')}</w:abstractNum>",
        f"<w:abstractNum w:abstractNumId='1'>{level(3, 'decimal', '%1.')}</w:abstractNum>",
        f"<w:abstractNum w:abstractNumId='1'>{level(0, 'decimal', '%1.%2')}{level(1, 'decimal', '%2')}</w:abstractNum>",
    ],
)
def test_a_number_that_cannot_be_counted_safely_is_a_warning(lists: str) -> None:
    read = read_docx(with_lists(numbered(0, "甲"), f"{lists}<w:num w:numId='1'><w:abstractNumId w:val='1'/></w:num>"))
    assert any("自动编号可能不准" in warning for warning in read.warnings)


@pytest.mark.parametrize(
    ("number_format", "number", "written"),
    [
        ("chineseCounting", 101, "一〇一"), ("chineseCountingThousand", 101, "一百零一"), ("ideographDigital", 20, "二〇"),
        ("chineseLegalSimplified", 11, "壹拾壹"), ("ideographTraditional", 3, "丙"), ("ideographZodiac", 12, "亥"),
        ("decimalEnclosedCircle", 36, "㊱"), ("decimalEnclosedCircleChinese", 10, "⑩"), ("decimalEnclosedParen", 2, "⑵"),
        ("decimalEnclosedFullstop", 3, "⒊"), ("ideographEnclosedCircle", 4, "㊃"), ("decimalFullWidth", 12, "１２"),
        ("upperRoman", 14, "XIV"), ("lowerLetter", 27, "aa"), ("decimalZero", 7, "07"), ("ordinal", 22, "22nd"),
        ("numberInDash", 5, "- 5 -"),
    ],
)  # fmt: skip
def test_every_format_is_written_as_word_writes_it(number_format: str, number: int, written: str) -> None:
    assert FORMATS[number_format](number) == written


def test_the_largest_centred_paragraph_below_the_masthead_is_the_title() -> None:
    word = docx.Document()
    for text, size in (
        ("云岭区龙潭乡人民政府文件", 52),
        ("龙政发〔2026〕12号", 16),
        ("关于进一步加强山区饮水安全的报告", 22),
        ("龙潭乡人民政府", 16),
    ):
        added = word.add_paragraph()
        added.alignment = WD_ALIGN_PARAGRAPH.CENTER
        added.add_run(text).font.size = Pt(size)
    word.add_paragraph("今年以来，旱情持续。")
    read = read_docx(saved(word))
    assert read.title == "关于进一步加强山区饮水安全的报告"
    assert read.body.startswith("云岭区龙潭乡人民政府文件\n龙政发〔2026〕12号\n龙潭乡人民政府\n今年以来")


def test_footnotes_stand_at_the_end_and_bullets_and_unknown_elements_are_told() -> None:
    notes = f"<w:footnotes {nsdecls('w')}><w:footnote w:id='1'><w:p><w:r><w:t>数据截至10月。</w:t></w:r></w:p></w:footnote></w:footnotes>"
    relations = (
        "<Relationships xmlns='http://schemas.openxmlformats.org/package/2006/relationships'><Relationship Id='r1' "
        "Type='http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes' Target='footnotes.xml'/></Relationships>"
    )
    body = "<w:p><w:r><w:t>受益426户</w:t></w:r><w:r><w:footnoteReference w:id='1'/></w:r><w:wonder><w:r><w:t>另有</w:t></w:r></w:wonder></w:p>"
    content = with_part(document_of(paragraph("标题") + body), "word/footnotes.xml", notes.encode())
    read = read_docx(with_part(content, "word/_rels/document.xml.rels", relations.encode()))

    assert read.body == "受益426户〔注1〕另有\n〔注1〕数据截至10月。"
    assert any("wonder" in warning for warning in read.warnings)


@pytest.mark.parametrize(
    ("code", "seen"),
    [
        (r"EQ \\o\\ac(○,5)", "⑤"), (r"eq \\f(1,2)", "1/2"), ("SYMBOL 254 \\\\f \"Wingdings\"", "☑"), (r"EQ \\s\\up5(2)", "²"),
        ("PAGE", ""),
    ],
)  # fmt: skip
def test_fields_without_a_result_are_worked_out(code: str, seen: str) -> None:
    code = code.replace("\\\\", "\\")
    field = (
        "<w:r><w:fldChar w:fldCharType='begin'/></w:r>"
        f"<w:r><w:instrText> {code} </w:instrText></w:r><w:r><w:fldChar w:fldCharType='end'/></w:r>"
    )
    read = read_docx(
        document_of(paragraph("标题") + f"<w:p><w:r><w:t>前</w:t></w:r>{field}<w:r><w:t>后</w:t></w:r></w:p>")
    )
    assert (read.body, read.warnings) == (f"前{seen}后", ())


def test_a_field_that_cannot_be_worked_out_is_told_and_one_without_end_swallows_nothing() -> None:
    begin = "<w:r><w:fldChar w:fldCharType='begin'/></w:r><w:r><w:instrText> DOCPROPERTY 某 </w:instrText></w:r>"
    read = read_docx(document_of(paragraph("标题") + f"<w:p>{begin}</w:p>" + paragraph("正文")))
    assert read.body == "正文"
    assert any("域" in warning for warning in read.warnings)


def test_signs_of_symbol_fonts_and_scripts_are_characters_or_are_told() -> None:
    runs = (
        "<w:r><w:rPr><w:rFonts w:ascii='Wingdings 2'/></w:rPr><w:t>R</w:t></w:r><w:r><w:t>CO</w:t></w:r>"
        "<w:r><w:rPr><w:vertAlign w:val='subscript'/></w:rPr><w:t>2</w:t></w:r>"
        "<w:r><w:rPr><w:vertAlign w:val='superscript'/></w:rPr><w:t>[甲]</w:t></w:r><w:r><w:sym w:font='Wingdings 3' w:char='F001'/></w:r>"
    )
    read = read_docx(document_of(paragraph("标题") + f"<w:p>{runs}</w:p>"))
    assert read.body == "☑CO₂[甲]"
    assert [any(word in warning for warning in read.warnings) for word in ("上标", "有符号没有导入")] == [True, True]


LINES = "受灾户名册\n1\t张三\t漏雨、房顶"


@pytest.mark.parametrize(
    ("name", "start"),
    [
        ("notepad_unicode.txt", "受灾户名册\n1\t"),
        ("dos_eof.txt", "受灾户名册\n1\t"),
        ("gb18030.txt", "受灾户名册\n1\t"),
    ],
)
def test_text_files_are_read_in_the_encodings_of_windows(name: str, start: str) -> None:
    read = read_document((CASES / name).read_bytes())
    assert f"{read.title}\n{read.body}".startswith(start)
    assert "\x1a" not in read.body


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gbk", "gb18030"])
def test_a_text_file_gives_title_and_body(encoding: str) -> None:
    read = read_document("关于防汛的报告\r\n\r\n\u3000\u3000水位12.5米。\r\n".encode(encoding))
    assert (read.title, read.body) == ("关于防汛的报告", "水位12.5米。")
    with pytest.raises(DocumentUnreadable):
        read_document(b"\x89PNG\r\n\x1a\n\0\0\0")


@pytest.mark.parametrize(("text", "is_told"), [("机密★1年", True), ("— 1 —", False)])
def test_text_in_the_margins_is_left_out_and_told(text: str, is_told: bool) -> None:
    word = docx.Document()
    word.add_paragraph("正文。")
    word.sections[0].header.paragraphs[0].text = text
    assert ("页眉和页脚没有导入。" in read_docx(saved(word)).warnings) is is_told


def test_parts_with_other_capitals_and_slashes_are_found() -> None:
    content = document_of(paragraph("标题") + paragraph("正文"))
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w") as new:
        for entry in old.namelist():
            new.writestr(entry.replace("/", "\\").lower(), old.read(entry))
    assert read_docx(made.getvalue()).body == "正文"


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
    with pytest.raises(DocumentInOldFormat, match=r"另存为”，“保存类型”选“Word 文档（\*\.docx）"):
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
