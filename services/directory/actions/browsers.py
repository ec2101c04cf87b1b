"""Browsers in which an officer has signed in before: known by a cookie that proves it and opens nothing."""

from __future__ import annotations

import hashlib
import hmac
import secrets

from services.directory.model import names
from services.directory.policy.sign_in import Place
from services.kernel.runtime.service import ServiceContext

KNOWN_COOKIE = "shangda_known"
KNOWN_FOR_S = 180 * 24 * 3600


def place_of(context: ServiceContext, username: str, *, cookie: str, address: str) -> Place:
    """Where a password for this username is typed: the browser that `cookie` proves to be known, else the address."""
    browser, _, proof = cookie[:200].partition(".")
    wanted = _proof(context, username, browser)
    if browser and hmac.compare_digest(proof.encode("utf-8", "replace"), wanted.encode()):
        return Place(browser=browser)
    return Place(address=address)


def known_from_now_on(context: ServiceContext, username: str) -> str:
    """The cookie of a browser in which this officer has just signed in."""
    browser = secrets.token_hex(8)
    return f"{browser}.{_proof(context, username, browser)}"


def _proof(context: ServiceContext, username: str, browser: str) -> str:
    """Only this node can make it, and for one officer: a cookie of one's own slows nobody else's guesses down less."""
    key = context.token_keys.private.private_bytes_raw()
    try:
        said = f"known browser {names.username_of(username)} {browser}"
    except ValueError:
        return secrets.token_hex(32)  # nobody has this name
    return hmac.new(key, said.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()
