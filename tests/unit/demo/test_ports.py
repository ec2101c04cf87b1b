"""A port that is taken is named together with who holds it."""

import os
import socket

import pytest

from deploy.demo.nodes import DEMO_PORTS, Ports, spare_ports
from deploy.demo.ports import PortTaken, holder_of, is_taken, require_free


def test_a_taken_port_is_named_with_its_use_and_the_process_that_holds_it() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(PortTaken, match=rf"端口 {port}（安澜市节点）已被进程 {os.getpid()} 占用"):
            require_free(Ports({"city": port}))


def test_a_port_is_free_again_once_its_server_is_gone() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert is_taken(port)
    assert not is_taken(port)
    assert holder_of(port) is None
    require_free(Ports({"city": port}))


def test_the_demo_s_addresses_are_those_of_the_contract() -> None:
    assert DEMO_PORTS.http == {"township": 8101, "district": 8102, "city": 8103}


def test_a_spare_world_shares_no_port_with_itself() -> None:
    for ports in (spare_ports(), spare_ports(is_shared=True)):
        assert len(ports.in_words()) == len(ports.http) + len(ports.broker) + len(ports.controller)
