"""IP addresses that count as one client: a single IPv4 address, or the IPv6 network of one customer."""

from __future__ import annotations

import ipaddress


def network(peer: str) -> str:
    """The network by which ``peer`` (an IP address as the socket gives it) is counted: itself for IPv4; for IPv6 its
    /64, the smallest network assigned to one customer (RFC 6177 2)."""
    if ":" not in peer:
        return peer
    address = ipaddress.IPv6Address(peer.partition("%")[0])
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.IPv6Network((address, 64), strict=False))
