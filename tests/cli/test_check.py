"""How relay check shows what it found: on a terminal, to a monitoring system; and who keeps a command waiting."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from relay.cli import session
from relay.cli.findings_shown import finding_lines, show_for_monitoring
from relay.home import Home
from relay.operations.findings import Finding, fine, warn, wrong

Relay = Callable[..., Any]


def test_lines_are_broken_between_words_only() -> None:
    path = "/srv/" + "long-name/" * 9 + "relay.db"
    finding = wrong(
        f"{path} cannot be read; it belongs to others; and so on", "chmod 600 it, or see docs-of-relay; twice"
    )
    lines = finding_lines(finding, 80)
    assert " ".join("".join(lines).replace("→ ", "").split()).count(path) == 1
    assert all(len(line) <= 80 or path in line for line in lines)
    words = [word for line in lines for word in line.split() if word != "→"]
    assert words == ["error", *finding.what.split(), *finding.remedy.split()]
    assert finding_lines(fine("all is well"), 80) == ["ok       all is well"]


@pytest.mark.parametrize(
    ("findings", "code", "line"),
    [
        ([fine("a")], 0, "RELAY OK - 1 checks | errors=0;;0 warnings=0;0 checks=1"),
        ([fine("a"), warn("b|c", "d")], 1, "RELAY WARNING - b/c | errors=0;;0 warnings=1;0 checks=2"),
        (
            [warn("b", "c"), wrong("d\ne", "f"), wrong("g", "h")],
            2,
            "RELAY CRITICAL - d e (and 1 more) | errors=2;;0 warnings=1;0 checks=3",
        ),
    ],
)
def test_a_monitoring_system_gets_one_line_and_its_exit_codes(
    findings: list[Finding], code: int, line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert show_for_monitoring(findings) == code
    assert capsys.readouterr().out == line + "\n"


def test_one_form_of_output_is_chosen(relay: Relay) -> None:
    assert relay("check", "--monitoring", "--json").code == 2
    done = relay("check", "--local", "--monitoring")
    assert done.out.startswith("RELAY ") and done.out.count("\n") == 1


def test_a_command_that_waits_for_a_locked_database_says_for_which_program(
    home: Home, relay: Relay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "_LOOK_SECONDS", 0.05)
    code = (
        "import sqlite3, sys, time; db = sqlite3.connect(sys.argv[1], isolation_level=None); "
        "db.execute('BEGIN IMMEDIATE'); print(flush=True); time.sleep(1)"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(home.db)], stdout=subprocess.PIPE) as program:
        assert program.stdout is not None
        program.stdout.readline()
        done = relay("pair", "create", "--mentor", "a@x.test", "--mentee", "b@x.test", "--silent")
    assert done.code == 0
    assert f"(process {program.pid}) has locked the database: changes wait" in done.err
