"""A sentence said once on the page after a posted form."""

from __future__ import annotations

import base64
import binascii
import json
import re
from dataclasses import dataclass

from fastapi.responses import RedirectResponse

FLASH_COOKIE = "flash"
_LIFETIME_S = 60
_MAX_CHARACTERS = 400


_UNDOING = re.compile(r"/[a-z]+/[a-z]+/[0-9a-f-]{36}/[a-z]+")


@dataclass(frozen=True)
class Message:
    """A sentence shown once on the next page; tones are those of the banner.

    `undo` is the address that takes back what was done, `version` the one that it then had: nobody has gone on from it.
    """

    text: str
    tone: str = "green"
    undo: str = ""
    version: int | None = None


def back_to(
    href: str, text: str = "", *, tone: str = "green", undo: str = "", version: int | None = None
) -> RedirectResponse:
    """Answer a posted form: go to `href` (303) and say `text` there once, with a way back (see `Message`)."""
    response = RedirectResponse(href, status_code=303)
    if text:
        words = json.dumps({"text": text[:_MAX_CHARACTERS], "tone": tone, "undo": undo, "version": version}).encode()
        response.set_cookie(
            FLASH_COOKIE,
            base64.urlsafe_b64encode(words).decode(),
            max_age=_LIFETIME_S,
            path="/",
            httponly=True,
            samesite="lax",
        )
    return response


def messages_in(cookie: str | None) -> list[Message]:
    """What the flash cookie says; nothing when it is absent or was tampered with."""
    if not cookie:
        return []
    try:
        said = json.loads(base64.urlsafe_b64decode(cookie))
        undo, version = str(said.get("undo", "")), said.get("version")
        undo = undo if _UNDOING.fullmatch(undo) else ""  # a cookie may be planted: no other address is offered
        text = str(said["text"])[:_MAX_CHARACTERS]
        return [Message(text, str(said["tone"]), undo, version if isinstance(version, int) else None)]
    except (binascii.Error, ValueError, KeyError, TypeError, AttributeError):
        return []
