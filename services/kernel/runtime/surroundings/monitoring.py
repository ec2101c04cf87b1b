"""What a node tells machines about itself – metrics, the documents of its APIs –, and to which addresses."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from starlette.types import Scope

Network = IPv4Network | IPv6Network

_PATHS = frozenset({"/metrics", "/asyncapi.json"})
_DOCUMENT = "/openapi.json"


def networks_in(text: str) -> tuple[Network, ...]:
    """The addresses and networks of a list with commas.

    Raises:
        ValueError: One of them is neither.
    """
    return tuple(ip_network(one.strip()) for one in text.split(",") if one.strip())


def is_for_machines(path: str) -> bool:
    """Whether this address is for monitoring and for programmers, not for officers and citizens."""
    return path in _PATHS or path.endswith(_DOCUMENT)


def comes_from(scope: Scope, networks: tuple[Network, ...]) -> bool:
    """Whether the request comes from one of these networks; one without an address of its own does not."""
    client = scope.get("client")
    try:
        address: IPv4Address | IPv6Address = ip_address(client[0] if client else "")
    except ValueError:
        return False
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return any(address in network for network in networks)
