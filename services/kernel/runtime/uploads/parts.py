"""Forms with files: read as Starlette does, but for the names, which programs send in more ways than it knows."""

from __future__ import annotations

from contextlib import aclosing
from typing import Any

from python_multipart.multipart import parse_options_header
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from services.kernel.runtime.uploads.names import named_in_header


async def read_parts(request: Request, **limits: Any) -> FormData:
    """The fields and files of a posted form; the limits are those of `Request.form`.

    Raises:
        FileNameUnreadable: A file's name is in no encoding that is known here.
        HTTPException: It is no form, or one beyond the limits: 400.
    """
    try:
        async with aclosing(request.stream()) as stream:
            return await _NamingParser(request.headers, stream, **limits).parse()
    except MultiPartException as fault:
        raise HTTPException(status_code=400, detail=fault.message) from fault


class _NamingParser(MultiPartParser):
    """Finds a file's name before Starlette does, and hands it on in the one form that it reads."""

    def on_headers_finished(self) -> None:
        """Called by the parser between a part's headers and its content."""
        part = self._current_part
        name = named_in_header(part.content_disposition) if part.content_disposition else None
        if name is not None:
            _, options = parse_options_header(part.content_disposition)
            field = options.get(b"name", b"").replace(b"\\", b"\\\\").replace(b'"', b'\\"')
            plain = name.replace("\\", "/").replace('"', "'").encode()
            part.content_disposition = b'form-data; name="%s"; filename="%s"' % (field, plain)
        super().on_headers_finished()
