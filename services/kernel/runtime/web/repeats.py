"""How a request that comes again is known: its Idempotency-Key, who asks, and a digest of all that it asks for."""

from __future__ import annotations

import hashlib
import hmac

from fastapi import Request
from starlette.datastructures import FormData, UploadFile

from services.kernel.runtime.web.identity import CSRF_COOKIE, SESSION_COOKIE

STEP_BYTES = 1024 * 1024
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


async def key_of(request: Request) -> str:
    """The request's key, in its header or its form; empty without one."""
    return (key_in_header(request) or str((await form_of(request)).get("idempotency_key", "")))[:120]


def key_in_header(request: Request) -> str:
    """The key where programs put it."""
    return request.headers.get("idempotency-key", "").strip()[:120]


async def form_of(request: Request) -> FormData:
    """The fields of a form; none of any other body."""
    kind = request.headers.get("content-type", "")
    if kind.startswith(_FORMS):
        return await request.form()
    return FormData()


async def digest_of(request: Request) -> str:
    """What was asked, under a key that the database does not hold: forms may carry passwords."""
    secret = request.app.state.context.token_keys.private.private_bytes_raw()
    digest = hmac.new(secret, f"{request.method} {request.url.path}".encode(), hashlib.sha256)
    kind = request.headers.get("content-type", "")
    if not kind.startswith(_FORMS):
        digest.update(await request.body())
        return digest.hexdigest()
    for name, value in (await form_of(request)).multi_items():
        if name not in {"csrf_token", "idempotency_key"}:
            said = value if isinstance(value, str) else f"{value.filename} {await _digest_of_file(value)}"
            digest.update(f"{len(name)} {len(said)} {name}={said}\n".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


async def _digest_of_file(file: UploadFile) -> str:
    digest = hashlib.sha256()
    await file.seek(0)
    while step := await file.read(STEP_BYTES):
        digest.update(step)
    await file.seek(0)
    return digest.hexdigest()


def asker_of(request: Request) -> str:
    """Who asks: the officer, else the browser by what its cookies say, else the address."""
    if officer := getattr(request.state, "officer", None):
        return str(officer.officer_id)
    where = request.client.host if request.client else ""
    said = "".join(request.cookies.get(name, "") for name in (SESSION_COOKIE, CSRF_COOKIE)) or where
    return "anonymous " + hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()[:20]
