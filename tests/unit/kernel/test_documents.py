"""Issues as .docx and PDF: real bytes, looked into."""

import asyncio
import io
import re
import zipfile
import zlib
from datetime import date
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from pypdf import PdfReader

from services.kernel.runtime.apart import TooBusy
from services.kernel.runtime.documents.brief import BriefDocument, BriefItem
from services.kernel.runtime.documents.brief.pdf import brief_pdf, unprintable_characters
from services.kernel.runtime.documents.brief.unprintable import list_unprintable, unprintable_in
from services.kernel.runtime.documents.brief.word import brief_docx
from services.kernel.runtime.documents.official_text import clean_text, em_width, read_paragraph, title_lines
from services.kernel.runtime.documents.printing import AT_ONCE, print_document
from services.kernel.runtime.documents.reader import (
    read_docx,
)
from services.kernel.runtime.documents.typesetting.fonts import FontsNotInstalled

FONTS = Path(__file__).parents[3] / ".run/fonts"  # make fonts
LONG = (
    "从报送情况看，仍存在三个方面问题：一是少数单位主动报送意识不强；二是部分信息内容空泛，有情况无分析、有问题无建议。"
)
HOSTILE = '#panic("x") $x^2$ *b* <b>粗</b> {{7*7}} \\u{41} `raw` @ref #read("/etc/passwd")'


def make_brief(**changes: Any) -> BriefDocument:
    values: dict[str, Any] = {
        "name": "政务信息",
        "issue_label": "第12期",
        "office": "云岭区人民政府办公室",
        "issued_on": date(2026, 11, 4),
        "items": (
            BriefItem(
                "龙潭乡反映山区饮水安全的三个问题",
                ("今年以来，旱情持续。", "一、主要问题", "（一）水源不足。全乡37处水源枯竭。", "1.管网老化", LONG),
                "龙潭乡",
            ),
        ),
        "report_to": "市政府办公室。",
        "distribute_to": "各乡镇人民政府。",
        "signer": "陈珺瑢",
        "copies": 85,
    }
    return BriefDocument(**(values | changes))


def twelve_items() -> tuple[BriefItem, ...]:
    return tuple(
        BriefItem(f"第{n}件：区水利局反映小型水库安全度汛的问题", (LONG, LONG), "区水利局") for n in range(1, 13)
    )


# --- prose ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("paragraph", "face", "heading", "text"),
    [
        ("一、基本情况", "hei", "一、基本情况", ""),
        ("十二、加强领导。各单位要重视。", "hei", "十二、加强领导。", "各单位要重视。"),
        ("（三）水源不足。全乡枯竭。", "kai", "（三）水源不足。", "全乡枯竭。"),
        ("1.管网老化", "fang", "1.管网老化", ""),
        ("（2）资金缺口。差三百万。", "fang", "（2）资金缺口。", "差三百万。"),
        ("\u3000\u30003.2万亩灌区受益。", "fang", "", "3.2万亩灌区受益。"),
        ("一是重视不够；二是经费不足。", "fang", "", "一是重视不够；二是经费不足。"),
        ("一、" + "很长" * 30 + "。", "fang", "", "一、" + "很长" * 30 + "。"),
    ],
)
def test_numbering_at_the_start_of_a_paragraph_is_recognised(
    paragraph: str, face: str, heading: str, text: str
) -> None:
    assert read_paragraph(paragraph) == (face, heading, text)


def test_what_cannot_be_printed_is_stripped_and_names_are_left_alone() -> None:
    assert clean_text("a\x00\x1b\u202eb\ud800\ufeffc\r\nd\te") == "abc\nd\te"
    assert clean_text("珺瑢喆䶮𠅤") == "珺瑢喆䶮𠅤"


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        ("县农业农村局反映秋收机具调度情况", ["县农业农村局反映秋收机具调度情况"]),
        ("县行政审批局推行“一窗受理”改革中的3个问题", ["县行政审批局推行", "“一窗受理”改革中的3个问题"]),
        ("关于2026年第三季度全县政务信息采用情况的通报", ["关于2026年第三季度全县", "政务信息采用情况的通报"]),
        ("云岭区反映\n关于基层减负的三点建议", ["云岭区反映", "关于基层减负的三点建议"]),
        ("", []),
    ],
)
def test_titles_break_into_balanced_lines_between_words(title: str, lines: list[str]) -> None:
    assert title_lines(title, 20) == lines


