"""Whether relay answers where it should listen, or could listen there."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import socket
from collections.abc import Iterator, Sequence
from pathlib import Path

from relay.operations.findings import Finding, fine, warn, wrong
from relay.operations.name_lookup import addresses_of
from relay.settings import Address

_TIMEOUT = 5.0  # seconds
UNIT_FOLDERS = tuple(
    map(Path, ("/etc/systemd/system", "/run/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system"))
)
_START = "start it: systemctl start relay, or relay serve"
_CAPABILITY = "CAP_NET_BIND_SERVICE"


async def check_listen(address: Address, hostname: str, units: Sequence[Path] = UNIT_FOLDERS) -> Finding:
    """Whether relay answers on a listen address, or could listen there.

    Asks first and binds only when nobody answers, so that a relay that starts meanwhile finds its port free. Relay is
    recognised by its greeting, "220 HOSTNAME …" (RFC 5321 4.2). ``units`` are the folders of systemd's unit files.
    """
    if not await addresses_of(address.host):
        return wrong(f"{address} in smtp.listen cannot be looked up", "give an IP address of this machine there")
    try:
        _bind(Address(address.host, 0))
        greeting = await _greeting(address)
        if greeting is None:
            _bind(address)
            return warn(f"nothing listens on {address}: relay is not running", _START)
    except OSError as error:
        return refused(address, error, units)
    if greeting.startswith(f"220 {hostname} "):
        return fine(f"relay answers on {address}: it is serving there")
    return wrong(f"another program answers on {address}", "stop it, or choose another port in smtp.listen")


def refused(address: Address, error: OSError, units: Sequence[Path]) -> Finding:
    """The finding for an error of bind(2) or listen(2), when nobody answers."""
    if error.errno == errno.EADDRINUSE:
        return wrong(f"a program has {address}, and does not answer", "stop it, or choose another port in smtp.listen")
    if error.errno not in (errno.EACCES, errno.EPERM):
        why = error.strerror or os.strerror(error.errno or 0)
        return wrong(f"cannot listen on {address}: {why}", "give an address of this machine in smtp.listen")
    unit = next((path for path in _units(units) if _grants(path, address.port)), None)
    if unit is not None:
        return warn(f"nothing listens on {address}: relay is not running ({unit} lets it use the port)", _START)
    return wrong(
        f"cannot listen on {address}: only root may use ports below 1024",
        "let systemd open it (relay.socket, which relay quickstart writes), grant it in relay.service "
        f"(AmbientCapabilities={_CAPABILITY}), let every user use the port (sysctl "
        f"net.ipv4.ip_unprivileged_port_start={address.port}), or choose a port from 1024 on in smtp.listen",
    )


def is_here(host: str) -> bool:
    """Whether this machine has the address ``host``: only then a socket can be bound to it."""
    try:
        _bind(Address(host, 0))
    except OSError:
        return False
    return True


def _units(folders: Sequence[Path]) -> Iterator[Path]:
    """The unit files of relay, with their drop-ins (systemd.unit(5))."""
    for folder in folders:
        with contextlib.suppress(OSError):
            for kind in ("service", "socket"):
                yield from sorted((*folder.glob(f"relay*.{kind}"), *folder.glob(f"relay*.{kind}.d/*.conf")))


def _grants(unit: Path, port: int) -> bool:
    """Whether a unit file lets relay use the port: by a capability, or because systemd listens there for it."""
    with contextlib.suppress(OSError):
        for line in unit.read_text("utf-8", "replace").splitlines():
            name, _, value = line.strip().partition("=")
            if name.strip() == "AmbientCapabilities" and _CAPABILITY in value.split():
                return True
            if name.strip() == "ListenStream" and value.strip().rpartition(":")[2] == str(port):
                return True
    return False


def _bind(address: Address) -> None:
    """Bind and listen for a moment. Port 0: only whether the address is one of this machine. Raises OSError."""
    family, kind, protocol, _, where = socket.getaddrinfo(
        address.host, address.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(where)
        # With SO_REUSEADDR two sockets can be bound to one address, but only one of them can listen.
        probe.listen(1)


async def _greeting(address: Address) -> str | None:
    """The first line of a server, "" when it sends none; None when nobody takes the connection. Ends the session with
    QUIT."""
    try:
        async with asyncio.timeout(_TIMEOUT):
            reader, writer = await asyncio.open_connection(address.host, address.port)
    except OSError:
        return None
    try:
        async with asyncio.timeout(_TIMEOUT):
            line = (await reader.readline()).decode("ascii", "replace").strip()
            writer.write(b"QUIT\r\n")
            await writer.drain()
    except (OSError, ValueError):
        return ""
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
    return line
