"""Checking of uploads: honest files pass, hostile ones are refused with their own code."""

import io
import struct
import zipfile
import zlib
from pathlib import Path
from typing import Any

import pytest
from fastapi import Request
from starlette.datastructures import FormData, UploadFile
from starlette.types import Message

from services.kernel.runtime.uploads import (
    AttachmentArchiveUnsafe,
    AttachmentContentMismatch,
    AttachmentEmpty,
    AttachmentEncrypted,
    AttachmentTooLarge,
    AttachmentTypeNotAllowed,
    inspect_upload,
)
from services.kernel.runtime.uploads.archive import ArchiveLimits
from services.kernel.runtime.uploads.names import FileNameUnreadable, clean_filename
from services.kernel.runtime.uploads.parts import read_parts

CASES = Path(__file__).parent / "cases"
OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
MAIN = "application/vnd.openxmlformats-officedocument.{}.main+xml"
RLO = "\u202e"


def make_zip(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return made.getvalue()


def make_office(kind: str, **more: bytes) -> bytes:
    types = f'<Types><Override ContentType="{MAIN.format(kind)}"/></Types>'.encode()
    return make_zip({"[Content_Types].xml": types, "word/document.xml": b"<d/>", **more})


def make_ole2(stream_name: str) -> bytes:
    return OLE2 + stream_name.encode("utf-16-le").ljust(64, b"\0") + bytes(448)


def check(name: str, content: bytes, **limits: Any) -> Any:
    return inspect_upload(name, io.BytesIO(content), **limits)


HONEST = {
    "通知.docx": make_office("wordprocessingml.document"),
    "台账.xlsx": make_office("spreadsheetml.sheet"),
    "汇报.pptx": make_office("presentationml.presentation"),
    "旧稿.doc": make_ole2("WordDocument"),
    "旧表.xls": make_ole2("Workbook"),
    "旧讲稿.ppt": make_ole2("PowerPoint Document"),
    "稿件.wps": make_ole2("WordDocument"),
    "新稿件.wps": make_office("wordprocessingml.document"),
    "表格.et": make_ole2("Workbook"),
    "旧稿件.wps": make_ole2("WPSContents"),
    "演示.dps": make_ole2("PowerPoint Document"),
    "版式.ofd": make_zip({"OFD.xml": b"<ofd/>", "Doc_0/Document.xml": b"<d/>"}),
    "文件.pdf": b"%PDF-1.7\n...",
    "说明.txt": "汛情通报，水位12.5米。\r\n".encode(),
    "国标.txt": "龙潭乡䶮".encode("gb18030"),
    "名单.CSV": "姓名,单位\n刘喆,区水利局\n".encode("utf-8-sig"),
    "现场.JPG": b"\xff\xd8\xff\xe0" + bytes(20),
    "现场.jpeg": b"\xff\xd8\xff\xe1" + bytes(20),
    "图.png": b"\x89PNG\r\n\x1a\n" + bytes(20),
    "图.gif": b"GIF89a" + bytes(20),
    "图.bmp": b"BM" + bytes(20),
    "扫描.tif": b"II*\0" + bytes(20),
    "图.webp": b"RIFF\x10\0\0\0WEBPVP8 ",
    "材料.zip": make_zip({"a/说明.txt": b"x", "a/b.docx": make_office("wordprocessingml.document")}),
    "视频.mp4": b"\0\0\0\x20ftypisom" + bytes(20),
    "录音.mp3": b"ID3\x04" + bytes(20),
    "录音.wav": b"RIFF\x10\0\0\0WAVEfmt ",
}


@pytest.mark.parametrize("name", HONEST)
def test_an_honest_file_passes_and_the_stream_is_back_at_its_start(name: str) -> None:
    stream = io.BytesIO(HONEST[name])
    checked = inspect_upload(name, stream)

    assert (checked.filename, checked.size) == (name, len(HONEST[name]))
    assert "/" in checked.media_type
    assert stream.tell() == 0


@pytest.mark.parametrize("claimed", ["docx", "xlsx", "doc", "ofd", "pdf", "txt", "png", "zip", "mp4", "webp"])
def test_a_file_that_is_something_else_than_its_name_says_is_refused(claimed: str) -> None:
    for name, content in HONEST.items():
        extension = name.rpartition(".")[2].lower()
        if extension == claimed or (claimed, extension) in {("docx", "wps"), ("doc", "wps")} or claimed == "zip":
            continue
        if claimed == "txt" and extension in {"csv", "pdf", "bmp"}:
            continue
        with pytest.raises(AttachmentContentMismatch):
            check(f"x.{claimed}", content)


@pytest.mark.parametrize(
    "name", ["病毒.exe", "页面.html", "图.svg", "宏.docm", "无扩展名", f"发票{RLO}gpj.exe", "a.pdf.js", "x.rar"]
)
def test_other_kinds_are_not_allowed_whatever_they_look_like(name: str) -> None:
    with pytest.raises(AttachmentTypeNotAllowed) as refused:
        check(name, b"\xff\xd8\xff\xe0")

    assert refused.value.code == "attachment_type_not_allowed"
    assert "不能上传" in str(refused.value)


def test_an_empty_file_is_refused() -> None:
    with pytest.raises(AttachmentEmpty):
        check("空.txt", b"")


def test_a_file_above_the_limit_is_refused_and_the_limit_is_named() -> None:
    with pytest.raises(AttachmentTooLarge, match="1 MB"):
        check("大.txt", b"a" * (1024 * 1024 + 1), max_bytes=1024 * 1024)


def test_text_with_control_characters_is_refused() -> None:
    for content in (b"MZ\x90\0\x03", b"\x1b[31mred", b"\xff\xff\xff"):
        with pytest.raises(AttachmentContentMismatch):
            check("a.txt", content)


def test_an_encrypted_document_is_told_apart_from_a_damaged_one() -> None:
    with pytest.raises(AttachmentEncrypted, match="密码"):
        check("密.docx", make_ole2("EncryptedPackage"))


def test_an_encrypted_archive_is_refused() -> None:
    content = bytearray(make_zip({"a.txt": b"secret"}))
    content[6] |= 1
    content[content.rfind(b"PK\x01\x02") + 8] |= 1

    with pytest.raises(AttachmentEncrypted):
        check("密.zip", bytes(content))


def test_a_document_with_macros_is_refused_under_an_innocent_extension() -> None:
    with pytest.raises(AttachmentContentMismatch):
        check("宏.docx", make_office("wordprocessingml.document", **{"word/vbaProject.bin": b"x"}))


def test_an_archive_cut_short_or_with_a_wrong_checksum_is_refused() -> None:
    whole = make_zip({"a.txt": b"water level " * 50}, zipfile.ZIP_STORED)
    for broken in (whole[:-30], whole[: len(whole) // 2], whole.replace(b"water", b"WATER", 1)):
        with pytest.raises(AttachmentContentMismatch):
            check("坏.zip", broken)


def test_a_member_that_inflates_far_beyond_its_size_is_refused() -> None:
    with pytest.raises(AttachmentArchiveUnsafe, match="压缩比"):
        check("弹.zip", make_zip({"zeros": bytes(20_000_000)}))


def test_many_members_that_are_too_large_together_are_refused() -> None:
    members = {f"{n}.bin": zlib.compress(bytes([n])) * 100_000 for n in range(4)}

    with pytest.raises(AttachmentArchiveUnsafe, match="过大"):
        check("弹.zip", make_zip(members), archive_limits=ArchiveLimits(inflated_bytes=3_000_000))


def test_a_small_claim_over_a_large_content_is_refused() -> None:
    content = bytearray(make_zip({"zeros": bytes(500_000)}))
    for mark, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        content[content.find(mark) + at : content.find(mark) + at + 4] = struct.pack("<I", 100)

    with pytest.raises(AttachmentContentMismatch):
        check("谎.zip", bytes(content))


def test_overlapping_members_count_each_time() -> None:
    """All directory entries point at one member: small on the disk, large when unpacked."""
    one = make_zip({"a": bytes(900_000)})
    start = one.find(b"PK\x01\x02")
    entry = one[start : one.find(b"PK\x05\x06")]
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 400, 400, len(entry) * 400, start, 0)

    with pytest.raises(AttachmentArchiveUnsafe):
        check("叠.zip", one[:start] + entry * 400 + end)


def nested(depth: int, content: bytes = b"x") -> bytes:
    for _ in range(depth):
        content = make_zip({"a.zip": content})
    return content


def test_archives_may_be_nested_as_offices_do_but_no_deeper() -> None:
    assert check("正常.zip", nested(3)).size

    with pytest.raises(AttachmentArchiveUnsafe, match="嵌套"):
        check("深.zip", nested(4))


def test_the_budget_is_shared_by_nested_archives() -> None:
    inner = make_zip({f"{n}": bytes(900_000) for n in range(5)})
    outer = make_zip({f"{n}.zip": inner for n in range(5)})

    with pytest.raises(AttachmentArchiveUnsafe, match="过大"):
        check("弹.zip", outer, archive_limits=ArchiveLimits(inflated_bytes=10_000_000))


def test_a_directory_of_too_many_files_is_refused_before_it_is_read() -> None:
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 65_000, 65_000, 40_000_000, 4, 0)

    with pytest.raises(AttachmentArchiveUnsafe, match="文件过多"):
        check("多.zip", b"PK\x03\x04" + end)
    with pytest.raises(AttachmentArchiveUnsafe, match="文件过多"):
        check("多.zip", make_zip({str(n): b"" for n in range(20)}), archive_limits=ArchiveLimits(entries=10))


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_compression_that_cannot_be_inflated_in_steps_is_refused(method: int) -> None:
    with pytest.raises(AttachmentArchiveUnsafe, match="压缩方式"):
        check("a.zip", make_zip({"a": bytes(1000)}, method))


@pytest.mark.parametrize(
    "member", ["../../etc/cron.d/x", "/etc/passwd", "C:\\Windows\\x.txt", "资料/安装.exe", "a.lnk"]
)
def test_members_that_climb_out_or_would_run_are_refused(member: str) -> None:
    with pytest.raises(AttachmentArchiveUnsafe):
        check("a.zip", make_zip({member: b"x"}))


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("汛情通报.docx", "汛情通报.docx"),
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\张三\\桌面\\报告.docx", "报告.docx"),
        (f"发票{RLO}cod.txt", "发票cod.txt"),
        ("a\x00b\r\nSet-Cookie: x.txt", "abSet-Cookie_ x.txt"),
        ("CON.txt", "_CON.txt"),
        ("com1", "_com1"),
        ("...", "附件"),
        (".txt", "附件.txt"),
        ("报告.txt. .", "报告.txt"),
        ("刘喆\ud800.txt", "刘喆.txt"),
        ('a<b>"c|d?*.txt', "a_b__c_d__.txt"),
    ],
)
def test_names_are_cleaned(given: str, kept: str) -> None:
    assert clean_filename(given) == kept


