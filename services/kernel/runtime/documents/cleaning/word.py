"""A .docx for the public: the text as it is read, without authors, comments and editing marks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from services.kernel.runtime.documents.cleaning.package import (
    Kinds,
    Package,
    attribute,
    child,
    clean_labels,
    is_on,
    local,
    take_out,
)
from services.kernel.runtime.documents.cleaning.refusals import FileUnreadable, HiddenContent, TrackedChanges
from services.kernel.runtime.documents.cleaning.result import Cleaned, Passage, named

DRAWN = named(
    "image chart chartStyle chartColorStyle chartUserShapes themeOverride diagramData diagramLayout diagramColors"
    " diagramQuickStyle diagramDrawing theme font"
)
ABOUT_THE_FILE = named(
    "core-properties extended-properties custom-properties thumbnail customXml customXmlProps people person comments"
    " commentsExtended commentsIds commentsExtensible printerSettings attachedTemplate stylesWithEffects"
    " keyMapCustomizations glossaryDocument recipientData mailMergeSource mailMergeHeaderSource documenttasks"
    " classificationlabels userXmlData"
)
"""Metadata, and what only the editors of a file see."""

_STORIES = {
    "officeDocument": "正文", "header": "页眉", "footer": "页脚", "footnotes": "脚注", "endnotes": "尾注",
}  # fmt: skip
_KINDS = Kinds(
    DRAWN | _STORIES.keys() | {"styles", "settings", "webSettings", "fontTable", "numbering"}, ABOUT_THE_FILE
)
_TRACKED = named(
    "ins del moveFrom moveTo cellIns cellDel cellMerge numberingChange rPrChange pPrChange sectPrChange tblPrChange"
    " tblGridChange tblPrExChange trPrChange tcPrChange delText delInstrText moveFromRangeStart moveToRangeStart"
    " customXmlInsRangeStart customXmlDelRangeStart customXmlMoveFromRangeStart customXmlMoveToRangeStart"
)
_EDITORS_OWN = named(
    "commentRangeStart commentRangeEnd commentReference annotationRef permStart permEnd rsid rsids docVars dataBinding attachedTemplate"
    " mailMerge saveThroughXslt trackRevisions revisionView attachedSchema docId printerSettings"
)
_LABELLED = {"docPr", "cNvPr"}
_CHARACTERS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_SEEN = {"drawing", "pict", "object", "AlternateContent", "sym"}


def clean_word(content: bytes) -> Cleaned:
    """The document as it may go out.

    Raises:
        TrackedChanges, HiddenContent: Somebody has to decide what the public reads.
        FileUnreadable and its kin: See `Package`.
    """
    package = Package(content, _KINDS)
    if not any(local(part.root) == "document" for part in package.of_kind("officeDocument")):
        raise FileUnreadable
    hidden = _hidden_styles(package)
    for part in package.parts.values():
        if part.root is not None:
            _clean_part(part.root, hidden)
    unread = ("图片中的文字没有识别，请打开核对",) if any(package.of_kind("image")) else ()
    return Cleaned(package.written(), tuple(_passages(package)), unread)


def _clean_part(root: Any, hidden: frozenset[str]) -> None:
    for element in list(root.iter("{*}*")):
        name = local(element)
        if name in _LABELLED:
            clean_labels(element)
        if "wordprocessingml" not in str(element.tag) and "/office/word/" not in str(element.tag):
            continue
        if name in _TRACKED:
            raise TrackedChanges
        if name in _EDITORS_OWN:
            take_out(element)
        elif _is_hidden(element, name, hidden):
            raise HiddenContent
        for key in [key for key in element.attrib if key.rpartition("}")[2].startswith("rsid")]:
            del element.attrib[key]


def _is_hidden(element: Any, name: str, hidden: frozenset[str]) -> bool:
    """Whether nobody sees this on paper, though it is in the file."""
    if name == "tr":
        return is_on(child(element, "trPr", "hidden"))
    if name != "r" or not any(
        local(part) in _SEEN or (local(part) == "t" and (part.text or "").strip()) for part in element
    ):
        return False
    switch = child(element, "rPr", "vanish")
    if switch is not None:
        return is_on(switch)
    paragraph = next(element.iterancestors("{*}p"), None)
    styles = {_style(element, "rPr", "rStyle"), _style(paragraph, "pPr", "pStyle")}
    return bool(styles & hidden)


def _style(element: Any, *path: str) -> str:
    """Which style an element has; "" is the default of its kind."""
    found = child(element, *path)
    return attribute(found, "val") if found is not None else ""


def _hidden_styles(package: Package) -> frozenset[str]:
    """The styles whose text is hidden, by what they say or by what they are based on."""
    styles = {attribute(one, "styleId"): one for part in package.of_kind("styles") for one in part.root}
    hidden = {name for name, style in styles.items() if name and is_on(child(style, "rPr", "vanish"))}
    for _ in styles:
        more = {name for name, style in styles.items() if name and _style(style, "basedOn") in hidden} - hidden
        if not more:
            break
        hidden |= more
    is_default_hidden = any(
        name in hidden and attribute(style, "type") == "paragraph" and attribute(style, "default") in {"1", "true"}
        for name, style in styles.items()
    )
    defaults = (child(part.root, "docDefaults", "rPrDefault", "rPr", "vanish") for part in package.of_kind("styles"))
    return frozenset(hidden | ({""} if is_default_hidden or any(map(is_on, defaults)) else set()))


def _passages(package: Package) -> Iterator[Passage]:
    for part in package.parts.values():
        label = _STORIES.get(part.kind)
        if part.root is None:
            continue
        if label:
            yield from _story(part.root, label)
        else:
            yield from drawn_text(part.root, part.kind)
    yield from link_passages(package)


def _story(root: Any, label: str) -> Iterator[Passage]:
    for number, paragraph in enumerate(root.iter("{*}p"), 1):
        place = f"{label}第{number}段" if label == "正文" else label
        if text := "".join(_text(paragraph)).strip():
            yield Passage(place, text)
    for element in root.iter("{*}instrText", "{*}fldSimple", "{*}docPr", "{*}cNvPr"):
        is_label = local(element) in _LABELLED
        said = (attribute(element, name) for name in ("instr", "name", "descr", "title"))
        if text := "\n".join(filter(None, [*said, "" if is_label else element.text or ""])).strip():
            yield Passage(f"{label}的图片说明" if is_label else f"{label}的域代码", text)


def _text(element: Any) -> Iterator[str]:
    """The text of a paragraph; paragraphs within it, in text boxes, have their own."""
    for part in element:
        name = local(part)
        if name == "t":
            yield part.text or ""
        elif name in _CHARACTERS:
            yield _CHARACTERS[name]
        elif name != "p" and not name.endswith("Pr"):
            yield from _text(part)


def drawn_text(root: Any, kind: str) -> Iterator[Passage]:
    """The words and figures of a chart, a diagram or another part beside the text."""
    leaves = (element.text or attribute(element, "val") for element in root.iter("{*}t", "{*}v", "{*}lvlText"))
    if text := "\n".join(leaf for leaf in leaves if leaf.strip()):
        yield Passage("图表" if kind.startswith(("chart", "diagram")) else "其他内容", text)


def link_passages(package: Package) -> Iterator[Passage]:
    """The addresses behind links: they go out with the text."""
    if package.links:
        yield Passage("链接地址", "\n".join(package.links))
