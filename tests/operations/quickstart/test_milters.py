"""The settings of OpenDKIM and OpenDMARC replace those of the same name, and nothing else."""

from __future__ import annotations

from pathlib import Path

from relay.operations.quickstart.machine import Machine
from relay.operations.quickstart.milters import merged, steps
from relay.operations.quickstart.wanted import Wanted

WANTED = Wanted("relay.test", "mx.relay.test", behind_postfix=True)


def test_other_lines_stay_and_those_of_the_same_key_become_comments() -> None:
    text = "# Debian's\nUserID\topendkim\nsocket local:/run/x\nSocketless yes\n"
    assert merged(text, {"Socket": "inet:8891@127.0.0.1"}).splitlines() == [
        "# Debian's",
        "UserID\topendkim",
        "# socket local:/run/x",
        "Socketless yes",
        "Socket              inet:8891@127.0.0.1",
    ]


def test_a_file_is_written_once_and_the_old_one_is_kept(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    path = tmp_path / "etc" / "opendkim.conf"
    path.parent.mkdir()
    path.write_text("Mode s\n")
    path.chmod(0o640)
    for step in steps(machine, WANTED):
        assert not step.done()
        step.act()
        assert step.done()
    assert path.stat().st_mode & 0o777 == 0o640
    assert (path.parent / "opendkim.conf.before-relay").read_text() == "Mode s\n"
    assert "mx.relay.test" in (path.parent / "opendmarc.conf").read_text()