@pytest.mark.parametrize(
    ("header", "name"),
    [
        (b"filename*=UTF-8''%E9%80%9A%E7%9F%A5.txt", "通知.txt"),
        (b"filename*=gb18030''%CD%A8%D6%AA.txt", "通知.txt"),
        (b"filename*0*=UTF-8''%E9%80%9A; filename*1*=%E7%9F%A5.txt", "通知.txt"),
        (b'filename="=?utf-8?B?6YCa55+lLnR4dA==?="', "通知.txt"),
        (b'filename="=?GB2312?Q?=CD=A8=D6=AA?=.txt"', "通知.txt"),
        (b'filename="' + "通知.txt".encode("gbk") + b'"', "通知.txt"),
        ('filename="通知.txt"'.encode(), "通知.txt"),
        ('filename="résumé.txt"'.encode(), "résumé.txt"),
        ('filename="ئۇيغۇر.txt"'.encode(), "ئۇيغۇر.txt"),
        (b'filename="a.txt"', "a.txt"),
    ],
)
async def test_a_file_is_named_in_every_way_that_programs_know(header: bytes, name: str) -> None:
    form = await posted(b'form-data; name="file"; ' + header)
    file = form["file"]
    assert isinstance(file, UploadFile)
    content = await file.read()
    await form.close()
    assert (clean_filename(file.filename or ""), content) == (name, b"hello")


