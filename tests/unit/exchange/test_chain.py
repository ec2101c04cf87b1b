"""The chain against vectors worked out by hand with sha256sum, not with the code under test."""

import hashlib
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.exchange.policy.chain import ZERO, Chain, Row, fields, hash_of, is_intact, sealed, walk

CHAIN = Chain("township>district", "routine")
SALT = bytes(range(16))


def test_a_digest_is_the_hash_of_salt_and_bytes() -> None:
    assert sealed(1, b"{}", salt=SALT).digest.hex() == hashlib.sha256(SALT + b"{}").hexdigest()


def test_the_first_two_hashes_of_a_chain_are_the_golden_ones() -> None:
    first, second = walk(
        CHAIN, epoch=1, previous=ZERO, rows=[sealed(1, b"one", salt=SALT), sealed(2, b"two", salt=SALT)]
    )
    by_hand = hashlib.sha256(
        b"\x00\x00\x00\x20" + bytes(32)
        + b"\x00\x00\x00\x11township>district"
        + b"\x00\x00\x00\x07routine"
        + b"\x00\x00\x00\x08" + (1).to_bytes(8, "big")
        + b"\x00\x00\x00\x08" + (1).to_bytes(8, "big")
        + b"\x00\x00\x00\x20" + hashlib.sha256(SALT + b"one").digest()
    ).digest()  # fmt: skip
    assert first.h == by_hand
    assert first.h.hex() == "e3dfff71ff257f9c880caedf4af9886491218594855fadac189c714398320ee7"
    assert second.h.hex() == "5d1dbc5ffd7804a6d43d5e05a9467077ed3822ce01f24b34715954e87c245d13"


def test_an_erased_row_keeps_the_chain_whole() -> None:
    rows = [sealed(n, b"body %d" % n, salt=SALT) for n in (1, 2, 3)]
    erased = [rows[0], Row(2, b"", b"", rows[1].digest), rows[2]]
    assert (
        walk(CHAIN, epoch=1, previous=ZERO, rows=rows)[-1].h == walk(CHAIN, epoch=1, previous=ZERO, rows=erased)[-1].h
    )
    assert all(map(is_intact, erased))


def test_bytes_that_do_not_fit_the_digest_are_not_intact() -> None:
    row = sealed(1, b"true", salt=SALT)
    assert not is_intact(Row(1, SALT, b"false", row.digest))


@given(
    st.lists(st.one_of(st.binary(max_size=6), st.integers(0, 2**63 - 1)), max_size=4),
    st.lists(st.one_of(st.binary(max_size=6), st.integers(0, 2**63 - 1)), max_size=4),
)
def test_different_fields_never_share_their_canonical_bytes(one: list[Any], other: list[Any]) -> None:
    as_bytes = [v if isinstance(v, bytes) else v.to_bytes(8, "big") for v in one]
    others = [v if isinstance(v, bytes) else v.to_bytes(8, "big") for v in other]
    assert (fields(*one) == fields(*other)) == (as_bytes == others)


def test_every_part_of_the_address_changes_the_hash() -> None:
    base = hash_of(CHAIN, epoch=1, n=1, previous=ZERO, digest=ZERO)
    others = [
        hash_of(Chain("district>township", "routine"), epoch=1, n=1, previous=ZERO, digest=ZERO),
        hash_of(Chain("township>district", "urgent"), epoch=1, n=1, previous=ZERO, digest=ZERO),
        hash_of(CHAIN, epoch=2, n=1, previous=ZERO, digest=ZERO),
        hash_of(CHAIN, epoch=1, n=2, previous=ZERO, digest=ZERO),
        hash_of(CHAIN, epoch=1, n=1, previous=base, digest=ZERO),
        hash_of(CHAIN, epoch=1, n=1, previous=ZERO, digest=base),
    ]
    assert len({base, *others}) == 7
