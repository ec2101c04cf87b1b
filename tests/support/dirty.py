"""Files as offices make them: with their authors, their remarks and the places of their photographs in them."""

from __future__ import annotations

import base64
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from functools import cache
from io import BytesIO
from typing import Any

SECRET = "CAOSHENZHI"
"""Stands wherever a file says something about its makers; nothing that goes out may hold it."""
PHONE = "13812345678"
"""Stands in the text itself."""

# 16 × 8 grey pixels.
_JPEG = base64.b85decode(
    "|JeWF01!$>Nk#wx0RR9200961|JwjV02>k%7Zed27Zw*D92+1gLMtdGB`8rkJupIGRb^yfRb5+Zc$tA}agcLcU4^xVke;Kft*d8%yve$z"
    "$C;?Br2oJG3kU!R01yEI5di<h03QGV0R;g80RaI400000000000RjUA1qKHQ2?`7U!~nGr00IF60|EpC1qB2I0004f0RjU61Q7)iAu&M)6"
    "H#FYB5@QlfsvsIBSNvk6;jdgBr{@if(Z&17Z@2DB_<~*DJnEIHa9pqIzvQ7Mn_0VN>fx-R##YAT4Q8oW@l(=YIAgTc6WGrdV_?8hKGoWij"
    "tF*m6n&7nVO=bq@|{(sHv*5v$VCgx45~w!o$SH#>dFX%F@%+)z;V8+1laa<K*S$=jiF`@$&QZ_4fDp`TGCb00;pA002J#%G3K-O{ey+|Je"
)


def everything_in(content: bytes) -> bytes:
    """What somebody finds who takes a file to pieces: packed parts unpacked."""
    if content.startswith(b"PK"):
        with zipfile.ZipFile(BytesIO(content)) as archive:
            return b"".join(name.encode() + archive.read(name) for name in archive.namelist())
    if content.startswith(b"%PDF"):
        return content + b"".join(_streams_of(content))
    return content


def exif(*, orientation: int = 6) -> bytes:
    """TIFF directory with the way up, and who took the picture."""
    maker = SECRET.encode() + b"\0"
    entries = struct.pack("<HHIHH", 0x0112, 3, 1, orientation, 0) + struct.pack("<HHII", 0x013B, 2, len(maker), 38)
    return b"II*\0" + struct.pack("<IH", 8, 2) + entries + bytes(4) + maker


def jpeg(*, orientation: int = 6) -> bytes:
    """A photograph: camera, place, remark, thumbnail, and a second picture hung behind it."""

    def segment(marker: int, data: bytes) -> bytes:
        return struct.pack(">BBH", 0xFF, marker, len(data) + 2) + data

    xmp = segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + SECRET.encode())
    about = segment(0xE1, b"Exif\0\0" + exif(orientation=orientation)) + xmp
    iptc = segment(0xED, b"Photoshop 3.0\0" + SECRET.encode())
    return _JPEG[:20] + about + iptc + segment(0xFE, SECRET.encode()) + _JPEG[20:] + SECRET.encode()


def png(*, width: int = 4, height: int = 2, orientation: int = 6) -> bytes:
    """A drawing with an author; only a small one has all its pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    pixels = zlib.compress(bytes((width + 1) * height)) if width < 100 else zlib.compress(b"")
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
        + chunk(b"tEXt", b"Author\0" + SECRET.encode())
        + chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + SECRET.encode())
        + chunk(b"eXIf", exif(orientation=orientation))
        + chunk(b"tIME", bytes(7))
        + chunk(b"pHYs", struct.pack(">IIB", 2835, 2835, 1))
        + chunk(b"IDAT", pixels)
        + chunk(b"IEND", b"")
        + SECRET.encode()
    )


Change = bytes | Callable[[bytes], bytes]


def repacked(content: bytes, changes: Mapping[str, Change]) -> bytes:
    """An Office file with some parts changed or added."""
    made = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in dict.fromkeys([*old.namelist(), *changes]):
            change = changes.get(name, _unchanged)
            new.writestr(name, change if isinstance(change, bytes) else change(old.read(name)))
    return made.getvalue()


def _unchanged(was: bytes) -> bytes:
    return was


def replaced(was: str, by: str) -> Callable[[bytes], bytes]:
    """A change of one part."""

    def change(part: bytes) -> bytes:
        assert was.encode() in part, was
        return part.replace(was.encode(), by.encode(), 1)

    return change


RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def related(id_: str, kind: str, target: str, *, outside: bool = False) -> Callable[[bytes], bytes]:
    """One more relation in a part's list of them."""
    mode = ' TargetMode="External"' if outside else ""
    said = f'<Relationship Id="{id_}" Type="{RELATED}/{kind}" Target="{target}"{mode}/></Relationships>'
    return replaced("</Relationships>", said)


