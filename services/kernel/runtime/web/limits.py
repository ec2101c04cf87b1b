"""Bodies are counted as they come in: whoever sends too much is refused before it is all here."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request, Response
from starlette.datastructures import FormData, UploadFile
from starlette.types import Message, Receive

from services.kernel.language.refusal import InvalidInput, Refusal
from services.kernel.runtime.uploads import AttachmentTooLarge, CheckedUpload, take_in
from services.kernel.runtime.uploads.files import FileStore, StoredFile
from services.kernel.runtime.uploads.parts import read_parts
from services.kernel.runtime.web.edge import EdgeRoute

TEXT_LIMIT_BYTES = 8 * 1024 * 1024
MOST_FIELDS = 5_000
MOST_VALUES = 400_000
"""A text may be all commas, so many that it is refused for its length; no list of ours is as long."""
_PARSED_AT_ONCE_BYTES = 64 * 1024
_FORM_AROUND_A_FILE_BYTES = 2 * 1024 * 1024


class RequestTooLarge(Refusal):
    """提交的内容太大。"""

    status = 413
    code = "body_too_large"
    message = "提交的内容太大，请删减正文，或改用附件。"


class LimitedRequest(Request):
    """A request whose form may have one field as large as all of it: the limit of the whole is enough."""

    def form(self, *, max_files: float = 1000, max_fields: float = 1000, max_part_size: int = TEXT_LIMIT_BYTES) -> Any:
        """Whoever asks first decides for all; so all ask alike."""
        return super().form(max_files=max_files, max_fields=max_fields, max_part_size=max_part_size)

    async def _get_form(self, **limits: Any) -> FormData:
        """Parts of a form with files are read by our parser, which knows every way in which a file can be named."""
        if self._form is None and self.headers.get("content-type", "").lower().startswith("multipart/form-data"):
            self._form = await read_parts(self, **limits)
        return await super()._get_form(**limits)


class LimitedRoute(EdgeRoute):
    """A route that stops reading a request above its limit: an attachment's, or 8 MB of text."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap the edge's handler."""
        handle = super().get_route_handler()

        async def within_limits(request: Request) -> Response:
            limited = LimitedRequest(request.scope, _counted(request))
            try:
                return await handle(limited)
            finally:
                await limited.close()  # gives the uploaded files' room back

        return within_limits

    async def take_in(self, request: Request) -> None:
        """Read the body; a file is read by whoever wants it."""
        if not _is_upload(request):
            await _take_in(request)


def edge_router(**options: Any) -> APIRouter:
    """A router whose routes own their transaction and stop reading what is too large."""
    return APIRouter(route_class=LimitedRoute, **options)


async def uploaded_file(request: Request, part: str = "file") -> UploadFile:
    """The file in this part of a posted form; its content lies in a temporary file, not in memory.

    Raises:
        InvalidInput: No file was chosen.
    """
    file = (await request.form()).get(part)
    if not isinstance(file, UploadFile) or not file.filename:
        raise InvalidInput("请选择要上传的文件。", errors=[{"field": part, "code": "missing", "message": "请选择文件"}])
    return file


async def take_in_upload(request: Request, files: FileStore, part: str = "file") -> tuple[CheckedUpload, StoredFile]:
    """The file in this part of a posted form, checked by its content and stored, before any transaction begins.

    It stays open: the edge, which closes it, reads it once more to know a repeated request by its content.

    Raises:
        InvalidInput: No file was chosen.
        AttachmentTypeNotAllowed and its kin: See `take_in`.
    """
    file = await uploaded_file(request, part)
    return await take_in(files, file.filename or "", file.file, limit_bytes=attachment_limit_bytes(request))


def attachment_limit_bytes(request: Request) -> int:
    """The largest attachment this node takes."""
    megabytes: int = request.app.state.context.settings.attachment_limit_mb
    return megabytes * 1024 * 1024


def _is_upload(request: Request) -> bool:
    return request.headers.get("content-type", "").startswith("multipart/")


def _counted(request: Request) -> Receive:
    is_upload = _is_upload(request)
    limit = attachment_limit_bytes(request) + _FORM_AROUND_A_FILE_BYTES if is_upload else TEXT_LIMIT_BYTES
    refusal = AttachmentTooLarge if is_upload else RequestTooLarge
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > limit:
        return _refuse(refusal)
    receive, read = request.receive, 0

    async def counted() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if read > limit:
            raise refusal
        return message

    return counted


async def _take_in(request: Request) -> None:
    """Read the body, which stays kept: read by FastAPI, a refusal would become a plain 400. A long form is parsed aside."""
    body = await request.body()
    _require_few_fields(body)
    is_form = request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded")
    if is_form and len(body) > _PARSED_AT_ONCE_BYTES:
        request._form = await asyncio.to_thread(_form_of, body)  # noqa: SLF001 - what Request.form() would keep there


def _form_of(body: bytes) -> FormData:
    fields: list[tuple[str, str | UploadFile]] = []
    fields += parse_qsl(body.decode("latin-1"), keep_blank_values=True, errors="replace")
    return FormData(fields)


def _require_few_fields(body: bytes) -> None:
    """Each field costs the same, however small it is; a text that writes `":` so often is refused with them.

    Raises:
        RequestTooLarge: More fields than any form of ours has.
    """
    if body.count(b'":') > MOST_FIELDS or body.count(b"&") > MOST_FIELDS or body.count(b",") > MOST_VALUES:
        raise RequestTooLarge


def _refuse(refusal: type[Refusal]) -> Receive:
    async def refuse() -> Message:
        raise refusal

    return refuse