@pytest.mark.parametrize(
    "title",
    [
        "区水利局反映𠮷水村㐂字号水库2026年度安全度汛的3个问题（龙潭乡）",
        "区应急管理局关于进一步做好今冬明春农村地区安全生产和火灾防控工作情况的报告（龙潭乡）",
        "龙潭乡人民政府积极开展冬春农田水利设施建设（龙潭乡）",
        "云岭区住房和城乡建设局反映老旧小区加装电梯面临的四个方面困难和有关建议",
        "区民政局扎实推进居家和社区养老服务改革试点工作取得阶段性成效",
    ],
)
def test_a_title_breaks_between_words_and_leaves_no_remark_alone(title: str) -> None:
    import rjieba

    lines = title_lines(title, 20)
    assert "".join(lines) == title
    assert not any(re.fullmatch("（.*）", line) for line in lines)
    starts, at = set(), 0
    for word in rjieba.cut(title):
        starts.add(at)
        at += len(word)
    breaks = [len("".join(lines[:number])) for number in range(1, len(lines))]
    assert breaks
    assert set(breaks) <= starts


def test_a_title_of_any_length_fits_the_line_and_loses_nothing() -> None:
    for title in ("水" * 500, "A" * 300, "《" * 60, "1" * 41, "水库" * 30 + "》"):
        lines = title_lines(title, 20)
        assert "".join(lines) == title
        assert all(em_width(line) <= 20 for line in lines)


# --- PDF --------------------------------------------------------------------------------------


def pages_of(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", inflated(pdf)))


def inflated(pdf: bytes) -> bytes:
    """The file with its compressed streams opened, so that objects and metadata can be read."""
    streams = re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL)
    opened = []
    for stream in streams:
        try:
            opened.append(zlib.decompressobj().decompress(stream))
        except zlib.error:
            opened.append(stream)
    return pdf + b"\n".join(opened)


def characters_of(pdf: bytes) -> set[str]:
    """What a reader can copy out of the file: the targets of its fonts' character maps."""
    targets = re.findall(rb"<[0-9A-F]{4}> <([0-9A-F]{4,})>", inflated(pdf))
    return {bytes.fromhex(target.decode()).decode("utf-16-be") for target in targets}


def bookmarks_of(pdf: bytes) -> str:
    """The titles of the outline, which are UTF-16 strings in hexadecimal or in brackets."""
    return "".join(
        bytes.fromhex(title.decode()).decode("utf-16")
        for title in re.findall(rb"/Title\s*<(FEFF[0-9A-F]+)>", inflated(pdf), re.IGNORECASE)
    )


def test_an_issue_becomes_a_pdf_with_its_title_office_and_font_remark_inside() -> None:
    pdf = brief_pdf(make_brief(), FONTS)
    metadata = inflated(pdf).decode("utf-8", "ignore")

    assert pdf.startswith(b"%PDF-1.7")
    assert pages_of(pdf) == 1
    assert "政务信息第12期" in metadata
    assert "云岭区人民政府办公室" in metadata
    assert "字体替代" in metadata
    assert bookmarks_of(pdf).startswith("龙潭乡反映山区饮水安全的三个问题")
    assert set("一、主要问题（一）水源不足陈珺瑢共印85份市政府办公室") <= characters_of(pdf)


def test_the_same_issue_is_the_same_pdf_byte_for_byte() -> None:
    assert brief_pdf(make_brief(), FONTS) == brief_pdf(make_brief(), FONTS)


def test_twelve_items_fill_several_pages_and_each_is_bookmarked() -> None:
    long = make_brief(items=twelve_items(), contents=tuple(item.title for item in twelve_items()))

    pdf = brief_pdf(long, FONTS)
    assert pages_of(pdf) > 4
    assert all(item.title in bookmarks_of(pdf) for item in long.items)


def test_text_that_looks_like_code_stays_text() -> None:
    brief = make_brief(
        name=HOSTILE, items=(BriefItem(HOSTILE, (HOSTILE, "a\x00b\ud800"), HOSTILE),), editors_note=HOSTILE
    )
    pdf = brief_pdf(brief, FONTS)

    assert set(HOSTILE) - {" "} <= characters_of(pdf)
    assert HOSTILE.replace(" ", "") in bookmarks_of(pdf).replace(" ", "")


def test_optional_parts_may_all_be_missing() -> None:
    bare = BriefDocument("政务信息", "第1期", "区政府办", date(2026, 1, 5), ())

    assert pages_of(brief_pdf(bare, FONTS)) == 1
    assert brief_docx(bare).startswith(b"PK")