@pytest.mark.parametrize(
    "header", [b'filename="\xff\xfe\xff.txt"', b"filename*=x-none''%E9.txt", b'filename="=?x-none?B?6YCa?="']
)
async def test_a_name_in_no_known_encoding_is_refused_with_that_reason(header: bytes) -> None:
    with pytest.raises(FileNameUnreadable, match="读不出文件名"):
        await posted(b'form-data; name="file"; ' + header)


async def test_a_field_without_a_file_stays_a_field() -> None:
    assert (await posted(b'form-data; name="title"'))["title"] == "hello"


async def posted(disposition: bytes) -> FormData:
    body = b"--X\r\nContent-Disposition: " + disposition + b"\r\n\r\nhello\r\n--X--\r\n"

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    headers = [(b"content-type", b"multipart/form-data; boundary=X")]
    return await read_parts(Request({"type": "http", "method": "POST", "headers": headers}, receive))


@pytest.mark.parametrize("name", ["notepad_unicode.txt", "dos_eof.txt", "gb18030.txt"])
def test_text_as_windows_and_dos_write_it_is_text(name: str) -> None:
    assert check(name, (CASES / name).read_bytes()).media_type == "text/plain"


@pytest.mark.parametrize(
    "content",
    ["甲,乙\v丙\r\n".encode("gbk"), "甲\f乙".encode(), "甲乙\r\n".encode("utf-16-le"), "甲\x1a\x1a".encode("gbk")],
)
def test_vertical_tabs_and_the_end_mark_of_dos_do_not_damage_a_text(content: bytes) -> None:
    assert check("名册.csv", content)


