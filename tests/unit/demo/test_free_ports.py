"""Ports for servers: runs side by side never take each other's, and a port is given out once."""

import pytest

from deploy.kafka.process import PORT_SHARE, free_ports


def test_runs_side_by_side_take_their_ports_from_different_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    taken = []
    for share in ("0/2", "1/2"):
        monkeypatch.setenv(PORT_SHARE, share)
        taken.append(set(free_ports(200)))
    assert taken[0] & taken[1] == set()


def test_a_port_is_given_out_once_even_while_nobody_listens_there() -> None:
    first, second = free_ports(300), free_ports(300)
    assert len({*first, *second}) == 600
