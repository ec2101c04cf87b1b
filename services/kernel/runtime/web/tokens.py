"""The node's Ed25519 keys and the short-lived tokens that the directory signs with them."""

from __future__ import annotations

import base64
import binascii
import contextlib
import hashlib
import os
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import jwt
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from services.kernel.language.refusal import NotSignedIn
from services.kernel.language.vocabulary import Role, UnitKind

ALGORITHM = "EdDSA"
MAX_TOKEN_CHARACTERS = 4096
_REQUIRED = ["sub", "iss", "iat", "exp", "sid"]


class TokenInvalid(NotSignedIn):
    """登录凭证无法识别，请重新登录。"""

    code = "token_invalid"
    message = "登录凭证无法识别，请重新登录。"


class TokenExpired(NotSignedIn):
    """登录凭证已过期，请重新登录。"""

    code = "token_expired"
    message = "登录凭证已过期，请重新登录。"


class KeyUnreadable(ValueError):
    """A key file or a key in text is not an Ed25519 key."""


@dataclass(frozen=True)
class Claims:
    """What a token says about the officer who carries it."""

    officer_id: UUID
    username: str
    name: str
    unit_id: UUID
    unit_name: str
    unit_kind: UnitKind
    section: str
    roles: frozenset[Role]
    node_id: str
    session_id: str
    issued_at: datetime
    expires_at: datetime


@dataclass(frozen=True)
class KeyPair:
    """A private key and its public half; `key_id` names it in heads, receipts and tokens."""

    private: Ed25519PrivateKey
    public: Ed25519PublicKey
    key_id: str


def sign_token(claims: Claims, key: Ed25519PrivateKey) -> str:
    """A compact JWT with the claims, signed with the directory's key."""
    return jwt.encode(
        {
            "iss": claims.node_id,
            "sub": str(claims.officer_id),
            "sid": claims.session_id,
            "iat": int(claims.issued_at.timestamp()),
            "exp": int(claims.expires_at.timestamp()),
            "username": claims.username,
            "name": claims.name,
            "unit_id": str(claims.unit_id),
            "unit_name": claims.unit_name,
            "unit_kind": claims.unit_kind.value,
            "section": claims.section,
            "roles": sorted(claims.roles),
        },
        key,
        algorithm=ALGORITHM,
        headers={"kid": key_id(key.public_key())},
    )


def verify_token(token: str, public_key: Ed25519PublicKey, now: datetime, node_id: str) -> Claims:
    """The claims of a token of this node that is signed by `public_key` and still valid at `now`.

    Raises:
        TokenInvalid: Malformed, signed by another key, or of another node.
        TokenExpired: Genuine, but over.
    """
    if len(token) > MAX_TOKEN_CHARACTERS:
        raise TokenInvalid
    try:
        # Times are held against `now`, never against the library's own clock.
        said = jwt.decode(
            token,
            public_key,
            algorithms=[ALGORITHM],
            issuer=node_id,
            options={"require": _REQUIRED, "verify_exp": False, "verify_iat": False},
        )
        claims = _claims(said)
    except (jwt.InvalidTokenError, KeyError, ValueError, TypeError, OverflowError) as fault:
        raise TokenInvalid from fault
    if now >= claims.expires_at:
        raise TokenExpired
    return claims


def ensure_key_pair(path: Path) -> KeyPair:
    """The key pair at `path` (e.g. `keys/token.key`, public half beside it as `.pub`), made once.

    Both files are created with mode 0600; a process that comes second takes what the first one made.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not path.exists():
        _place(path, _private_pem(Ed25519PrivateKey.generate()))
    pair = load_key_pair(path)
    if not path.with_suffix(".pub").exists():
        _place(path.with_suffix(".pub"), public_pem(pair.public).encode())
    return pair


def load_key_pair(path: Path) -> KeyPair:
    """The key pair whose private half is the file `path`.

    Raises:
        FileNotFoundError: No such file.
        KeyUnreadable: Not an Ed25519 key.
    """
    try:
        private = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as fault:
        raise KeyUnreadable(f"{path.name} is not a private key") from fault
    if not isinstance(private, Ed25519PrivateKey):
        raise KeyUnreadable(f"{path.name} is not an Ed25519 key")
    public = private.public_key()
    return KeyPair(private=private, public=public, key_id=key_id(public))


def public_pem(public_key: Ed25519PublicKey) -> str:
    """The public key as PEM text, as other programs expect it."""
    return public_key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()


def public_key_text(public_key: Ed25519PublicKey) -> str:
    """The 32 bytes of a public key in base64, as peer cards and facts carry them."""
    return base64.b64encode(public_key.public_bytes_raw()).decode()


def public_key_from_text(text: str) -> Ed25519PublicKey:
    """The public key that `public_key_text` wrote down.

    Raises:
        KeyUnreadable: Not 32 bytes in base64.
    """
    try:
        return Ed25519PublicKey.from_public_bytes(base64.b64decode(text, validate=True))
    except (binascii.Error, ValueError) as fault:
        raise KeyUnreadable("not an Ed25519 public key in base64") from fault


def key_id(public_key: Ed25519PublicKey) -> str:
    """Short name of a key: the first 16 hex digits of its SHA-256."""
    return hashlib.sha256(public_key.public_bytes_raw()).hexdigest()[:16]


def fingerprint(public_key: Ed25519PublicKey) -> str:
    """What two people read to each other to confirm a key: its SHA-256 in groups of four."""
    digest = hashlib.sha256(public_key.public_bytes_raw()).hexdigest()[:32].upper()
    return " ".join(digest[start : start + 4] for start in range(0, len(digest), 4))


def _claims(said: dict[str, Any]) -> Claims:
    return Claims(
        officer_id=UUID(said["sub"]),
        username=str(said["username"]),
        name=str(said["name"]),
        unit_id=UUID(said["unit_id"]),
        unit_name=str(said["unit_name"]),
        unit_kind=UnitKind(said["unit_kind"]),
        section=str(said["section"]),
        roles=frozenset(Role(role) for role in said["roles"]),
        node_id=str(said["iss"]),
        session_id=str(said["sid"]),
        issued_at=datetime.fromtimestamp(said["iat"], UTC),
        expires_at=datetime.fromtimestamp(said["exp"], UTC),
    )


def _private_pem(key: Ed25519PrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _place(path: Path, content: bytes) -> None:
    """Write a 0600 file that appears whole or not at all, and never over another's."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink()