@pytest.mark.parametrize(
    "content", [b"a\x1ab", b"\x00\x01\x02\x03", b"\xff\xfe\x00", b"a\x07", "a\x07b".encode("utf-16")]
)
def test_bytes_with_controls_inside_are_no_text(content: bytes) -> None:
    with pytest.raises(AttachmentContentMismatch):
        check("名册.txt", content)


def test_names_inside_are_compared_without_case_and_with_either_slash() -> None:
    assert check("旧表.xls", make_ole2("WORKBOOK"))
    types = f'<Types><Override ContentType="{MAIN.format("spreadsheetml.sheet")}"/></Types>'.encode()
    assert check("台账.xlsx", make_zip({"[content_types].xml": types, "xl\\workbook.xml": b"<w/>"}))


def test_two_long_names_that_differ_at_their_end_stay_different() -> None:
    long = "关于进一步做好全区冬春农田水利基本建设和饮水安全工作" * 6
    assert clean_filename(f"{long}（一）.docx") != clean_filename(f"{long}（二）.docx")


def test_a_long_name_keeps_its_extension() -> None:
    for name in ("长" * 300 + ".docx", "CON." + "x" * 200 + ".docx"):
        cleaned = clean_filename(name)
        assert len(cleaned) <= 120
        assert cleaned.endswith(".docx")
    assert len(clean_filename("a." + "x" * 300)) <= 120