@pytest.mark.parametrize(
    "names", ["陈堃喆犇翀玥䶮", "𠮷㐂𬭚𫖯㙍𱁬", "CO₂H₂SO₄3m²10⁶", "㉑☑□⑳㈠", "😀👍🔥", "ئۇيغۇر", "བོད", "ᠮᠣᠩᠭᠣᠯ"]
)
def test_rare_characters_of_names_and_formulas_print(names: str) -> None:
    brief = make_brief(signer=names)
    assert unprintable_characters(brief, FONTS) == ""
    pdf = brief_pdf(brief, FONTS)
    assert "〓" not in characters_of(pdf)
    if names.isprintable() and all(
        char < "\u0600" or char > "\u18ff" for char in names
    ):  # others join in their own forms
        assert set(names) <= characters_of(pdf)


def test_what_no_face_has_is_marked_and_named_with_its_place() -> None:
    brief = make_brief(
        signer="陈\U0002ebf0",
        items=(BriefItem("题", ("甲。", "乙\U0002ebf0、\U0002ebf1。")), BriefItem("又\U0002ebf0", ())),
    )
    assert unprintable_characters(brief, FONTS) == "\U0002ebf0\U0002ebf1"
    pdf = brief_pdf(brief, FONTS)
    assert "U+2EBF0" in inflated(pdf).decode("utf-8", "ignore")
    assert "〓" in characters_of(pdf)
    assert unprintable_in(list(brief.places), FONTS) == [
        "第1篇第2段：\U0002ebf0（U+2EBF0）、\U0002ebf1（U+2EBF1）",
        "第2篇标题：\U0002ebf0（U+2EBF0）",
        "版记：\U0002ebf0（U+2EBF0）",
    ]


async def test_fonts_are_looked_into_only_for_rare_characters() -> None:
    assert await list_unprintable(make_brief(signer="陈玉"), FONTS / "nowhere") == []
    assert len(await list_unprintable(make_brief(signer="\U0002ebf0"), FONTS)) == 1


LONG_TOKENS = {
    "hash": "校验值为" + "9f86d081884c7d65" * 4,
    "underscores": "签名：" + "_" * 60,
    "leader": "目录" + "…" * 34 + "12",
    "address": "见 https://www.example.gov.cn/zwgk/2026/11/24/t20261124_1234567890_abcdefghijklmnop.html?id=1234567890&from=abc",
    "letters": "A" * 85,
}


@pytest.mark.parametrize("name", LONG_TOKENS)
def test_nothing_is_cut_at_the_edge_of_the_paper(name: str) -> None:
    """Every glyph ends before the right margin of 26 mm, as the file itself places it."""
    text = LONG_TOKENS[name]
    pdf = brief_pdf(make_brief(items=(BriefItem("题", (text, text)),), contents=(text,), editors_note=text), FONTS)
    assert rightmost_of(pdf) <= (210 - 26) / 25.4 * 72 + 1


def rightmost_of(pdf: bytes) -> float:
    """Where any text ends at least, in points from the left edge of the paper."""
    ends: list[float] = []

    def visit(text: str, block: list[float], line: list[float], _: Any, size: float) -> None:
        if shown := text.replace("\u200b", "").strip():
            ends.append(block[4] + line[4] + em_width(shown) * size * 0.8)

    for page in PdfReader(io.BytesIO(pdf)).pages:
        page.extract_text(visitor_text=visit)
    return max(ends)


def test_digits_and_letters_are_in_one_face_all_over_the_page() -> None:
    brief = make_brief(
        contents=("目录123",), editors_note="按语123",
        items=(BriefItem("题2026", ("一、标题123", "（一）次级456。正文789 abc")),),
    )  # fmt: skip
    faces: set[str] = set()

    def visit(text: str, _: Any, __: Any, font: Any, ___: float) -> None:
        if re.search(r"[0-9a-z]", text) and not re.search(r"[\u4e00-\u9fff]", text):
            faces.add(str(font["/BaseFont"]).partition("+")[2].partition("-")[0])

    for page in PdfReader(io.BytesIO(brief_pdf(brief, FONTS))).pages:
        page.extract_text(visitor_text=visit)
    assert faces == {"FandolSong"}


def test_every_face_of_the_page_is_embedded() -> None:
    fonts = set(re.findall(rb"/BaseFont\s*/[A-Z]{6}\+([A-Za-z-]+)", inflated(brief_pdf(make_brief(), FONTS))))

    assert {b"FandolSong-Bold", b"FandolFang-Regular", b"FandolKai-Regular", b"FandolHei-Regular"} <= fonts
    assert any(b"UMing" in font for font in fonts), "陈珺瑢 needs the fallback"


def test_without_fonts_the_pdf_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(FontsNotInstalled, match=r"先下载 \.docx"):
        brief_pdf(make_brief(), tmp_path)


