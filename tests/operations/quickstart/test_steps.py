"""The steps of quickstart: the program must be one that every user can run, and the socket has relay's addresses."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from relay.operations.quickstart.machine import Machine, StepError
from relay.operations.quickstart.steps import check_program, installed_command, steps, with_addresses
from relay.operations.quickstart.wanted import Wanted
from relay.shipped import shipped


def test_a_program_that_leads_into_a_closed_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "root").mkdir(mode=0o700)
    (tmp_path / "root" / "python").touch()
    (tmp_path / "python").symlink_to(tmp_path / "root" / "python")
    with pytest.raises(StepError, match=r"only root can enter .*install relay in a folder that everybody can read"):
        check_program(tmp_path / "python")
    check_program(Path("/usr/bin/env"))


def test_the_socket_listens_where_relay_would() -> None:
    unit = "[Socket]\nListenStream=0.0.0.0:25\nBacklog=1\n"
    wanted = Wanted("relay.test", "relay.test", ipv6=True)
    assert with_addresses(unit, wanted) == "[Socket]\nListenStream=0.0.0.0:25\nListenStream=[::]:25\nBacklog=1\n"
    behind = Wanted("relay.test", "mx.relay.test", behind_postfix=True)
    assert with_addresses(unit, behind) == "[Socket]\nListenStream=127.0.0.1:8025\nBacklog=1\n"


def test_what_the_debian_package_brought_is_not_copied(tmp_path: Path) -> None:
    """The program and the service are the package's; a socket for other addresses than its own replaces it."""
    units = tmp_path / "usr" / "lib" / "systemd" / "system"
    for file in (units / "relay.service", tmp_path / "usr" / "bin" / "relay"):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    shutil.copy(shipped("config") / "packaging" / "relay.socket", units)
    machine, wanted = Machine(tmp_path), Wanted("relay.test", "relay.test")
    assert installed_command(machine) == "/usr/bin/relay"
    asked = {step.what for step in steps(machine, wanted)}
    assert not {one for one in asked if "/usr/local/bin" in one or "/etc/systemd" in one}
    behind = {step.what for step in steps(machine, Wanted("relay.test", "mx.relay.test", behind_postfix=True))}
    assert behind - asked == {"/etc/systemd/system/relay.socket"}
