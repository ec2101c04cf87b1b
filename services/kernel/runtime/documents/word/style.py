"""Paragraph styles with the standard office fonts; the office has them, the file only names them."""

from __future__ import annotations

from typing import Any

from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.text.run import Run

from services.kernel.runtime.documents.word.element import make, put

FONTS = {"fang": "仿宋_GB2312", "kai": "楷体_GB2312", "hei": "黑体", "song": "宋体"}
TITLE_FONT = "方正小标宋简体"

TEXT, FLUSH, CENTRED, SMALL = "公文正文", "公文顶格", "公文居中", "公文小字"
MARK, TITLE, HEADING_1, HEADING_2, CONTENTS = "公文标志", "公文标题", "公文一级标题", "公文二级标题", "公文要目"
END_BLOCK, PAGE_NUMBER, NO_ROOM = "公文版记", "公文页码", "公文空行"
RED_RULE = "公文红线"

TEXT_WIDTH = Mm(156)

_RED = "E60012"
_INDENT = {"firstLineChars": 200, "firstLine": 632}
_CENTRE = WD_ALIGN_PARAGRAPH.CENTER


def define_styles(document: Document) -> None:
    """Add the styles above to a document and make 仿宋 its normal text."""
    _define_normal(document)
    _add(document, TEXT, indent=_INDENT)
    _add(document, FLUSH)
    _add(document, CENTRED, align=_CENTRE)
    _add(document, SMALL, size_pt=14, align=_CENTRE)
    _add(document, HEADING_1, font=FONTS["hei"], indent=_INDENT, keeps=True, outline=1)
    _add(document, HEADING_2, font=FONTS["kai"], indent=_INDENT, keeps=True, outline=2)
    _add(document, CONTENTS, font=FONTS["kai"], indent={"left": 948, "hanging": 316})
    title = _add(document, TITLE, font=TITLE_FONT, size_pt=22, align=_CENTRE, keeps=True, outline=0)
    _fix_line_height(title, 32)
    title.paragraph_format.space_before, title.paragraph_format.space_after = Pt(22), Mm(2)
    mark = _add(document, MARK, font=TITLE_FONT, size_pt=52, align=_CENTRE)
    mark.font.color.rgb = RGBColor.from_string(_RED)
    mark.paragraph_format.space_before, mark.paragraph_format.space_after = Mm(8), Mm(2)
    _leave_grid(mark)
    _fix_line_height(_add(document, END_BLOCK, size_pt=14), 20)
    _leave_grid(_add(document, PAGE_NUMBER, font=FONTS["song"], size_pt=14))
    _fix_line_height(_add(document, NO_ROOM), 1)
    _add_red_rule(document)


def face(run: Run, font: str) -> None:
    """Set one run of a paragraph in another font."""
    _name_font(run._r.get_or_add_rPr(), font)  # noqa: SLF001 - python-docx names Latin fonts only


def _define_normal(document: Document) -> None:
    normal = document.styles["Normal"]
    normal.font.size = Pt(16)
    _name_font(normal.element.get_or_add_rPr(), FONTS["fang"])
    # 28 characters of 16 pt are 2 mm too wide for the line: each gives up a quarter point.
    put(normal.element.get_or_add_rPr(), "spacing", val=-5)
    normal.paragraph_format.space_before = normal.paragraph_format.space_after = Pt(0)
    normal.paragraph_format.line_spacing = 1.0
    normal.paragraph_format.widow_control = False
    normal.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    properties = normal.element.get_or_add_pPr()
    put(properties, "autoSpaceDE", val=0)
    put(properties, "autoSpaceDN", val=0)
    language = document.styles.element.find(f".//{qn('w:docDefaults')}//{qn('w:lang')}")
    if language is not None:
        language.set(qn("w:eastAsia"), "zh-CN")


def _add(
    document: Document,
    name: str,
    *,
    font: str = FONTS["fang"],
    size_pt: float = 16,
    align: WD_ALIGN_PARAGRAPH | None = None,
    indent: dict[str, int] | None = None,
    keeps: bool = False,
    outline: int | None = None,
) -> ParagraphStyle:
    added: Any = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    added.base_style = document.styles["Normal"]
    added.font.size = Pt(size_pt)
    _name_font(added.element.get_or_add_rPr(), font)
    if size_pt != 16:
        put(added.element.get_or_add_rPr(), "spacing", val=0)
    added.paragraph_format.alignment = align
    if keeps:
        added.paragraph_format.keep_with_next = True
    if indent:
        put(added.element.get_or_add_pPr(), "ind", **indent)
    if outline is not None:
        put(added.element.get_or_add_pPr(), "outlineLvl", val=outline)
    style: ParagraphStyle = added
    return style


def _add_red_rule(document: Document) -> None:
    """An empty paragraph over a line as wide as the text."""
    rule = _add(document, RED_RULE)
    _fix_line_height(rule, 6)
    put(rule.element.get_or_add_pPr(), "pBdr").append(make("bottom", val="single", sz=18, space=1, color=_RED))


def _fix_line_height(style: ParagraphStyle, height_pt: float) -> None:
    style.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    style.paragraph_format.line_spacing = Pt(height_pt)
    _leave_grid(style)


def _leave_grid(style: ParagraphStyle) -> None:
    put(style.element.get_or_add_pPr(), "snapToGrid", val=0)


def _name_font(run_properties: Any, font: str) -> None:
    """All four scripts alike: “ ” and digits belong to the Chinese face in official prose."""
    fonts = put(run_properties, "rFonts")
    fonts.attrib.clear()
    for script in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{script}"), font)
