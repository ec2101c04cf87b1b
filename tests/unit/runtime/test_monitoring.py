"""Metrics and the documents of the APIs are shown to the addresses that are set, and to no other."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from services.kernel.runtime.surroundings.monitoring import comes_from, is_for_machines, networks_in
from services.kernel.runtime.surroundings.settings import Settings

OWN_MACHINE = Settings.model_fields["monitoring_from"].default


@pytest.mark.parametrize(
    ("client", "networks", "is_there"),
    [
        (("127.0.0.1", 1), OWN_MACHINE, True),
        (("127.8.0.1", 1), OWN_MACHINE, True),
        (("::1", 1), OWN_MACHINE, True),
        (("::ffff:127.0.0.1", 1), OWN_MACHINE, True),
        (("10.0.0.1", 1), OWN_MACHINE, False),
        (("192.168.1.9", 1), OWN_MACHINE, False),
        (("2001:db8::1", 1), OWN_MACHINE, False),
        (("", 0), OWN_MACHINE, False),
        (("localhost", 1), OWN_MACHINE, False),
        (None, OWN_MACHINE, False),
        (("10.3.9.1", 1), "127.0.0.1, 10.3.0.0/16", True),
        (("10.4.9.1", 1), "127.0.0.1, 10.3.0.0/16", False),
        (("127.0.0.1", 1), "", False),
    ],
)
def test_who_asks_is_known_by_the_address(client: tuple[str, int] | None, networks: str, is_there: bool) -> None:
    assert comes_from({"client": client}, networks_in(networks)) is is_there


def test_what_is_for_machines() -> None:
    told = ("/metrics", "/asyncapi.json", "/openapi.json", "/intake/openapi.json")
    assert [path for path in told if not is_for_machines(path)] == []
    shown = ("/", "/livez", "/readyz", "/open/", "/metrics-of-mine", "/intake/submissions")
    assert [path for path in shown if is_for_machines(path)] == []


@pytest.mark.parametrize("text", ["everywhere", "10.0.0.1/8", "127.0.0.1;10.0.0.1"])
def test_a_setting_that_is_no_list_of_addresses_stops_the_start(text: str) -> None:
    with pytest.raises(ValidationError):
        Settings(monitoring_from=text)
