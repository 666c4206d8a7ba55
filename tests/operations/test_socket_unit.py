"""A relay.socket that opens another port than smtp.listen names is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from relay.operations.findings import Level
from relay.operations.socket_unit import check_socket
from relay.settings import Address

LISTEN = (Address("0.0.0.0", 25), Address("::", 25))


def units(folder: Path, *, enabled: bool = True, **files: str) -> list[Path]:
    """systemd's folders: "etc", in which it is enabled, and "lib"; ``files``: etc, lib or drop_in → lines."""
    etc, lib = folder / "etc", folder / "lib"
    for path, name in ((etc, "etc"), (lib, "lib"), (etc / "relay.socket.d", "drop_in")):
        path.mkdir(parents=True, exist_ok=True)
        if name in files:
            file = path / ("edited.conf" if name == "drop_in" else "relay.socket")
            file.write_text("[Socket]\n" + files[name] + "\n")
    if enabled:
        (etc / "sockets.target.wants").mkdir()
        (etc / "sockets.target.wants" / "relay.socket").symlink_to("/nowhere")
    return [etc, lib]


@pytest.mark.parametrize(
    "files",
    [
        {"etc": "ListenStream=0.0.0.0:2525"},
        {"lib": "ListenStream=25", "drop_in": "ListenStream=2525"},
        {"etc": "ListenStream=2525", "lib": "ListenStream=25"},
        {"lib": "ListenStream=25", "drop_in": "ListenStream=\nListenStream = 127.0.0.1:8025"},
    ],
)
def test_an_edited_unit_is_told(tmp_path: Path, files: dict[str, str]) -> None:
    (found,) = check_socket(LISTEN, units(tmp_path, **files))
    assert found.level is Level.WARNING and "smtp.listen says 0.0.0.0:25, [::]:25" in found.what
    assert "systemctl daemon-reload" in found.remedy


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"etc": "ListenStream=0.0.0.0:25\nListenStream=[::]:25"},
        {"lib": "ListenStream=25"},
        {"lib": "ListenStream=2525", "etc": "ListenStream=25"},
        {"lib": "ListenStream=2525", "drop_in": "ListenStream=\nListenStream=25"},
    ],
)
def test_a_unit_that_agrees_is_not(tmp_path: Path, files: dict[str, str]) -> None:
    assert list(check_socket(LISTEN, units(tmp_path, **files))) == []


def test_a_unit_that_is_not_enabled_is_not(tmp_path: Path) -> None:
    assert list(check_socket(LISTEN, units(tmp_path, enabled=False, lib="ListenStream=2525"))) == []
