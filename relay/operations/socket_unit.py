"""Whether systemd listens for relay where smtp.listen says: what relay.socket opens replaces smtp.listen."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from relay.operations.findings import Finding, warn
from relay.settings import Address

_NAME = "relay.socket"


def check_socket(listen: Sequence[Address], folders: Sequence[Path]) -> Iterator[Finding]:
    """Compare the ports of the enabled relay.socket in ``folders``, systemd's, the first before the others."""
    unit = next((folder / _NAME for folder in folders if (folder / _NAME).is_file()), None)
    if unit is None or not any((folder / "sockets.target.wants" / _NAME).is_symlink() for folder in folders):
        return
    opened, wanted = _streams(unit, folders), [str(one) for one in listen]
    if opened and {_port(one) for one in opened} != {_port(one) for one in wanted}:
        yield warn(
            f"systemd opens {', '.join(opened)} for relay ({unit}), but smtp.listen says {', '.join(wanted)}: relay "
            "takes what systemd opens",
            "make ListenStream there and smtp.listen in relay.toml the same, then: systemctl daemon-reload && "
            "systemctl restart relay.socket relay.service",
        )


def _streams(unit: Path, folders: Sequence[Path]) -> list[str]:
    """The addresses of a unit and its drop-ins; an empty value forgets those before it (systemd.socket(5))."""
    drop_ins = {path.name: path for folder in reversed(folders) for path in folder.glob(f"{_NAME}.d/*.conf")}
    streams: list[str] = []
    for path in (unit, *(drop_ins[name] for name in sorted(drop_ins))):
        with contextlib.suppress(OSError):
            for line in path.read_text("utf-8", "replace").splitlines():
                name, equals, value = line.strip().partition("=")
                if equals and name.strip() == "ListenStream":
                    streams = [*streams, value.strip()] if value.strip() else []
    return streams


def _port(address: str) -> str:
    return address.rpartition(":")[2]
