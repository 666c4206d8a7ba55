"""The client address in the topmost Received field, which the upstream mail server wrote (RFC 5321 4.4)."""

from __future__ import annotations

import ipaddress
import re

from relay.message.read.headers import Head, first

_READ = 1000  # octets of the field
_CLIENT = re.compile(r"\[(?:IPv6:)?([0-9A-Fa-f:.]{2,45})\]")


def client_address(head: Head) -> str:
    """The IP address of the client in the topmost Received field; "" when there is none."""
    field = first(head[0], "received") or b""
    found = _CLIENT.search(field[:_READ].decode("ascii", "replace"))
    try:
        return str(ipaddress.ip_address(found[1])) if found else ""
    except ValueError:
        return ""
