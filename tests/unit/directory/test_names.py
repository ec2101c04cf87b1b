"""Names, codes and cards as people type them, and as attackers do."""

from __future__ import annotations

from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from services.directory.model import NewOfficer, NewUnit, PeerCard, UnitChange
from services.directory.model.names import plain_line, username_of
from services.kernel.language.vocabulary import Role
from services.kernel.runtime.web.tokens import key_id, public_key_text

KEY = Ed25519PrivateKey.generate().public_key()


@pytest.mark.parametrize(("typed", "kept"), [(" Editor ", "editor"), ("a-b.c_1", "a-b.c_1")])
def test_a_username_is_folded(typed: str, kept: str) -> None:
    assert username_of(typed) == kept


@pytest.mark.parametrize(
    "typed",
    ["", "a", "1a", "编辑", "a b", "a\x00b", "a" * 33, "x" * 1_000_000, "ed\u202eitor", "-a", "a@b", "\ud800a"],
)
def test_what_can_be_nobodys_username_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="用户名"):
        username_of(typed)


@pytest.mark.parametrize("text", ["a\x00b", "a\x07", "a\ud800", "a\u202eb", "a\u200bb", "\ufeffa", "a\ue000"])
def test_what_cannot_be_printed_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="不能显示"):
        plain_line(text)


@given(st.text())
def test_a_line_that_passes_is_one_line_and_stays_as_it_is(text: str) -> None:
    try:
        line = plain_line(text)
    except ValueError:
        return
    assert "\n" not in line
    assert plain_line(line) == line
    line.encode()


@pytest.mark.parametrize("name", ["\U0002ebf0某", "阿依古丽·买买提", "扎西•次仁", "ئۇيغۇر", "ᠮᠣᠩᠭᠣᠯ"])
def test_names_with_newer_characters_and_middle_dots_are_lines(name: str) -> None:
    assert plain_line(name) == name


def test_markup_in_a_name_is_text_and_kept() -> None:
    assert NewUnit(name="<b>{{ 7*7 }}</b>", kind="bureau").name == "<b>{{ 7*7 }}</b>"


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "", "kind": "bureau"},
        {"name": "   ", "kind": "bureau"},
        {"name": "字" * 61, "kind": "bureau"},
        {"name": "水利局"},
        {"name": "水利局", "kind": "palace"},
        {"name": 7, "kind": "bureau"},
        {"name": ["水利局"], "kind": "bureau"},
        {"name": "水利局", "kind": "bureau", "unit_id": "7"},
        {"name": "水利局", "kind": "bureau", "org_code": "低"},
    ],
)
def test_a_unit_of_the_wrong_shape_is_refused(fields: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        NewUnit.model_validate(fields)


def test_a_change_holds_only_what_was_given() -> None:
    assert UnitChange.model_validate({"short_name": "水利"}).given() == {"short_name": "水利"}
    assert UnitChange.model_validate({"nonsense": 1}).given() == {}
    with pytest.raises(ValidationError):
        UnitChange.model_validate({"name": ""})


def test_roles_are_a_closed_list() -> None:
    officer = {"username": "clerk", "name": "陈小满", "unit_id": str(uuid4()), "roles": ["clerk", "clerk"]}
    assert NewOfficer.model_validate(officer).roles == {Role.CLERK}
    for roles in (["emperor"], "clerk", [["clerk"]], ["clerk"] * 5000 + ["x"]):
        with pytest.raises(ValidationError):
            NewOfficer.model_validate({**officer, "roles": roles})


def card(**changes: object) -> dict[str, object]:
    return {
        "node_id": "township",
        "name": "安澜市云岭区龙潭乡",
        "level": "township",
        "system": "government",
        "unit": {"unit_id": str(uuid4()), "name": "龙潭乡党政综合办公室", "short_name": "龙潭乡", "org_code": ""},
        "public_key": public_key_text(KEY),
        "key_id": "0000000000000000",
        "bootstrap_servers": "127.0.0.1:9101",
        **changes,
    }


def test_the_key_id_written_on_a_card_is_not_believed() -> None:
    assert PeerCard.model_validate(card()).true_key_id == key_id(KEY)


@pytest.mark.parametrize(
    "change",
    [
        {"node_id": "Town Ship"},
        {"node_id": "../../etc"},
        {"level": "galaxy"},
        {"public_key": "AAAA"},
        {"public_key": "x" * 100_000},
        {"bootstrap_servers": "http://evil/"},
        {"bootstrap_servers": "a:1;rm -rf"},
        {"unit": None},
        {"unit": {"unit_id": "x"}},
    ],
)
def test_a_card_of_the_wrong_shape_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        PeerCard.model_validate(card(**change))
