"""An Office file made anew from the parts that may go out: whatever is not known to be harmless is not copied.

The parts hang on each other by relations. Beginning at the root, a relation of a known kind is
followed, one that holds nothing but metadata is left out with all behind it, any other stands in
the way. Parts that nothing points to never come along.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from lxml import etree

from services.kernel.runtime.documents.cleaning.pictures import clean_picture
from services.kernel.runtime.documents.cleaning.refusals import (
    EmbeddedContent,
    FileSigned,
    FileTooComplex,
    FileUnreadable,
)
from services.kernel.runtime.documents.reader.package import MAX_PART_BYTES
from services.kernel.runtime.uploads.archive import (
    ArchiveDamaged,
    ArchiveEncrypted,
    ArchiveLimits,
    ArchiveUnsafe,
    open_archive,
    plain_name,
    read_member,
)

_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_OPENED_BY_EVERYBODY = re.compile(r"(https?:|mailto:|#)", re.IGNORECASE)
_PATH = re.compile(r"[A-Za-z]:[\\/]|\\\\|file:", re.IGNORECASE)
_LONG_AGO = (1980, 1, 1, 0, 0, 0)
_NOT_XML = {"image", "font"}
_SIGNATURES = {"origin", "signature"}
_ATTRIBUTE_ALONE = {"pageSetup"}
_MOST_PARTS = 2_000


@dataclass(frozen=True)
class Kinds:
    """By the last word of a relation: what goes out, and what is left out; anything else stands in the way."""

    kept: frozenset[str]
    dropped: frozenset[str]
    # A chart is drawn from the figures that it keeps itself; the whole sheet behind it is not for the public.
    dropped_of: Mapping[str, frozenset[str]] = field(
        default_factory=lambda: {"chart": frozenset({"package", "oleObject"})}
    )


@dataclass
class Part:
    """One part: how it is related to what led to it, its tree or its bytes, and what it relates to in turn."""

    name: str
    kind: str
    root: Any = None
    content: bytes = b""
    relations: list[Relation] = field(default_factory=list)


@dataclass(frozen=True)
class Relation:
    """From a part to another, or to an address outside."""

    id: str
    type: str
    target: str
    is_outside: bool

    @property
    def kind(self) -> str:
        """The last word of its type."""
        return self.type.rpartition("/")[2]


class Package:
    """The parts of an Office file that go out, by name; the root's relations stand under ""."""

    def __init__(self, content: bytes, kinds: Kinds) -> None:
        """Gather the parts.

        Raises:
            FileUnreadable, FileTooComplex, EmbeddedContent, FileSigned, PictureNotCleanable: See there.
        """
        self.parts: dict[str, Part] = {}
        self._kinds = kinds
        try:
            with open_archive(BytesIO(content), ArchiveLimits()) as archive:
                self._names = {plain_name(name): name for name in archive.namelist()}
                self._types = _content_types(self._xml(archive, "[Content_Types].xml"))
                self._follow(archive, "", kind="")
        except ArchiveUnsafe as unsafe:
            raise FileTooComplex from unsafe
        except (ArchiveDamaged, ArchiveEncrypted, KeyError, etree.XMLSyntaxError) as damaged:
            raise FileUnreadable from damaged

    def of_kind(self, *kinds: str) -> Iterator[Part]:
        """The parts that were related as one of these, in the order in which they were met."""
        return (part for part in self.parts.values() if part.kind in kinds)

    @property
    def links(self) -> list[str]:
        """Addresses outside to which the text links."""
        found = [one.target for part in self.parts.values() for one in part.relations if one.kind == "hyperlink"]
        return list(dict.fromkeys(found))

    def written(self) -> bytes:
        """The new file: the same for the same content, whenever it is made."""
        stream = BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            _put(archive, "[Content_Types].xml", self._types_of_kept())
            for part in self.parts.values():
                if part.name:
                    content = part.content if part.root is None else etree.tostring(part.root, **_DECLARED)
                    _put(archive, part.name, content)
                if part.relations:
                    _put(archive, _relations_of(part.name), _relations_xml(part.relations))
        return stream.getvalue()

    def _follow(self, archive: zipfile.ZipFile, name: str, *, kind: str) -> None:
        waiting, met = deque([(name, kind)]), set[str]()
        while waiting:
            name, kind = waiting.popleft()
            if plain_name(name) in met:
                continue
            if len(met) >= _MOST_PARTS:
                raise FileTooComplex
            met.add(plain_name(name))
            part = self.parts[name] = Part(name, kind)
            self._read(archive, part)
            waiting += [(one.target, one.kind) for one in part.relations if one.kind != "hyperlink"]

    def _read(self, archive: zipfile.ZipFile, part: Part) -> None:
        if part.kind in _NOT_XML:
            part.content = self._bytes(archive, part.name)
            part.content = clean_picture(part.content) if part.kind == "image" else part.content
            return
        part.root = self._xml(archive, part.name) if part.name else None
        gone = set[str]()
        if plain_name(_relations_of(part.name)) in self._names:
            for relation in _relations(self._xml(archive, _relations_of(part.name)), part.name):
                if self._goes_out(relation, part.kind):
                    part.relations.append(_harmless(relation))
                else:
                    gone.add(relation.id)
        if part.root is not None and gone:
            _forget(part.root, gone)

    def _goes_out(self, relation: Relation, whose: str) -> bool:
        if relation.kind in self._kinds.dropped | self._kinds.dropped_of.get(whose, frozenset()):
            return False
        if relation.kind in _SIGNATURES:
            raise FileSigned
        if relation.is_outside and relation.kind != "hyperlink":
            raise EmbeddedContent
        if relation.kind not in self._kinds.kept and relation.kind != "hyperlink":
            raise EmbeddedContent
        return True

    def _types_of_kept(self) -> bytes:
        defaults, overrides = self._types
        names = [name for name in self.parts if name]
        root = etree.Element(f"{{{_TYPES}}}Types", nsmap={None: _TYPES})
        extensions = {"rels", *(name.rpartition(".")[2].lower() for name in names)}
        for extension in sorted(extensions & defaults.keys()):
            etree.SubElement(root, f"{{{_TYPES}}}Default", Extension=extension, ContentType=defaults[extension])
        for name in names:
            if said := overrides.get(plain_name(name)):
                etree.SubElement(root, f"{{{_TYPES}}}Override", PartName=f"/{name}", ContentType=said)
        return etree.tostring(root, **_DECLARED)

    def _xml(self, archive: zipfile.ZipFile, name: str) -> Any:
        return parse_xml(self._bytes(archive, name))

    def _bytes(self, archive: zipfile.ZipFile, name: str) -> bytes:
        return read_member(archive, self._names[plain_name(name)], max_bytes=MAX_PART_BYTES)