@cache
def docx(text: str = f"联系电话{PHONE}") -> bytes:
    """A document by somebody, with a header, a table, a photograph, a remark and a link to his own disk."""
    from docx import Document

    document = Document()
    properties: Any = document.core_properties
    for name in ("author", "last_modified_by", "comments", "keywords", "subject", "title", "category"):
        setattr(properties, name, SECRET)
    paragraph = document.add_paragraph(text)
    document.add_comment(paragraph.runs, text=f"{SECRET}的意见", author=SECRET, initials="C")
    document.add_table(1, 1).cell(0, 0).text = "表中文字"
    document.sections[0].header.paragraphs[0].text = "内部资料"
    document.add_picture(BytesIO(jpeg()))
    made = BytesIO()
    document.save(made)
    template = f'<w:attachedTemplate xmlns:r="{RELATED}" r:id="rId900"/><w:rsids><w:rsid w:val="00AB"/></w:rsids>'
    return repacked(
        made.getvalue(),
        {
            "docProps/app.xml": replaced("</Properties>", f"<Manager>{SECRET}</Manager></Properties>"),
            "word/document.xml": replaced('descr=""', f'descr="C:\\Users\\{SECRET}\\1.jpg"')
            if b'descr=""' in zipfile.ZipFile(made).read("word/document.xml")
            else replaced('name="image.jpg"', f'name="C:\\Users\\{SECRET}\\1.jpg"'),
            "word/settings.xml": lambda part: part.replace(b"</w:settings>", template.encode() + b"</w:settings>"),
            "word/_rels/settings.xml.rels": (
                b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
                + f'<Relationship Id="rId900" Type="{RELATED}/attachedTemplate" Target="file:///C:/{SECRET}.dotm"'.encode()
                + b' TargetMode="External"/></Relationships>'
            ),
            "word/_rels/document.xml.rels": related("rId901", "hyperlink", f"file:///C:/{SECRET}.docx", outside=True),
            f"word/left/{SECRET}.xml": b"<nobody-points-here/>",
        },
    )


_SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def xlsx(*, sheet: str = "", row: str = "") -> bytes:
    """A workbook by somebody: names and telephones, one of them a number; attributes for the sheet and a row."""
    package = "http://schemas.openxmlformats.org/package/2006"
    types = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{types}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{types}.worksheet+xml"/>'
        f'<Override PartName="/xl/sharedStrings.xml" ContentType="{types}.sharedStrings+xml"/>'
        f'<Override PartName="/xl/comments1.xml" ContentType="{types}.comments+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="rId1" Type="{RELATED}/officeDocument" Target="xl/workbook.xml"/>'
        f'<Relationship Id="rId2" Type="{RELATED}/extended-properties" Target="docProps/app.xml"/></Relationships>',
        "docProps/app.xml": f"<Properties><Company>{SECRET}</Company></Properties>",
        "xl/workbook.xml": f'<workbook xmlns="{_SHEET}" xmlns:r="{RELATED}"><fileSharing userName="{SECRET}"/>'
        f'<sheets><sheet name="名单" sheetId="1" r:id="rId1" {sheet}/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="rId1" Type="{RELATED}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{RELATED}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
        "xl/sharedStrings.xml": f'<sst xmlns="{_SHEET}"><si><t>某某</t></si></sst>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{_SHEET}" xmlns:r="{RELATED}"><sheetData><row r="2" {row}>'
        f'<c r="A2" t="s"><v>0</v></c><c r="B2"><v>{PHONE}</v></c></row></sheetData>'
        '<legacyDrawing r:id="rId2"/></worksheet>',
        "xl/worksheets/_rels/sheet1.xml.rels": f'<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="rId1" Type="{RELATED}/comments" Target="../comments1.xml"/>'
        f'<Relationship Id="rId2" Type="{RELATED}/vmlDrawing" Target="../drawings/v1.vml"/></Relationships>',
        "xl/comments1.xml": f'<comments xmlns="{_SHEET}"><authors><author>{SECRET}</author></authors></comments>',
        "xl/drawings/v1.vml": f"<xml>{SECRET}</xml>",
    }
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return made.getvalue()


