"""A sentence said once on the page after a posted form."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass

from fastapi.responses import RedirectResponse

FLASH_COOKIE = "flash"
_LIFETIME_S = 60
_MAX_CHARACTERS = 400


@dataclass(frozen=True)
class Message:
    """A sentence shown once on the next page; tones are those of the banner."""

    text: str
    tone: str = "green"


def back_to(href: str, text: str = "", *, tone: str = "green") -> RedirectResponse:
    """Answer a posted form: go to `href` (303) and say `text` there once."""
    response = RedirectResponse(href, status_code=303)
    if text:
        words = json.dumps({"text": text[:_MAX_CHARACTERS], "tone": tone}).encode()
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
        return [Message(str(said["text"])[:_MAX_CHARACTERS], str(said["tone"]))]
    except (binascii.Error, ValueError, KeyError, TypeError):
        return []