def test_the_end_block_stands_once_at_the_foot_of_the_last_page() -> None:
    """Its three lines are the only black ones; the lowest is 35 mm above the edge of the paper."""
    black_line = rb"1 0 0 -1 [\d.]+ ([\d.]+) cm/c0 CS 0 SCN (?:[\d.]+ w )?4 M 0 0 m 442[\d.]* 0 l"
    for items in ((), twelve_items()):
        heights = [float(y) for y in re.findall(black_line, inflated(brief_pdf(make_brief(items=items), FONTS)))]

        assert len(heights) == 3
        assert min(heights) == pytest.approx(35 / 25.4 * 72, abs=0.1)


# --- .docx ------------------------------------------------------------------------------------


def test_the_word_file_has_the_page_of_the_standard() -> None:
    section: Any = docx.Document(io.BytesIO(brief_docx(make_brief()))).sections[0]

    assert [round(side.mm) for side in (section.page_width, section.page_height)] == [210, 297]
    assert [round(side.mm) for side in (section.top_margin, section.left_margin)] == [37, 28]
    assert [round(side.mm) for side in (section.bottom_margin, section.right_margin)] == [35, 26]
    assert section._sectPr.find(qn("w:docGrid")).get(qn("w:linePitch")) == "579"


def test_the_word_file_names_the_office_fonts_and_styles_its_headings() -> None:
    word: Any = docx.Document(io.BytesIO(brief_docx(make_brief())))
    styles = {paragraph.text: paragraph.style.name for paragraph in word.paragraphs}

    assert styles["一、主要问题"] == "公文一级标题"
    assert styles["龙潭乡反映山区饮水安全的三个问题"] == "公文标题"
    fonts = word.styles["公文标题"].element.rPr.find(qn("w:rFonts"))
    assert fonts.get(qn("w:eastAsia")) == "方正小标宋简体"
    run_in = next(p for p in word.paragraphs if p.text.startswith("（一）"))
    assert [run.text for run in run_in.runs] == ["（一）水源不足。", "全乡37处水源枯竭。"]
    assert run_in.runs[0]._r.rPr.find(qn("w:rFonts")).get(qn("w:eastAsia")) == "楷体_GB2312"


def test_properties_stand_in_the_order_that_word_wants() -> None:
    """Each pPr, rPr and tblPr of the file has its children in the order of the schema."""
    from services.kernel.runtime.documents.word.element import _ORDER

    with zipfile.ZipFile(io.BytesIO(brief_docx(make_brief(contents=("甲",), editors_note="按")))) as archive:
        for part in ("word/document.xml", "word/styles.xml", "word/footer1.xml"):
            root = parse_xml(archive.read(part))
            for tag in ("pPr", "rPr", "tblPr"):
                order = _ORDER[tag].split()
                for properties in root.iter(qn(f"w:{tag}")):
                    names = [kid.tag.partition("}")[2] for kid in properties]
                    assert names == sorted(names, key=order.index), (part, names)


def test_a_written_issue_reads_back_with_every_part_in_order() -> None:
    brief = make_brief(
        contents=("目录一",),
        editors_note="现予编发。",
        corrections=("第11期一文有误，特此更正。",),
        total_label="（总第9期）",
    )
    read = read_docx(brief_docx(brief))
    expected = [
        "内部资料\u3000注意保存", "政务信息", "第12期", "（总第9期）", "云岭区人民政府办公室\t2026年11月4日", "本期要目", "◆目录一", "按语：现予编发。",
        "今年以来，旱情持续。", "一、主要问题", "（一）水源不足。全乡37处水源枯竭。",
        "1.管网老化", f"{LONG}（龙潭乡）", "更正", "第11期一文有误，特此更正。",
        "报：市政府办公室。 发：各乡镇人民政府。", "签发：陈珺瑢 （共印85份）",
    ]  # fmt: skip

    assert read.title == "龙潭乡反映山区饮水安全的三个问题"
    assert read.body.split("\n") == expected


def test_empty_parts_leave_no_trace() -> None:
    body = read_docx(brief_docx(make_brief(report_to="", distribute_to="", signer="", copies=None))).body

    for absent in ("按语", "本期要目", "报：", "签发", "共印", "更正"):
        assert absent not in body


async def test_more_than_a_few_prints_at_once_are_asked_to_come_again() -> None:
    asked = [print_document(make_brief(), "docx", FONTS) for _ in range(AT_ONCE + 2)]
    outcomes = await asyncio.gather(*asked, return_exceptions=True)
    assert [isinstance(one, TooBusy) for one in outcomes] == [False] * AT_ONCE + [True] * 2
    assert all(isinstance(one, bytes) and one.startswith(b"PK") for one in outcomes[:AT_ONCE])
