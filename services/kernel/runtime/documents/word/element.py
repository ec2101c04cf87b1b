"""WordprocessingML properties that python-docx has no name for, put where the schema wants them."""

from __future__ import annotations

from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement

# Word calls a file damaged when the children of these stand in another order.
_ORDER = {
    "pPr": (
        "pStyle keepNext keepLines pageBreakBefore framePr widowControl numPr suppressLineNumbers pBdr shd tabs"
        " suppressAutoHyphens kinsoku wordWrap overflowPunct topLinePunct autoSpaceDE autoSpaceDN bidi adjustRightInd"
        " snapToGrid spacing ind contextualSpacing mirrorIndents suppressOverlap jc textDirection textAlignment"
        " textboxTightWrap outlineLvl divId cnfStyle rPr sectPr pPrChange"
    ),
    "rPr": (
        "rStyle rFonts b bCs i iCs caps smallCaps strike dstrike outline shadow emboss imprint noProof snapToGrid"
        " vanish webHidden color spacing w kern position sz szCs highlight u effect bdr shd fitText vertAlign rtl cs"
        " em lang"
    ),
    "tblPr": (
        "tblStyle tblpPr tblOverlap bidiVisual tblStyleRowBandSize tblStyleColBandSize tblW jc tblCellSpacing tblInd"
        " tblBorders shd tblLayout tblCellMar tblLook"
    ),
}


def make(tag: str, **attributes: str | int) -> BaseOxmlElement:
    """A new `w:` element with `w:` attributes."""
    element = OxmlElement(f"w:{tag}")
    for name, value in attributes.items():
        element.set(qn(f"w:{name}"), str(value))
    return element


def put(parent: BaseOxmlElement, tag: str, **attributes: str | int) -> BaseOxmlElement:
    """Set a property of a pPr, rPr or tblPr in its place, in addition to what it says already."""
    element: BaseOxmlElement | None = parent.find(qn(f"w:{tag}"))
    if element is None:
        element = make(tag)
        order = _ORDER[parent.tag.partition("}")[2]].split()
        parent.insert_element_before(element, *(f"w:{t}" for t in order[order.index(tag) + 1 :]))
    for name, value in attributes.items():
        element.set(qn(f"w:{name}"), str(value))
    return element