def pdf(*, text: str = f"Tel {PHONE}", annotation: str = "/Text", finish: Callable[[Any], None] | None = None) -> bytes:
    """A document with properties, a remark, a file hung on it, a script, and a photograph on its page."""
    from pypdf import PdfWriter
    from pypdf.generic import (
        ArrayObject,
        DictionaryObject,
        NameObject,
        NumberObject,
        StreamObject,
        TextStringObject,
    )

    def named(**values: Any) -> DictionaryObject:
        return DictionaryObject({NameObject(f"/{key}"): value for key, value in values.items()})

    writer = PdfWriter()
    page = writer.add_blank_page(595, 842)
    content, photograph = StreamObject(), StreamObject()
    content.set_data(f"BT /F1 12 Tf 72 700 Td ({text}) Tj ET q 16 0 0 8 72 600 cm /I1 Do Q".encode())
    photograph.set_data(jpeg())
    photograph.update(
        named(
            Type=NameObject("/XObject"), Subtype=NameObject("/Image"), Width=NumberObject(16), Height=NumberObject(8),
            ColorSpace=NameObject("/DeviceGray"), BitsPerComponent=NumberObject(8), Filter=NameObject("/DCTDecode"),
            PieceInfo=named(Maker=TextStringObject(SECRET)),
        )
    )  # fmt: skip
    font = named(Type=NameObject("/Font"), Subtype=NameObject("/Type1"), BaseFont=NameObject("/Helvetica"))
    remark = named(
        Type=NameObject("/Annot"), Subtype=NameObject(annotation), Contents=TextStringObject(SECRET),
        Rect=ArrayObject(map(NumberObject, (0, 0, 9, 9))),
    )  # fmt: skip
    script = named(S=NameObject("/JavaScript"), JS=TextStringObject(f"app.alert('{SECRET}')"))
    page.update(
        named(
            Contents=writer._add_object(content),
            Resources=named(Font=named(F1=font), XObject=named(I1=writer._add_object(photograph))),
            Annots=ArrayObject([writer._add_object(remark)]),
            AA=named(O=script),
            PieceInfo=named(Maker=TextStringObject(SECRET)),
        )
    )
    writer.add_metadata({"/Author": SECRET, "/Creator": SECRET, "/Title": SECRET})
    writer.add_attachment(f"{SECRET}.txt", SECRET.encode())
    metadata = StreamObject()
    metadata.set_data(f"<x>{SECRET}</x>".encode())
    writer.root_object.update(named(Metadata=writer._add_object(metadata), OpenAction=script))
    if finish is not None:
        finish(writer)
    made = BytesIO()
    writer.write(made)
    return made.getvalue()


def _streams_of(content: bytes) -> list[bytes]:
    """The streams of a PDF unpacked, and its texts as they are written there or as characters of two bytes."""
    from pypdf import PdfReader
    from pypdf.generic import StreamObject

    reader = PdfReader(BytesIO(content))
    found = []
    for number in reader.xref[0]:
        one: Any = reader.get_object(number)
        found.append(repr(one).encode())
        if isinstance(one, StreamObject):
            found.append(one._data if one.get("/Subtype") == "/Image" else one.get_data())
    return found
