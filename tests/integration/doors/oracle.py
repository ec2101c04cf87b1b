"""The oracle read from its table: who may do what at every address, and what others are answered."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from services.kernel.language.vocabulary import Role
from services.kernel.runtime.surroundings.settings import ALL_SERVICES
from services.kernel.runtime.web.identity import Officer
from tests.integration.doors.people import ORDINARY, SORTS, Sort
from tests.integration.doors.world import STATES

STRANGER = "stranger"
EVERYBODY, INSIDERS, ANYWHERE = "everybody", "insiders", "anywhere"
GOES = frozenset(range(200, 400))
FOR_THE_STATE = frozenset({409, 412, 422})
_TABLE = yaml.safe_load(Path(__file__).with_name("oracle.yaml").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Door:
    """One address with a method, and what the table says of it."""

    method: str
    path: str
    who: str
    of: str = ""
    when: frozenset[str] | None = None
    through: Mapping[str, frozenset[str]] | frozenset[str] | None = None
    gets: Mapping[str, frozenset[int]] = field(default_factory=dict)
    denied: frozenset[int] = frozenset({403})
    asked: str = ""
    sent: Mapping[str, Any] = field(default_factory=dict)

    @property
    def section(self) -> str:
        """Whose address it is: a service's, the portal's (`open`), or the node's own (`node`)."""
        first = self.path.split("/")[1]
        return first if first in {*ALL_SERVICES, "open"} else "node"

    @property
    def is_page(self) -> bool:
        """Whether a browser asks."""
        return "/api/" not in self.path

    def admits(self, name: str, who: Officer | None, state: str, sort: str = ORDINARY) -> bool:
        """Whether this person may come in while the object, an item of this sort, is in this state."""
        if self.who in {EVERYBODY, INSIDERS} or who is None:
            return self.who == EVERYBODY
        if self.when is not None and state not in self.when:
            return False
        of = SORTS[sort] if self.of == "item" else None
        return any(_is_meant(clause, name, who, of) for clause in self._named_in(state).split(", ") if clause)

    def answers(self, name: str, who: Officer | None, state: str, sort: str = ORDINARY) -> Collection[int]:
        """The answers that are right."""
        if not self.admits(name, who, state, sort):
            if self.who == INSIDERS:
                return {404}
            return self.denied if who is not None else {303} if self.is_page else {401}
        if state in self.gets:
            return self.gets[state]
        through = self.through
        if isinstance(through, Mapping):
            through = frozenset().union(*(through.get(role, frozenset()) for role in who.roles)) if who else frozenset()
        if through is None:
            return GOES if self.method == "GET" else GOES | FOR_THE_STATE
        return GOES if state in through else FOR_THE_STATE

    def _named_in(self, state: str) -> str:
        group = _TABLE["groups"].get(self.who)
        if group is None:
            return self.who
        return next((named for states, named in group.items() if state in states.split()), "")


def read_oracle() -> list[Door]:
    """Every line of the table, those of every service once for each."""
    return [door for said, row in _TABLE["routes"].items() for door in _doors(said, row)]


def _doors(said: str, row: dict[str, Any]) -> Iterator[Door]:
    method, _, path = said.partition(" ")
    of = row.get("of", "")
    for service in ALL_SERVICES if "{service}" in path else ("",):
        yield Door(
            method, path.replace("{service}", service), row["who"], of,
            when=_states(row["when"], of) if "when" in row else None,
            through=_through(row["in"], of) if "in" in row else None,
            gets=_gets(row.get("gets"), of),
            denied=_numbers(row.get("denied", 403)),
            asked=row.get("asked", ""),
            sent={name: row[name] for name in ("json", "form", "file", "query") if name in row},
        )  # fmt: skip


def _through(said: Any, of: str) -> Mapping[str, frozenset[str]] | frozenset[str]:
    if isinstance(said, dict):
        return {role: _states(states, of) for role, states in said.items()}
    return _states(said, of)


def _gets(said: Any, of: str) -> dict[str, frozenset[int]]:
    if said is None:
        return {}
    if not isinstance(said, dict):
        return dict.fromkeys(STATES.get(of, ("",)), _numbers(said))
    return {state: _numbers(numbers) for states, numbers in said.items() for state in _states(states, of)}


def _states(said: str, of: str) -> frozenset[str]:
    if said == "*":
        return frozenset(STATES[of])
    named = _TABLE["states"].get(said, said).split()
    assert set(named) <= set(STATES[of]), f"unknown state in {said!r}"
    return frozenset(named)


def _numbers(said: Any) -> frozenset[int]:
    return frozenset(int(number) for number in str(said).split())


def _is_meant(clause: str, name: str, who: Officer, of: Sort | None) -> bool:
    for_urgent, seat, *roles = ["", *clause.split()] if not clause.startswith("urgent ") else clause.split()
    assert set(roles) <= {role.value for role in Role}, f"unknown role in {clause!r}"
    if for_urgent and not (of and of.is_urgent):
        return False
    if seat == "author":
        return name == (of.author if of else "author")
    if of and seat == "unit":
        seat = of.seat
    elif of and seat == "office" == of.seat:
        return False  # what the office itself writes is never with it, but on its way or at the superior's
    is_there = seat == ANYWHERE or name.split(maxsplit=1)[0] == seat
    return is_there and (not roles or any(role.value in roles for role in who.roles))
