"""Tokens and key files: what is accepted, what is refused, by an explicit clock."""

from __future__ import annotations

import base64
import json
import stat
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.kernel.language.vocabulary import Role, UnitKind
from services.kernel.runtime.web.tokens import (
    Claims,
    KeyUnreadable,
    TokenExpired,
    TokenInvalid,
    ensure_key_pair,
    fingerprint,
    key_id,
    load_key_pair,
    public_key_from_text,
    public_key_text,
    public_pem,
    sign_token,
    verify_token,
)

NOW = datetime(2026, 11, 24, 6, 40, tzinfo=UTC)
KEY = Ed25519PrivateKey.generate()


def claims(**changes: Any) -> Claims:
    return replace(
        Claims(
            officer_id=uuid4(),
            username="clerk",
            name="陈小满",
            unit_id=uuid4(),
            unit_name="龙潭乡党政综合办公室",
            unit_kind=UnitKind.HEAD_OFFICE,
            section="信息组",
            roles=frozenset({Role.CLERK, Role.REVIEWER}),
            node_id="township",
            session_id="abc",
            issued_at=NOW,
            expires_at=NOW + timedelta(minutes=10),
        ),
        **changes,
    )


def test_a_token_says_what_was_signed() -> None:
    said = claims()
    assert verify_token(sign_token(said, KEY), KEY.public_key(), NOW, "township") == said


def test_a_token_ends_at_its_last_instant_by_the_clock_that_is_given() -> None:
    token = sign_token(claims(), KEY)
    late = NOW + timedelta(minutes=10)
    verify_token(token, KEY.public_key(), late - timedelta(seconds=1), "township")
    with pytest.raises(TokenExpired):
        verify_token(token, KEY.public_key(), late, "township")


def test_a_token_of_another_node_or_key_is_refused() -> None:
    token = sign_token(claims(), KEY)
    with pytest.raises(TokenInvalid):
        verify_token(token, KEY.public_key(), NOW, "city")
    with pytest.raises(TokenInvalid):
        verify_token(token, Ed25519PrivateKey.generate().public_key(), NOW, "township")


def _unsigned(payload: dict[str, object]) -> str:
    def part(value: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    return f"{part({'alg': 'none', 'typ': 'JWT'})}.{part(payload)}."


@pytest.mark.parametrize(
    "token",
    [
        "",
        "a",
        "a.b.c",
        "…" * 20,
        "x" * 100_000,
        "\x00\ud800",
        _unsigned({"iss": "township", "sub": str(uuid4()), "iat": 1, "exp": 9_999_999_999, "sid": "s"}),
        jwt.encode({"iss": "township", "sub": "x", "iat": 1, "exp": 2, "sid": "s"}, KEY, "EdDSA"),
        jwt.encode({"iss": "township"}, "k" * 32, "HS256"),
    ],
)
def test_what_is_not_a_token_is_refused(token: str) -> None:
    with pytest.raises(TokenInvalid):
        verify_token(token, KEY.public_key(), NOW, "township")


@pytest.mark.parametrize(
    "change",
    [
        {"roles": ["emperor"]},
        {"roles": None},
        {"unit_kind": "palace"},
        {"exp": 10**30},
        {"exp": "soon"},
        {"sub": 7},
    ],
)
def test_a_signed_token_with_claims_of_the_wrong_shape_is_refused(change: dict[str, object]) -> None:
    payload = jwt.decode(sign_token(claims(), KEY), options={"verify_signature": False})
    token = jwt.encode({**payload, **change}, KEY, "EdDSA")
    with pytest.raises(TokenInvalid):
        verify_token(token, KEY.public_key(), NOW, "township")


def test_a_key_pair_is_made_once_and_only_its_owner_can_read_it(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "token.key"
    first = ensure_key_pair(path)
    assert ensure_key_pair(path).key_id == first.key_id == load_key_pair(path).key_id
    assert path.with_suffix(".pub").read_text() == public_pem(first.public)
    assert {stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()} == {0o600}
    assert len(list(path.parent.iterdir())) == 2


def test_a_lost_public_half_is_written_again(tmp_path: Path) -> None:
    pair = ensure_key_pair(tmp_path / "node.key")
    (tmp_path / "node.pub").unlink()
    ensure_key_pair(tmp_path / "node.key")
    assert (tmp_path / "node.pub").read_text() == public_pem(pair.public)


def test_a_file_that_is_no_key_is_named(tmp_path: Path) -> None:
    path = tmp_path / "token.key"
    path.write_text("not a key")
    with pytest.raises(KeyUnreadable, match=r"token\.key"):
        ensure_key_pair(path)


def test_a_public_key_survives_its_text_form() -> None:
    public = KEY.public_key()
    assert key_id(public_key_from_text(public_key_text(public))) == key_id(public)
    assert len(fingerprint(public).split()) == 8


@pytest.mark.parametrize("text", ["", "AAAA", "****", "密钥", "A" * 5000])
def test_text_that_is_no_public_key_is_refused(text: str) -> None:
    with pytest.raises(KeyUnreadable):
        public_key_from_text(text)