def parse_xml(content: bytes) -> Any:
    """The tree of a part from a stranger, without XML comments.

    Raises:
        FileUnreadable: It declares a document type, which no program writes there.
    """
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    root = etree.fromstring(content, parser)
    if root.getroottree().docinfo.doctype:
        raise FileUnreadable
    return root


def local(element: Any) -> str:
    """The name of an element without its namespace; transitional and strict files differ in it."""
    return str(element.tag).rpartition("}")[2]


def attribute(element: Any, name: str) -> str:
    """An attribute by its name without namespace, "" when it is absent."""
    return next((str(value) for key, value in element.attrib.items() if key.rpartition("}")[2] == name), "")


def child(element: Any, *path: str) -> Any:
    """The first child, or deeper descendant, by names without namespace; None when there is none."""
    for name in path:
        element = next((part for part in (element if element is not None else ()) if local(part) == name), None)
    return element


def is_on(switch: Any) -> bool:
    """Whether a switch element is there and not turned off."""
    return switch is not None and attribute(switch, "val") not in {"0", "false", "off"}


def take_out(element: Any) -> None:
    """Remove an element from its tree."""
    if (parent := element.getparent()) is not None:
        parent.remove(element)


def clean_labels(element: Any) -> None:
    """Drop from a picture's name and description where its file lay on somebody's disk."""
    for key, value in element.attrib.items():
        if key in {"name", "descr", "title"} and _PATH.search(value):
            element.set(key, "")


_DECLARED: dict[str, Any] = {"xml_declaration": True, "encoding": "UTF-8", "standalone": True}


def _relations_of(name: str) -> str:
    folder, file = posixpath.split(name)
    return posixpath.join(folder, "_rels", f"{file}.rels")


def _relations(root: Any, name: str) -> Iterator[Relation]:
    for one in root:
        is_outside = attribute(one, "TargetMode").lower() == "external"
        target = attribute(one, "Target")
        if not is_outside and attribute(one, "Type").rpartition("/")[2] != "hyperlink":
            folder = posixpath.dirname(name)
            target = posixpath.normpath(posixpath.join("/", folder, target.replace("\\", "/"))).lstrip("/")
        yield Relation(attribute(one, "Id"), attribute(one, "Type"), target, is_outside)


def _harmless(relation: Relation) -> Relation:
    """A link to somebody's disk or server leads nowhere."""
    if relation.kind != "hyperlink" or _OPENED_BY_EVERYBODY.match(relation.target):
        return relation
    return Relation(relation.id, relation.type, "about:blank", is_outside=True)


def _relations_xml(relations: list[Relation]) -> bytes:
    root = etree.Element(f"{{{_RELATIONS}}}Relationships", nsmap={None: _RELATIONS})
    for one in relations:
        target = one.target if one.kind == "hyperlink" else f"/{one.target}"
        more = {"TargetMode": "External"} if one.is_outside else {}
        etree.SubElement(root, f"{{{_RELATIONS}}}Relationship", Id=one.id, Type=one.type, Target=target, **more)
    return etree.tostring(root, **_DECLARED)


def _content_types(root: Any) -> tuple[dict[str, str], dict[str, str]]:
    defaults = {attribute(one, "Extension").lower(): attribute(one, "ContentType") for one in root}
    overrides = {plain_name(attribute(one, "PartName")): attribute(one, "ContentType") for one in root}
    return defaults, overrides


def _forget(root: Any, ids: set[str]) -> None:
    """Take out what refers to relations that are gone."""
    for element in list(root.iter(etree.Element)):
        for key, value in element.attrib.items():
            if "relationships}" in key and value in ids:
                if local(element) in _ATTRIBUTE_ALONE:
                    del element.attrib[key]
                else:
                    take_out(element)
                    break


def _put(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name, _LONG_AGO)
    entry.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(entry, content)
